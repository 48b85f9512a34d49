"""A save: sent once, and how it is said that it takes a while, and that it is done."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from components.kit import form
from data.changes import Change
from data.services import organizations
from data.services.audit import Topic
from tests.support.visitors import Visitor, until
from tests.support.waiting import at_rest, held
from tests.support.world import World, email_of, organization

Visit = Callable[..., Awaitable[Visitor]]


@pytest.mark.parametrize('slow', [0, 3600], ids=['a save that takes a while', 'a save that takes none'])
async def test_a_save_is_sent_once_and_says_so_where_it_takes_a_while(
    visit: Visit, world: World, monkeypatch: pytest.MonkeyPatch, published: list[Change], slow: int
) -> None:
    monkeypatch.setattr(form, 'SLOW', slow)
    olga = await visit(email_of(world.owner))
    await olga.open(f'/organizations/{world.organization_id}/settings')
    with held(monkeypatch, organizations, 'rename') as first:
        olga.form('name').fill(name='Beta').send()
        await until(first.reached.is_set)
        olga.form('name').send()
        if slow:
            await at_rest()
            assert 'Saving…' not in olga.shown
        else:
            await olga.sees('Saving…')
    await olga.sees('Saved')
    await at_rest()
    assert [it.topic for it in published].count(Topic.ORGANIZATION) == 1


async def test_the_word_after_a_save_goes_with_the_last_of_them(
    visit: Visit, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    timers: list[asyncio.TimerHandle | None] = []
    celebrate = form.Form._celebrate

    def noted(of: form.Form) -> None:
        celebrate(of)
        timers.append(of._praise)

    monkeypatch.setattr(form.Form, '_celebrate', noted)
    olga = await visit(email_of(world.owner))
    await olga.open(f'/organizations/{world.organization_id}/settings')
    for number, name in enumerate(('Beta', 'Gamma'), 1):
        olga.form('name').fill(name=name).send()
        await until(lambda number=number: len(timers) == number)
    assert [bool(timer and timer.cancelled()) for timer in timers] == [True, False]
    organizations.rename(world.admin, 'Delta', version=organization(world.owner).version)
    await until(lambda: 'Delta' in olga.title)
    await until(lambda: 'Saved' not in olga.shown)


async def test_why_nothing_can_be_saved_is_said_after_the_word_that_it_is(visit: Visit, world: World) -> None:
    why = 'Nothing has changed yet.'
    olga = await visit(email_of(world.owner))
    await olga.open(f'/organizations/{world.organization_id}/settings')
    await olga.sees(why)
    olga.form('name').fill(name='Beta')
    assert why not in olga.shown
    olga.form('name').send()
    await until(lambda: 'Saved' in olga.shown.splitlines())
    assert why not in olga.shown
    await until(lambda: why in olga.shown)
