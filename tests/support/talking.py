"""Agents that answer, and visitors who talk with them, for tests."""

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

from sqlmodel import col, select

from data import clock, database
from data.database import Actor, System
from data.models import Agent, AgentState, AgentVersion, Source, SourceKind, SourceState
from data.services import conversations, passages, projects, replies, visitors
from data.services.agents import serving
from data.services.agents.serving import Serving
from data.services.agents.settings import AgentSettings, as_json
from data.services.conversations import turns
from data.services.passages import Piece
from data.services.visitors import Arrival, NotServing, Said

QUESTION = 'How long does the delivery to Norway take?'
ANSWER = 'The delivery to Norway takes nine days.'
OFF_TOPIC = 'Who painted the ceiling of the chapel?'

HANDBOOK = (
    Piece('Delivery', 3, ANSWER),
    Piece('Returns', 4, 'Send a pair of shoes back within thirty days, and the money is yours again.'),
    Piece('Payment', 5, 'Pay by card, by invoice, or when the parcel arrives.'),
    Piece('Sizes', 6, 'A size fits as in other shops. Measure a foot in the evening.'),
    Piece('Care', 7, 'Leather wants to be brushed, and never washed in a machine.'),
    Piece('Opening hours', 8, 'The shop is open from Monday to Saturday, nine to six.'),
)

_keys: Iterator[int] = count()


def publish(actor: Actor, project_id: str, **settings: Any) -> Serving:
    """Let the agent of a project answer with these settings, around all screens; it says so itself."""
    with database.transaction(System(actor.organization_id)) as tx:
        agent = tx.exec(select(Agent).where(col(Agent.project_id) == project_id)).one()
        agent.state, agent.published = AgentState.LIVE, (agent.published or 0) + 1
        kept = as_json(replace(AgentSettings(), **settings))
        owned = {'organization_id': actor.organization_id, 'agent_id': agent.id}
        tx.add(AgentVersion(**owned, number=agent.published, settings=kept))
    found = serving.find(agent.id)
    if found is None:  # its organization rests
        raise NotServing
    return found


def agent_of(actor: Actor, **settings: Any) -> Serving:
    """The agent of a new project that knows how long a delivery takes."""
    project = projects.create(actor, {'name': 'Shop'})
    teach(actor.organization_id, project.id, *HANDBOOK)
    return publish(actor, project.id, **settings)


def teach(organization_id: str, project_id: str, *pieces: Piece) -> str:
    """Let a project know something from a file; the id of that source."""
    with database.transaction(System(organization_id)) as tx:
        source = Source(
            organization_id=organization_id,
            project_id=project_id,
            kind=SourceKind.FILE,
            name='handbook.pdf',
            name_key='handbook.pdf',
            media='pdf',
            state=SourceState.READY,
        )
        tx.add(source)
        tx.flush()
        passages.write(tx, source, pieces)
    return source.id


def key() -> str:
    """What a browser calls its next message."""
    return f'key-{next(_keys)}'


def ask(agent: Serving, text: str = QUESTION, *, token: str | None = None, answered: bool = True) -> Said:
    """Let a visitor say something, a new one without a token, and the agent answer; with the token in any case."""
    said = visitors.say(agent, Arrival(token=token, site='https://shop.test'), text, key())
    if answered and said.turn is not None:
        turns.answer(agent.organization_id, said.conversation_id, said.turn)
    return replace(said, token=said.token or token)


def texts_of(agent: Serving, token: str | None, after: int = 0) -> list[str]:
    """What a visitor reads."""
    talk = visitors.look(agent, token, after)
    assert talk is not None
    return [line.text for line in talk.messages]


def fill(actor: Actor, project_id: str) -> None:
    """Let something of everything be there that comes of talking with the agent of a project, which is published."""
    with database.reading(System(actor.organization_id)) as tx:
        agent = serving.find(tx.exec(select(Agent.id).where(col(Agent.project_id) == project_id)).one())
    assert agent is not None
    said = ask(agent, OFF_TOPIC)
    visitors.leave_address(agent, said.token, f'vic@{actor.organization_id}.test', 'Vic', True)
    conversations.tag(actor, said.conversation_id, 'refund')
    replies.add(actor, project_id, {'title': 'Hello', 'text': 'How can I help?'})


def signed(secret: str, agent_id: str, header: str = 'HS256', **claims: object) -> str:
    """What the server of a site says of a visitor, as RFC 7519 has it."""
    ends = (clock.now() + timedelta(minutes=5)).timestamp()
    parts = [{'alg': header, 'typ': 'JWT'}, {'agent': agent_id, 'exp': ends, **claims}]
    said = '.'.join(_encoded(json.dumps(part).encode()) for part in parts)
    return f'{said}.{_encoded(hmac.digest(secret.encode(), said.encode(), "sha256"))}'


def _encoded(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b'=').decode()
