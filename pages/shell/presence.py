"""Presence: noting now and then that somebody is in an organization, for the list of members and for the next visit."""

import asyncio
import time

from nicegui import background_tasks

from components.kit.calls import call
from data.permissions import Member
from data.problems import Problem
from data.runtime.logs import log
from data.services import members

SEEN_EVERY = 60
"""Seconds between two notes that somebody is here."""

LATER = 1
"""Seconds until it is noted: the screen comes first, and does not share the processor with it."""


class Presence:
    """Where one open dashboard has been, and when that was noted."""

    def __init__(self) -> None:
        self._noted: dict[str, float] = {}

    def note(self, member: Member) -> None:
        """Note that this member is here, unless that was done a moment ago."""
        now = time.monotonic()
        if now - self._noted.get(member.organization_id, -SEEN_EVERY) >= SEEN_EVERY:
            self._noted[member.organization_id] = now
            background_tasks.create(_touch(member), name='seen')


async def _touch(member: Member) -> None:
    await asyncio.sleep(LATER)
    try:
        await call(members.touch, member)
    except Problem as problem:  # knowing when somebody was last here is not worth an error
        log.info('not noted as seen', reason=str(problem))
