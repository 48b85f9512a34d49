"""Turns of agents: their answers are worked on side by side, so many of one organization and in all.

What is left undone when the process ends, a job finds by its row.
"""

import asyncio
from weakref import WeakValueDictionary

from nicegui import background_tasks

from components.kit.calls import call
from data.problems import Problem
from data.runtime import limits
from data.services.conversations import turns
from pages.shell import errors

_all = asyncio.Semaphore(limits.TURNS)
_of_organizations = WeakValueDictionary[str, asyncio.Semaphore]()


def answer(organization_id: str, conversation_id: str, turn: int) -> None:
    """Let the agent answer this turn when it is its turn to; returns at once."""
    background_tasks.create(_answer(organization_id, conversation_id, turn), name='turn')


async def _answer(organization_id: str, conversation_id: str, turn: int) -> None:
    of_organization = _of_organizations.get(organization_id)
    if of_organization is None:
        of_organization = _of_organizations[organization_id] = asyncio.Semaphore(limits.TURNS_AT_ORGANIZATION)
    async with of_organization, _all:
        try:
            await call(turns.answer, organization_id, conversation_id, turn)
        except Problem:  # the database is away: the turn stays owed
            pass
        except Exception as error:
            errors.reference(error)
