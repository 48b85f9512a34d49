"""What has happened to somebody's account: who came in, who tried to, and what was changed."""

from components.account_events import OwnEventRow, own_timeline
from components.kit.card import Card
from components.kit.grid import Row
from data.database import Actor
from data.services.accounts import own_events
from data.services.accounts.own_events import OwnEvent
from data.services.portions import Step
from pages.shell.live_list import LiveLog


def events_card(actor: Actor, portion: Step[OwnEvent]) -> None:
    """The newest events, live, with the way to older ones."""
    size = own_events.PORTION
    listed = LiveLog(actor, fetch=fetch, words=event_rows, first=size, step=3 * size)
    sentence = 'What happened to your account in the last twelve months. Nobody else sees this.'
    with Card('Security events', hint=sentence, at='security-events'):
        listed.draw(own_timeline(listed.more), portion, own=True)


def fetch(actor: Actor, drawn: list[Row], limit: int) -> Step[OwnEvent]:
    """The newest events, older than those that are drawn."""
    return own_events.events_of(actor, before=drawn[-1]['id'] if drawn else None, limit=limit)


def event_rows(portion: Step[OwnEvent]) -> list[Row]:
    """Events in words."""
    return [
        OwnEventRow(
            id=event.id,
            text=event.sentence,
            names=event.names,
            at=event.at.isoformat(),
            place=' · '.join(filter(None, (event.device, event.network))),
            refused=event.refused,
        ).row()
        for event in portion.rows
    ]
