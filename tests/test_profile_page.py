"""The cards of a person's name and dates: typed, saved, refused, and true in every open page."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import Engine

from data.inputs.names import NO_ADDRESS, NOTHING_TO_SEE
from data.models import Role
from data.services import members, organizations
from data.services.accounts.profile import choose_dates, profile
from tests.support.team import people
from tests.support.visitors import Visitor, until
from tests.support.world import World, introduce, offered

Visit = Callable[..., Awaitable[Visitor]]


async def account(visit: Visit, email: str) -> Visitor:
    visitor = await visit(email)
    await visitor.open('/account')
    await visitor.sees('Display name', email)
    return visitor


def faces(visitor: Visitor) -> list[str]:
    """Who is here, as the overview or the cards say it to a screen reader."""
    assert visitor.client
    return [face[2] for it in visitor.client.layout.descendants() for face in it.props.get('faces', ())]


async def test_a_name_is_said_and_seen_by_others_at_once(visit: Visit, world: World) -> None:
    mia, overview = await visit('mia@acme.test'), await visit('vera@acme.test')
    await mia.open(f'/organizations/{world.organization_id}/members')
    await overview.open(f'/organizations/{world.organization_id}')
    elsewhere = await visit('olga@acme.test')
    await elsewhere.open(f'/organizations/{world.organization_id}')
    await until(lambda: 'olga@acme.test' in faces(overview))
    olga = await account(visit, 'olga@acme.test')
    olga.form('display').fill(name=' Olga Berg ').send()
    await until(lambda: people(mia)['olga']['name'] == 'Olga Berg')
    assert (people(mia)['olga']['initials'], people(mia)['olga']['email']) == ('OB', 'olga@acme.test')
    assert people(mia)['mia']['name'] is None
    await until(lambda: 'Olga Berg (olga@acme.test)' in faces(overview))
    assert 'olga@acme.test' not in faces(overview)
    assert 'Olga Berg' in elsewhere.shown and 'Olga Berg' in olga.shown, 'in the frame'
    assert olga.form('display')['name'] == 'Olga Berg'


async def test_nothing_of_it_is_seen_by_a_stranger(visit: Visit, world: World) -> None:
    sam = await visit('sam@other.test')
    await sam.open('/organizations')
    before = sam.shown
    introduce(world.owner, 'Olga Berg')
    introduce(world.stranger, 'Sam S.')
    await until(lambda: 'Sam S.' in sam.shown)
    assert 'Olga' not in sam.shown and 'Olga' not in before


@pytest.mark.parametrize(
    ('typed', 'why'),
    [
        ('x' * 200, 'Your name is too long. Use at most 80 characters.'),
        ('   ', NOTHING_TO_SEE),
        ('\u200b', NOTHING_TO_SEE),
        ('\u3164', NOTHING_TO_SEE),
        ('\u202egreB aglO', 'Your name contains a hidden control character. Type it instead of pasting it.'),
        ('Z\u0317' + '\u0317' * 9, 'Your name has too many accents on one letter.'),
        ('me@acme.test', NO_ADDRESS),
    ],
)
async def test_what_is_no_name_is_said_at_the_field_and_stays_typed(
    visit: Visit, world: World, typed: str, why: str
) -> None:
    olga = await account(visit, 'olga@acme.test')
    form = olga.form('display').fill(name=typed)
    form.send()
    await until(lambda: form.error('name'))
    assert (form.error('name'), form['name']) == (why, typed)
    assert profile(world.owner).name is None


async def test_markup_is_a_name_like_any_other(visit: Visit, world: World) -> None:
    olga = await account(visit, 'olga@acme.test')
    olga.form('display').fill(name='<img src=x onerror=alert(1)>').send()
    await until(lambda: profile(world.owner).name)
    vera = await visit('vera@acme.test')
    await vera.open(f'/organizations/{world.organization_id}/members')
    assert people(vera)['olga']['name'] == '<img src=x onerror=alert(1)>'


async def test_a_name_said_in_another_window_comes_into_this_one(visit: Visit, world: World) -> None:
    here, there = await account(visit, 'olga@acme.test'), await account(visit, 'olga@acme.test')
    there.form('display').fill(name='Olga').send()
    await until(lambda: here.form('display')['name'] == 'Olga')
    here.form('display').fill(name='Olga B')
    there.form('display').fill(name='Olga C').send()
    await here.sees('You saved this in another window while you were typing.')
    assert here.form('display')['name'] == 'Olga B', 'what was typed stays'
    here.form('display').send()
    await until(lambda: profile(world.owner).name == 'Olga B')


async def test_a_name_is_taken_away_again(visit: Visit, world: World) -> None:
    introduce(world.owner, 'Olga')
    olga = await account(visit, 'olga@acme.test')
    olga.form('display').fill(name='').send()
    await until(lambda: profile(world.owner).name is None)
    await until(lambda: 'Olga' not in olga.shown.replace('olga', ''))


async def test_two_of_one_name_are_told_apart_before_one_is_removed(visit: Visit, world: World) -> None:
    introduce(world.member, 'Mia Novak')
    introduce(world.viewer, 'Mia Novak')
    olga = await visit('olga@acme.test')
    await olga.open(f'/organizations/{world.organization_id}/members')
    await olga.sees('Mia Novak')
    lines = people(olga)
    assert {lines['mia']['acts'], lines['vera']['acts']} == {
        'Actions for Mia Novak (mia@acme.test)',
        'Actions for Mia Novak (vera@acme.test)',
    }
    olga.choose(lines['mia'], 'remove')
    await olga.sees('Remove this person?', 'Mia Novak (mia@acme.test)', 'loses access at once')
    olga.press('Remove person')
    await olga.is_told('Mia Novak (mia@acme.test) has been removed.')
    olga.choose(people(olga)['vera'], 'role', 'owner')
    await olga.sees('Mia Novak (vera@acme.test)', 'may do everything here')


async def test_who_saved_first_is_named(visit: Visit, world: World) -> None:
    introduce(world.admin, 'Adam Ek')
    olga = await visit('olga@acme.test')
    await olga.open(f'/organizations/{world.organization_id}/settings')
    olga.form('name').fill(name='Mine')
    organizations.rename(world.admin, 'Theirs', version=2)
    await olga.sees('Adam Ek (adam@acme.test) saved this while you were typing.')


async def test_the_activity_names_people_and_its_filter_finds_them(visit: Visit, world: World) -> None:
    introduce(world.owner, 'Olga Berg')
    members.change_role(world.owner, world.viewer.user_id, Role.MEMBER, expected=Role.VIEWER)
    olga = await visit('olga@acme.test')
    await olga.open(f'/organizations/{world.organization_id}/activity')
    await olga.sees('Olga Berg (olga@acme.test) changed the role of vera@acme.test')
    assert olga.client
    person = next(it for it in olga.client.layout.descendants() if it.props.get('name') == 'who')
    olga._fire(person, 'look', 'berg')
    await until(lambda: person.options.get('olga@acme.test') == 'Olga Berg (olga@acme.test)')


async def test_a_banner_says_whom_to_ask_by_name(visit: Visit, world: World, db: Engine) -> None:
    from data.models import Status

    introduce(world.owner, 'Olga Berg')
    organizations.change_status(world.organization_id, Status.PAST_DUE, 'Unpaid')
    vera = await visit('vera@acme.test')
    await vera.open(f'/organizations/{world.organization_id}')
    await vera.sees('Ask an Owner about it:', 'Olga Berg (olga@acme.test)')


async def test_the_page_of_an_invitation_says_who_invites(visit: Visit, world: World) -> None:
    introduce(world.owner, 'Olga Berg')
    token = offered(world.owner, 'new@new.test')
    guest = await visit()
    await guest.open(f'/invitations/{token}')
    await guest.sees('Olga Berg (olga@acme.test)', 'invites you to', 'Ask ')
    introduce(world.owner, '<script>')
    await guest.open(f'/invitations/{token}')
    await guest.sees('<script> (olga@acme.test)')
    olga = await visit('olga@acme.test')
    await olga.open(f'/organizations/{world.organization_id}/members')
    [row] = [row for row in olga.rows if row.get('email') == 'new@new.test']
    assert row['invited_by'] == 'you'
    adam = await visit('adam@acme.test')
    await adam.open(f'/organizations/{world.organization_id}/members')
    [row] = [row for row in adam.rows if row.get('email') == 'new@new.test']
    assert row['invited_by'] == '<script> (olga@acme.test)'


# dates ---------------------------------------------------------------------------------------------------------------


def told(visitor: Visitor) -> tuple[object, object]:
    """What the page is told of dates."""
    assert visitor.client
    content = next(it for it in visitor.client.layout.descendants() if it.props.get('id') == 'content')
    return content.props.get('data-dates'), content.props.get('data-zone')


async def test_dates_are_chosen_and_every_open_page_follows(visit: Visit, world: World) -> None:
    elsewhere = await visit('olga@acme.test')
    await elsewhere.open(f'/organizations/{world.organization_id}')
    olga = await account(visit, 'olga@acme.test')
    assert told(olga) == told(elsewhere) == (None, None)
    form = olga.form('dates')
    assert (form['language'], form['time_zone']) == ('none', 'none')
    form.fill(language='de', time_zone='Asia/Kathmandu').send()
    for page in (olga, elsewhere):
        await until(lambda page=page: told(page) == ('de', 'Asia/Kathmandu'))
    olga.form('dates').fill(language='none', time_zone='none').send()
    await until(lambda: told(elsewhere) == (None, None))
    assert profile(world.owner).time_zone is None


async def test_dates_chosen_in_another_window_come_into_this_one(visit: Visit, world: World) -> None:
    olga = await account(visit, 'olga@acme.test')
    choose_dates(world.owner, 'fr', None, expected=(None, None))
    await until(lambda: olga.form('dates')['language'] == 'fr')


async def test_nobody_else_s_page_follows(visit: Visit, world: World) -> None:
    mia = await visit('mia@acme.test')
    await mia.open(f'/organizations/{world.organization_id}/members')
    choose_dates(world.owner, 'fr', 'Europe/Paris', expected=(None, None))
    introduce(world.owner, 'Olga')
    await until(lambda: people(mia)['olga']['name'] == 'Olga')
    assert told(mia) == (None, None)
