"""The main job in screens on PostgreSQL: what the other tests of pages do on SQLite alone, once from end to end."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import Engine

from components.kit.switcher import Switcher
from data.models import Role
from tests.support.probes import rows
from tests.support.settled import AMERICAN, GERMAN
from tests.support.visitors import Visitor, until
from tests.support.world import World

pytestmark = pytest.mark.parametrize(
    'databases', [pytest.param('postgresql', marks=pytest.mark.postgres)], indirect=True
)
OLIVE, NIA = 'olive@new.example', 'nia@new.example'


async def arrive(visitor: Visitor, email: str, **form: str) -> str:
    """Sign up; the path where one lands, which is open then."""
    answer = await visitor.sign_up(email, **form)
    assert answer.status_code == 303
    await visitor.open(answer.headers['location'])
    return str(answer.headers['location'])


async def found_beta(olive: Visitor) -> str:
    """Make another organization from the list of one's own; its path."""
    await olive.go('/organizations')
    await until(lambda: [row['name'] for row in olive.rows] == ['olive'])
    olive.press('New organization')
    await olive.sees('Create organization')
    olive.form('new').fill(name='Beta').send()
    await until(lambda: olive.title == 'Overview · Beta · Botcadence')
    return olive.path


async def switch(visitor: Visitor, name: str) -> None:
    """Choose another organization in the sidebar."""
    switcher = next(it for it in visitor._elements() if isinstance(it, Switcher))
    visitor._fire(switcher, 'open')
    await until(lambda: switcher.props['rows'])
    visitor._fire(switcher, 'choose', next(row['id'] for row in switcher.props['rows'] if row['name'] == name))
    await until(lambda: visitor.title == f'Overview · {name} · Botcadence')


async def configure(visitor: Visitor, home: str) -> None:
    """Give an organization a name, an address and a number."""
    await visitor.go(f'{home}/settings')
    await visitor.sees('Organization settings', 'Phone numbers')
    visitor.form('name').fill(name='Beta Works').send()
    await until(lambda: visitor.title == 'Settings · Beta Works · Botcadence')
    visitor.form('address').fill(country='DE')
    await until(lambda: 'city' in visitor.form('address').names)
    visitor.form('address').fill(**{name: text for name, text in GERMAN.items() if name != 'country'}).send()
    await visitor.sees('10115 BERLIN')
    visitor.press('Add number')
    await visitor.sees('New phone number')
    visitor.form('phone').fill(**AMERICAN).send()
    await until(lambda: [row['number'] for row in visitor.rows] == ['+1 202-456-1414'])


async def invite(visitor: Visitor, home: str) -> str:
    """Invite somebody as Admin; the path of the link that is passed on."""
    await visitor.go(f'{home}/members')
    await visitor.sees('Who belongs to this organization')
    visitor.press('New invitation')
    await visitor.sees('Invite users')
    visitor.form('invite').fill(addresses=NIA, role=Role.ADMIN.value).send()
    await visitor.sees('Invited.')
    visitor.press('Done')
    await until(lambda: any(row.get('email') == NIA for row in visitor.rows))
    visitor.choose(next(row for row in visitor.rows if row.get('email') == NIA), 'link')
    await visitor.sees('/invitations/')
    link = next(text for text in visitor.shown.split('\n') if '/invitations/' in text)
    return '/invitations/' + link.rpartition('/')[2]


async def test_two_people_from_sign_up_to_what_is_on_the_record(
    visit: Callable[..., Awaitable[Visitor]], world: World, db: Engine
) -> None:
    olive, nia = await visit(), await visit()
    await arrive(olive, OLIVE)
    assert olive.title == 'Overview · olive · Botcadence'
    home = await found_beta(olive)
    await switch(olive, 'olive')
    await switch(olive, 'Beta')
    assert olive.path == home
    await configure(olive, home)

    path = await invite(olive, home)
    await nia.open(path)
    assert f'{OLIVE}\n invites you to \nBeta Works\n as Admin.' in nia.shown
    hidden = {name: str(nia.field(name).props['value']) for name in ('invitation', 'next')}
    assert await arrive(nia, NIA, **hidden) == home
    assert nia.title == 'Overview · Beta Works · Botcadence'
    await until(lambda: {row['email'] for row in olive.rows if 'email' in row} == {OLIVE, NIA})

    nias = next(row for row in olive.rows if row.get('email') == NIA)
    olive.choose(nias, 'role', Role.MEMBER.value)
    await until(lambda: [row['role'] for row in olive.rows if row.get('email') == NIA] == ['Member'])
    await olive.go(f'{home}/activity')
    await until(lambda: olive.rows)
    assert [row['text'] for row in olive.rows] == [
        f'{OLIVE} changed the role of {NIA}',
        f'{NIA} accepted the invitation by {OLIVE}',
        f'{OLIVE} invited {NIA}',
        f'{OLIVE} added the number +1 202-456-1414',
        f'{OLIVE} changed the billing address',
        f'{OLIVE} renamed the organization to “Beta Works”',
        f'{OLIVE} created the organization',
    ]
    await olive.go('/organizations')
    await until(lambda: {row['name']: row['members'] for row in olive.rows} == {'Beta Works': 2, 'olive': 1})
    assert (await olive.post('/auth/sign-out')).status_code == 303
    assert (await olive.get('/')).headers['location'] == '/sign-in'
    assert rows(db, 'SELECT name FROM organizations WHERE id = :id', id=home.rpartition('/')[2]) == [('Beta Works',)]
