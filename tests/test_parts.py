"""Parts of a screen: few elements, nothing sent that is drawn already, and text that stays text."""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from components.kit.note import Note
from components.kit.part import Part
from data.database import Actor
from data.services import billing_address, phone_numbers, projects
from tests.support.visitors import Visitor, until
from tests.support.world import World

Visit = Callable[..., Awaitable[Visitor]]

KIT = Path(__file__).parents[1] / 'components' / 'kit'
KNOWN = set((KIT / 'parts.js').read_text().partition('props: `')[2].partition('`')[0].split())
"""What `parts.js` draws parts from."""

MOST = {'': 10, '/settings': 25, '/members': 18, '/activity': 12, '/organizations': 8}
"""Elements of a screen by its path: what an Owner sees of an organization with an address and a number."""

ADDRESS = {
    'kind': 'company',
    'country': 'US',
    'company_name': 'Acme',
    'street_address': '1 Main Street',
    'city': 'Springfield',
    'country_area': 'IL',
    'postal_code': '62701',
}
NUMBER = {'country': 'US', 'number': '(202) 456-1414', 'label': '', 'purpose': 'voice'}


@pytest.fixture
async def visitor(visit: Visit) -> Visitor:
    """A browser on a page that parts can be put on."""
    visitor = await visit()
    await visitor.open('/sign-in')
    return visitor


def waiting(visitor: Visitor) -> set[int]:
    """The numbers of the elements that are to be sent."""
    assert visitor.client
    return set(visitor.client.outbox.updates)


@pytest.mark.parametrize('path', MOST)
async def test_a_screen_is_made_of_few_elements(visit: Visit, world: World, path: str) -> None:
    billing_address.set_address(world.owner, ADDRESS, version=0)
    phone_numbers.add(world.owner, NUMBER)
    olga = await visit('olga@acme.test')
    await olga.open(path if path == '/organizations' else f'/organizations/{world.organization_id}{path}')
    await until(lambda: olga.rows)
    screen = next(it for it in olga._elements() if 'screen' in it.classes)
    elements = [screen, *screen.descendants()]
    assert len(elements) <= MOST[path]
    told = {name for it in elements if isinstance(it, Part) for name in it.props if not name.startswith('data-')}
    assert told <= KNOWN, 'what a part does not know would become an attribute on the page'


async def test_so_is_that_of_a_project(visit: Visit, world: World) -> None:
    olga = await visit('olga@acme.test')
    await olga.open(f'/organizations/{world.organization_id}/projects/{make_project(world.owner)}')
    await olga.sees('Danger zone')
    screen = next(it for it in olga._elements() if 'screen' in it.classes)
    elements = [screen, *screen.descendants()]
    assert len(elements) <= 16
    told = {name for it in elements if isinstance(it, Part) for name in it.props if not name.startswith('data-')}
    assert told <= KNOWN, 'what a part does not know would become an attribute on the page'


def make_project(owner: Actor) -> str:
    """The id of a project."""
    return projects.create(owner, {'name': 'Website', 'description': 'What it is for'}).id


def test_what_is_drawn_already_is_not_sent_again(visitor: Visitor) -> None:
    assert visitor.client
    with visitor.client.content:
        part = Part('facts', title='People', values=(('Members', '1'),), faces=())
    visitor.client.outbox.updates.clear()
    part.tell(values=(('Members', '1'),))
    assert waiting(visitor) == set()
    part.tell(values=(('Members', '2'),))
    assert waiting(visitor) == {part.id}


async def test_what_a_note_does_not_offer_is_not_done(visitor: Visitor) -> None:
    done: list[str] = []
    assert visitor.client
    with visitor.client.content:
        note = Note(lambda: done.append('pressed'))
    note.show('There is nothing to do.')
    visitor._fire(note, 'click')
    assert done == []
    note.show('', 'Do it')
    visitor._fire(note, 'click')
    assert done == ['pressed']


def test_no_drawing_makes_markup_of_text() -> None:
    for path in KIT.glob('*.js'):
        assert not re.search(r'innerHTML|outerHTML|insertAdjacentHTML|v-html|document\.write|eval\(', path.read_text())
