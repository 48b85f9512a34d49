"""Meanwhile: what changes while a screen is being read is on it, and nothing that somebody may no longer see."""

import threading
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from test_billing import GERMAN

from data.models import Role
from data.services import billing_address, members, organizations
from tests.support.visitors import Visitor, until
from tests.support.waiting import at_rest
from tests.support.world import World, email_of

Visit = Callable[..., Awaitable[Visitor]]


@pytest.mark.parametrize('path', ['', '/settings', '/members', '/activity', None])
async def test_what_changes_while_a_screen_is_read_is_on_it(
    visit: Visit, world: World, monkeypatch: pytest.MonkeyPatch, path: str | None
) -> None:
    """Read before the change, drawn after it: nothing watched in between."""
    from pages.shell.screens import SCREENS

    read = organizations.portion if path is None else organizations.picture
    once: list[str] = []

    def read_and_change(*args: Any, **kwargs: Any) -> Any:
        result = read(*args, **kwargs)
        if not once:
            once.append('changed')
            thread = threading.Thread(target=organizations.rename, args=(world.admin, 'Beta'), kwargs={'version': 2})
            thread.start()
            thread.join()
        return result

    if path is None:
        monkeypatch.setitem(SCREENS, '/organizations', replace(SCREENS['/organizations'], load=read_and_change))
    olga = await visit(email_of(world.owner))
    home = f'/organizations/{world.organization_id}'
    await olga.open(home + '/settings' if path == '' else home)
    await at_rest()
    if path is not None:
        monkeypatch.setattr(organizations, 'picture', read_and_change)
    await olga.go('/organizations' if path is None else home + path)
    await until(lambda: once)
    await until(lambda: 'Beta' in (olga.shown if path is None else olga.title))


async def test_who_may_see_less_meanwhile_is_sent_nothing_of_it(
    visit: Visit, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    billing_address.set_address(world.owner, GERMAN, version=0)
    home = f'/organizations/{world.organization_id}'
    adam = await visit(email_of(world.admin))
    await adam.open(home)
    await at_rest()
    read, demoted = organizations.picture, False

    def read_and_demote(*args: Any, **kwargs: Any) -> Any:
        nonlocal demoted
        picture = read(*args, **kwargs)
        if not demoted:
            demoted = True
            who, role = world.admin.user_id, Role.MEMBER
            change = partial(members.change_role, world.owner, who, role, expected=Role.ADMIN)
            thread = threading.Thread(target=change)
            thread.start()
            thread.join()
        return picture

    assert adam.client
    sent: list[object] = []
    emit = adam.client.outbox._emit

    async def noted(message: Any) -> None:
        sent.append(message)
        await emit(message)

    adam.client.outbox._emit = noted
    monkeypatch.setattr(organizations, 'picture', read_and_demote)
    await adam.go(f'{home}/settings')
    await adam.sees('see billing. You are a Member.')
    assert 'Hinterhaus' not in str(sent)
    await at_rest()
    adam.leave()
    members.change_role(world.owner, world.admin.user_id, Role.ADMIN, expected=Role.MEMBER)
    demoted = False
    answer = await adam.get(f'{home}/settings')
    assert demoted
    assert 'Hinterhaus' not in answer.text
