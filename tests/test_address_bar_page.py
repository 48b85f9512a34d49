"""The address bar says which organization it is about; whatever is not mine looks the same in every case."""

from collections.abc import Awaitable, Callable
from html import unescape

import pytest
from sqlalchemy import Engine

from data import database
from data.models import Role, Status, new_id
from data.services import billing_address, members, organizations, phone_numbers
from tests.support.probes import everything
from tests.support.visitors import Visitor, until, without_ids
from tests.support.world import World, inside, join

Visit = Callable[..., Awaitable[Visitor]]

NO_ACCESS = 'That organization doesn’t exist, or you don’t have access to it.'
SCREENS = ['', '/members', '/settings', '/settings/', '/settings?x=1']
MARKER = 'Zebrafink'
STRANGE = [
    '0',
    '-1',
    str(2**63),
    '1' + '0' * 400,
    'abc',
    '1%20OR%201=1',
    "'%20OR%20''='",
    '%00',
    '%ff',
    '%2e%2e',
    '%EF%BC%91',
    '1e3',
    'null',
    '%3Cscript%3E',
    'x' * 5000,
]


@pytest.fixture
def sams(world: World) -> str:
    """The organization of the stranger, full of markers; everything in it exists."""
    sam = world.stranger
    organizations.rename(sam, f'{MARKER} Ltd', version=1)
    home = {'kind': 'company', 'country': 'DE', 'company_name': f'{MARKER} GmbH', 'street_address': 'Hauptstr. 1'}
    billing_address.set_address(sam, {**home, 'postal_code': '10115', 'city': 'Berlin'}, version=0)
    number = {'country': 'US', 'number': '(202) 456-1414', 'label': MARKER, 'purpose': 'voice'}
    phone_numbers.add(sam, number)
    return sam.organization_id


@pytest.fixture
def deleted(world: World) -> str:
    """An organization that was Olga's."""
    gone = organizations.create(world.owner, f'{MARKER} gone').id
    for status in (Status.DELETING, Status.DELETED):
        organizations.change_status(gone, status, '')
    return gone


async def test_the_root_leads_to_the_last_active_organization(visit: Visit, world: World) -> None:
    beta = organizations.create(world.owner, 'Beta').id
    olga = await visit('olga@acme.test')
    for organization_id in (beta, world.organization_id, beta):
        await olga.open(f'/organizations/{organization_id}/settings')
        assert (await olga.get('/')).headers['location'] == f'/organizations/{organization_id}'


async def test_the_picker_does_not_change_where_the_root_leads(visit: Visit, world: World) -> None:
    olga = await visit('olga@acme.test')
    await olga.open(f'/organizations/{world.organization_id}')
    await olga.open('/organizations')
    assert (await olga.get('/')).headers['location'] == f'/organizations/{world.organization_id}'


async def test_another_browser_begins_where_the_person_was_last(visit: Visit, world: World) -> None:
    beta = organizations.create(world.owner, 'Beta').id
    members.touch(inside(world.owner, beta))
    olga = await visit('olga@acme.test')
    assert (await olga.get('/')).headers['location'] == f'/organizations/{beta}'


async def test_a_stranger_can_not_tell_what_exists(visit: Visit, world: World, sams: str, deleted: str) -> None:
    olga = await visit('olga@acme.test')
    await olga.open(f'/organizations/{world.organization_id}')
    seen = set()
    for organization_id in (sams, deleted, new_id()):
        for screen in SCREENS:
            refused = await olga.get(f'/organizations/{organization_id}{screen}')
            if screen.endswith('/'):  # whatever exists: first it leads to the address without the slash
                assert refused.headers['location'] == f'/organizations/{organization_id}{screen.rstrip("/")}'
                refused = await olga.get(refused.headers['location'])
            headers = {key: text for key, text in refused.headers.items() if key != 'set-cookie'}
            told = olga.session
            landed = await olga.get(refused.headers['location'])
            html = without_ids(landed.text)
            seen.add(
                (refused.status_code, refused.text, without_ids(str(headers)), str(told), landed.status_code, html)
            )
    [(status, _, headers, told, _, html)] = seen
    assert status == 303
    assert f'/organizations/{world.organization_id}' in headers
    assert NO_ACCESS in told
    assert MARKER not in html


@pytest.mark.parametrize('strange', STRANGE, ids=lambda text: text[:12])
async def test_a_strange_id_is_like_an_unknown_one(visit: Visit, world: World, strange: str) -> None:
    olga = await visit('olga@acme.test')
    await olga.open(f'/organizations/{world.organization_id}')
    answers = []
    for organization_id in (strange, new_id()):
        answer = await olga.get(f'/organizations/{organization_id}')
        answers.append((answer.status_code, answer.headers['location'], olga.session['notice']))
    assert answers[0] == answers[1] == (303, f'/organizations/{world.organization_id}', NO_ACCESS)


async def test_the_sentence_is_said_once_where_one_lands(visit: Visit, world: World) -> None:
    olga = await visit('olga@acme.test')
    await olga.open(f'/organizations/{world.organization_id}')
    await olga.open(f'/organizations/{new_id()}')
    assert olga.title == 'Overview · Acme · Botcadence'
    assert olga.notify.messages == [NO_ACCESS]
    await olga.open('/')
    assert olga.notify.messages == [NO_ACCESS]


