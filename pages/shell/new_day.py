"""A new day: nobody does anything when it begins, and yet what is used this month is not what it was.

Days are those by which usage is counted.
"""

from data.changes import Change
from data.services.audit import Topic
from data.services.usage import days
from pages.shell.viewers import spread_here, viewers

LOOK_EVERY = 20
"""Seconds between two looks at the calendar."""


class NewDay:
    """Looks whether a day has begun since the last look, the first of which was when this was made."""

    def __init__(self) -> None:
        self._day = days.today()

    async def look(self) -> None:
        """Let open screens ask anew: those about usage each day, and what is said above all of them each month."""
        before, self._day = self._day, days.today()
        if self._day == before:
            return
        topics = [Topic.USAGE]
        if days.month_of(self._day) != days.month_of(before):
            topics.append(Topic.ORGANIZATION)
        shown = {viewer.member.organization_id if viewer.member else viewer.named for viewer in viewers.values()}
        for organization_id in sorted(shown - {''}):
            for topic in topics:
                spread_here(Change(organization_id, topic))
