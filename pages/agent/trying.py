"""Trying an agent: a chat with its draft, with the sources of each answer and why it is one."""

from collections.abc import Callable

from components.agents import Trial, TrialLine, TrialSource
from components.kit.calls import call
from data.changes import Change
from data.services.agents import AgentView, trying
from data.services.agents.answering import Answer, Outcome
from data.services.agents.settings import AgentSettings

SENTENCE = 'Try it: this is the draft, as it is saved. Nothing of it is kept or counted.'


def trial(project_id: str) -> Callable[[AgentView, Change | None], None]:
    """The chat beside the settings; it follows the draft."""
    latest: AgentView

    async def ask(question: str) -> TrialLine:
        answer = await call(trying.try_draft, latest.member, project_id, question)
        return line_of(answer, latest.draft)

    chat = Trial(SENTENCE, ask)

    def draw(view: AgentView, _: Change | None) -> None:
        nonlocal latest
        latest = view
        draft = view.draft
        chat.show(draft.name, draft.greeting, draft.suggestions, draft.color)

    return draw


def line_of(answer: Answer, draft: AgentSettings) -> TrialLine:
    """An answer in words, with what visitors are offered where there is none."""
    sources = tuple(TrialSource(it['name'], place_of(it), it['text']) for it in answer.sources)
    offers = offered(draft) if answer.outcome is Outcome.NOTHING else ''
    return TrialLine('agent', answer.text, sources, offers, f'Why: {answer.why}' if answer.why else '')


def place_of(source: dict[str, object]) -> str:
    """Where in its source a passage stands: heading and page; a written answer is one by itself."""
    heading = source.get('heading') if source.get('heading') != source['name'] else ''
    page = f'page {source["page"]}' if source.get('page') else ''
    written = 'written answer' if source.get('kind') == 'answer' else ''
    return ', '.join(str(it) for it in (heading, page, written) if it)


def offered(draft: AgentSettings) -> str:
    """What visitors are offered where nothing is found."""
    what = ['to talk to a person'] * draft.offers_person + ['to leave an email address'] * draft.offers_email
    return f'Visitors are offered {" or ".join(what)}.' if what else 'Visitors are offered nothing else.'
