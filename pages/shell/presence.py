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


def seen_at(member: Member | None) -> str | None:
    """The organization in which others see this person, None where they are kept out of it."""
    return member.organization_id if member and not member.kept_out else None


def face(member: Member) -> tuple[str | None, str, bool]:
    """What others see of somebody who has their organization open, and whether they see it."""
    return member.name, member.email, member.kept_out is None


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
