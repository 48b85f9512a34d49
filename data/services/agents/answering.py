"""Answering: what an agent says to a question, from the knowledge of its project alone; no model, no network."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from data.database import TenantSession
from data.models import SourceKind
from data.services import passages
from data.services.agents.settings import FIRST, AgentSettings
from data.services.passages import Hit

SHOWN = 3
"""How many sources an answer shows at most."""

FROM_DOCUMENTS = 'This is what our documents say:'
"""What extracts come with: they are no answer, but what stands there."""

WELCOME = 'You are welcome.'


class Outcome(StrEnum):
    """What an agent came to: an answer from the knowledge, nothing, a word of greeting, or that it may answer no more.

    Only the first is counted as used.
    """

    ANSWERED = 'answered'
    NOTHING = 'nothing'
    GREETING = 'greeting'
    LIMIT = 'limit'


@dataclass(frozen=True)
class Answer:
    """What an agent says: the text as it is shown, the passages that it stands on, and why, for members only.

    A written answer is the text itself. Else it is FROM_DOCUMENTS, an empty line, and the best extract, which is the
    `text` of the first source as well.
    """

    outcome: Outcome
    text: str
    sources: list[dict[str, Any]]
    why: str


def answer(tx: TenantSession, project_id: str, settings: AgentSettings, question: str) -> Answer:
    """What an agent with these settings says to a question of at most 2,000 characters, as the transaction sees it.

    It never says that it may answer no more (`Outcome.LIMIT`): who counts knows that.
    """
    found = passages.find(tx, project_id, question, SHOWN)
    if not found.sure and (kind := passages.small_talk(question)):
        said = (settings.greeting or FIRST.greeting) if kind == 'greeting' else WELCOME
        return Answer(Outcome.GREETING, said, [], found.why)
    if not found.sure:
        return Answer(Outcome.NOTHING, settings.unknown, [], found.why)
    best = found.hits[0]
    if best.kind is SourceKind.ANSWER:
        return Answer(Outcome.ANSWERED, best.text, [source_of(best)], found.why)
    sources = [source_of(hit) for hit in found.hits]
    return Answer(Outcome.ANSWERED, f'{FROM_DOCUMENTS}\n\n{best.extract}', sources, found.why)


def source_of(hit: Hit) -> dict[str, Any]:
    """A passage as it is kept with a message."""
    return {
        'passage': hit.passage_id,
        'source': hit.source_id,
        'name': hit.name,
        'kind': hit.kind.value,
        'heading': hit.heading,
        'page': hit.page,
        'text': hit.extract,
    }
