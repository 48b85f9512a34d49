"""Events: what happens in a conversation and nobody says, with the sentences that the visitor and the team read."""

from enum import StrEnum

SOMEBODY = 'Somebody of the team'
"""What a member is called by whom they have not told their name, or who has left."""


class Event(StrEnum):
    """What happened; its value is the `outcome` of the message that says so.

    `shown` is the sentence for the visitor, '' for what only the team reads, `of_team` the one for the team.
    """

    shown: str
    of_team: str

    def __new__(cls, name: str, shown: str = '', of_team: str = '') -> 'Event':
        """An event whose value is its name."""
        event = str.__new__(cls, name)
        event._value_ = name
        event.shown, event.of_team = shown, of_team
        return event

    ASKED = 'asked', 'The team knows that you wait for a person. Somebody will answer here.', 'Asked for a person'
    AWAY = 'away', 'Nobody of the team is here right now.', 'Asked for a person while nobody was here'
    JOINED = 'joined', '{who} joined.', '{who} took over'
    ASSIGNED = 'assigned', '', '{who} was asked to answer'
    RELEASED = 'released', '', 'Waits for a person again'
    RETURNED = 'returned', 'The agent answers again.', '{who} gave it back to the agent'
    RESOLVED = 'resolved', 'This was marked as resolved. Write again whenever you like.', '{who} resolved it'
    REOPENED = 'reopened', '{who} joined.', '{who} reopened it'
    LEFT_ADDRESS = 'left_address', 'You left your address.', 'Left an address'
    INTERRUPTED = 'interrupted', 'The agent can’t answer right now. Somebody of the team will.', 'Was not answered'

    def to_visitor(self, name: str | None) -> str:
        """The sentence for the visitor, who reads what a member is called, and no address."""
        return self.shown.format(who=name or SOMEBODY)

    def to_team(self, who: str) -> str:
        """The sentence for the team."""
        return self.of_team.format(who=who)