async def test_inside_the_dashboard_it_is_the_same(visit: Visit, world: World, sams: str, deleted: str) -> None:
    olga = await visit('olga@acme.test')
    home = f'/organizations/{world.organization_id}'
    await olga.open(f'{home}/settings')
    for organization_id in (sams, deleted, new_id(), *(it for it in STRANGE if len(it) < 100)):
        told = len(olga.notify.messages)
        olga.navigate.to(f'/organizations/{organization_id}/settings')
        await until(lambda told=told: len(olga.notify.messages) > told)
        await until(lambda: olga.path == home)
        await olga.sees('How this organization is doing')
        assert olga.title == 'Overview · Acme · Botcadence'
        assert MARKER not in olga.shown
    assert set(olga.notify.messages) == {NO_ACCESS}


async def test_upper_case_is_another_id(visit: Visit, world: World) -> None:
    olga = await visit('olga@acme.test')
    answer = await olga.get(f'/organizations/{world.organization_id.upper()}')
    assert (answer.status_code, olga.session['notice']) == (303, NO_ACCESS)


async def test_refused_visits_change_nothing(visit: Visit, world: World, db: Engine, sams: str, deleted: str) -> None:
    olga = await visit('olga@acme.test')
    before = everything(db)
    for organization_id in (sams, deleted, new_id(), *STRANGE):
        await olga.get(f'/organizations/{organization_id}/settings')
    assert everything(db) == before


async def test_a_strangers_pages_hold_nothing_of_others(visit: Visit, world: World, sams: str) -> None:
    olga = await visit('olga@acme.test')
    home = f'/organizations/{world.organization_id}'
    paths = [
        '/organizations',
        f'/organizations/{sams}',
        f'/organizations/{sams}/settings',
        '/organizations/x?q=' + sams,
    ]
    for path in [home, f'{home}/settings', *paths]:
        answer = await olga.http_client.get(path, follow_redirects=True)
        html = unescape(answer.text)
        assert answer.status_code == 200
        for private in (MARKER, 'sam@other', '456-1414', '+1202', 'Hauptstr'):
            assert private not in html, (private, path)


async def test_a_parameter_in_the_address_is_no_member(visit: Visit, world: World, sams: str) -> None:
    olga = await visit('olga@acme.test')
    for smuggled in (f'organization_id={sams}', 'screen=x', f'member={sams}', 'self=1', 'shell=1'):
        answer = await olga.get(f'/organizations/{world.organization_id}/settings?{smuggled}')
        assert answer.status_code == 200
        assert 'Acme' in answer.text
        assert MARKER not in answer.text


async def test_inside_an_organization_an_unknown_screen_says_so(visit: Visit, world: World) -> None:
    olga = await visit('olga@acme.test')
    answer = await olga.get(f'/organizations/{world.organization_id}/teapot')
    assert answer.status_code == 404
    assert 'There is nothing here' in answer.text
    assert 'Go to your organizations' in answer.text


async def test_an_unknown_screen_of_others_tells_nothing_either(
    visit: Visit, world: World, sams: str, deleted: str
) -> None:
    olga = await visit('olga@acme.test')
    answers = [await olga.get(f'/organizations/{it}/teapot') for it in (sams, deleted, new_id(), '..%2f..')]
    assert len({(answer.status_code, answer.headers.get('location')) for answer in answers}) == 1
    assert len({without_ids(answer.text) for answer in answers[:3]}) == 1
    assert MARKER not in answers[0].text


@pytest.mark.parametrize(
    'path', ['/nothing', '/organization', '/auth/nothing', '/assets/nothing.js', '/%00', '/..%2f..']
)
@pytest.mark.parametrize('email', ['', 'olga@acme.test'], ids=['signed out', 'signed in'])
async def test_an_unknown_path_is_a_page_with_404(visit: Visit, world: World, email: str, path: str) -> None:
    someone = await visit(email)
    answer = await someone.get(path)
    assert answer.status_code == 404
    assert 'There is nothing here' in answer.text
    assert answer.headers['content-type'].startswith('text/html')


async def test_health_says_ok_and_nothing_private(visit: Visit, world: World) -> None:
    probe = await visit()
    answer = await probe.get('/healthz')
    assert (answer.status_code, answer.json()) == (200, {'status': 'ok'})


async def test_without_its_database_it_is_unhealthy_and_says_so_in_a_sentence(
    visit: Visit, world: World, tmp_path: object
) -> None:
    olga = await visit('olga@acme.test')
    database.connect(f'sqlite:///{tmp_path}/missing/gone.db')

    answer = await olga.get('/healthz')
    assert (answer.status_code, answer.json()) == (503, {'status': 'unavailable'})
    for path in ('/', '/organizations', f'/organizations/{world.organization_id}', '/sign-in'):
        answer = await olga.get(path)
        assert answer.status_code == 503
        assert 'The database' in answer.text
    answer = await olga.sign_in('olga@acme.test')
    assert answer.status_code == 303
    assert 'The database' in olga.session['tried']['errors']['']


async def test_an_outsider_who_was_let_in_gets_in(visit: Visit, world: World) -> None:
    sam = await visit('sam@other.test')
    path = f'/organizations/{world.organization_id}'
    assert (await sam.get(path)).status_code == 303
    join(world.owner, world.stranger, Role.VIEWER)
    assert (await sam.get(path)).status_code == 200
