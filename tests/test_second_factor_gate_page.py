"""A second factor is required, or no longer, while people work: their open screens close and open at once."""

from collections.abc import Awaitable, Callable

from sqlalchemy import Engine

from data import changes
from data.changes import Change
from data.services import second_factors
from data.services.audit import Topic
from tests.support.probes import run
from tests.support.visitors import Visitor, until
from tests.support.world import World

Visit = Callable[..., Awaitable[Visitor]]

KEPT_OUT = 'This organization requires a second factor. Set one up to go on.'
PROVED = 'UPDATE sessions SET proved_at = created_at WHERE user_id = :user'


async def test_who_works_is_asked_at_once_and_let_in_again(visit: Visit, world: World, db: Engine) -> None:
    olga, mia = await visit('olga@acme.test'), await visit('mia@acme.test')
    run(db, PROVED, user=world.owner.user_id)
    await mia.open(f'/organizations/{world.organization_id}/members')
    await mia.sees('olga@acme.test')
    await olga.open(f'/organizations/{world.organization_id}/settings')
    await olga.sees('It is not required.')

    olga.press('Require a second factor')
    await olga.sees('Require a second factor?', '4 of 4 have none yet. Whoever has not proved one sees nothing')
    olga.press('Require it')
    await mia.sees(KEPT_OUT, 'Set up a second factor')
    await olga.sees('It is required of everybody.')
    assert 'olga@acme.test' not in mia.shown
    assert 'Acme' in mia.shown
    await mia.go(f'/organizations/{world.organization_id}/settings')
    await mia.sees(KEPT_OUT)
    assert 'Phone numbers' not in mia.shown

    olga.press('Require it no longer')
    await olga.sees('Require it no longer?')
    olga.press('Require it no longer')
    await mia.sees('Phone numbers')
    assert KEPT_OUT not in mia.shown


async def test_an_owner_without_one_can_not_keep_everybody_out(visit: Visit, world: World) -> None:
    olga = await visit('olga@acme.test')
    await olga.open(f'/organizations/{world.organization_id}/settings')
    olga.press('Require a second factor')
    await olga.sees('Require it')
    olga.press('Require it')
    await olga.is_told(second_factors.PROVE_YOURS)


async def test_others_read_how_it_stands_and_why_they_can_not_change_it(visit: Visit, world: World) -> None:
    adam = await visit('adam@acme.test')
    await adam.open(f'/organizations/{world.organization_id}/settings')
    await adam.sees('It is not required. Only Owners can decide whether a second factor is required. You are an Admin.')
    assert 'Require a second factor' not in adam.shown.splitlines()


async def test_a_card_of_it_says_so_and_shows_nobody(visit: Visit, world: World, db: Engine) -> None:
    mia, adam = await visit('mia@acme.test'), await visit('adam@acme.test')
    run(db, PROVED, user=world.owner.user_id)
    run(db, PROVED, user=world.admin.user_id)
    await mia.open('/organizations')
    await until(lambda: any(row['name'] == 'Acme' and row['members'] == 4 for row in mia.rows))
    second_factors.require(world.owner)
    await until(lambda: any(row['name'] == 'Acme' and row['kept_out'] for row in mia.rows))
    await adam.open(f'/organizations/{world.organization_id}')
    await adam.sees('adam@acme.test')
    [acme] = [row for row in mia.rows if row['name'] == 'Acme']
    assert (acme['here'], acme['members'], acme['status'], acme['active_at']) == ([], 0, '', '')


async def test_who_is_kept_out_is_not_here_for_the_others(visit: Visit, world: World, db: Engine) -> None:
    from pages.shell import live

    mia = await visit('mia@acme.test')
    await mia.open(f'/organizations/{world.organization_id}')
    await until(lambda: [*live.here(world.organization_id)] == ['mia@acme.test'])
    run(db, PROVED, user=world.owner.user_id)
    second_factors.require(world.owner)
    await mia.sees(KEPT_OUT)
    assert not live.here(world.organization_id)


async def test_who_is_kept_out_goes_from_the_screens_of_the_others_and_comes_back(
    visit: Visit, world: World, db: Engine
) -> None:
    adam, mia = await visit('adam@acme.test'), await visit('mia@acme.test')
    for person in (world.owner, world.admin):
        run(db, PROVED, user=person.user_id)
    await adam.open('/organizations')
    await mia.open(f'/organizations/{world.organization_id}')

    def here() -> list[str]:
        [acme] = [row for row in adam.rows if row['name'] == 'Acme']
        return [face['name'] for face in acme['here']]

    await until(lambda: here() == ['mia@acme.test'])
    second_factors.require(world.owner)
    await until(lambda: here() == [])
    await mia.sees(KEPT_OUT)
    second_factors.waive(world.owner)
    await until(lambda: here() == ['mia@acme.test'])


async def test_the_screen_opens_when_this_session_has_proved_one(visit: Visit, world: World, db: Engine) -> None:
    mia = await visit('mia@acme.test')
    run(db, PROVED, user=world.owner.user_id)
    second_factors.require(world.owner)
    await mia.open(f'/organizations/{world.organization_id}')
    await mia.sees(KEPT_OUT)
    run(db, PROVED, user=world.member.user_id)
    changes.publish([Change(world.organization_id, Topic.MEMBER, users=frozenset({world.member.user_id}))])
    await until(lambda: KEPT_OUT not in mia.shown)
    await mia.sees('Members')
