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
        """Let open screens ask anew: those about usage each day, and what is said above all of them each month.

        Of a trial it is said each day how long it goes on.
        """
        before, self._day = self._day, days.today()
        if self._day == before:
            return
        is_new_month = days.month_of(self._day) != days.month_of(before)
        seen = [viewer.member for viewer in viewers.values() if viewer.member]
        on_trial = {member.organization_id for member in seen if member.trial}
        shown = {viewer.member.organization_id if viewer.member else viewer.named for viewer in viewers.values()}
        for organization_id in sorted(shown - {''}):
            spread_here(Change(organization_id, Topic.USAGE))
            if is_new_month or organization_id in on_trial:
                spread_here(Change(organization_id, Topic.ORGANIZATION))
