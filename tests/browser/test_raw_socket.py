"""The forms of the dashboard, filled in by somebody who writes the frames by hand: no value is what a browser sends."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from data.services import phone_numbers
from tests.support.raw import Fetched, Person, Socket, frame, new, socket, sql
from tests.support.served import Served
from tests.support.steps import standing

WRONG = [12345, -1, 1e308, True, [], [1, 2], {}, {'value': 99, 'label': 'x'}, {'a': {'b': 1}}, None]
NO_OPTIONS = [
    *WRONG,
    'JP',
    'x',
    {'value': 9999, 'label': 'Japan'},
    {'key': 'XX', 'reset': 0},
    {'key': 'XX', 'reset': 99},
    {'key': 7, 'reset': 0},
    {'key': ['JP'], 'reset': 0},
    {'key': 'JP'},
    {'key': 'JP', 'reset': '0'},
    {'value': 1.5},
    {'value': '1'},
    {'value': [1]},
    {'label': 'x'},
]
STORED = (
    'SELECT * FROM organizations ORDER BY id',
    'SELECT organization_id, user_id, role FROM memberships ORDER BY 1, 2',  # and not when somebody was last seen
    'SELECT * FROM billing_addresses ORDER BY organization_id',
    'SELECT * FROM phone_numbers ORDER BY id',
)

Element = dict[str, Any]


class Tab:
    """An open page: what is drawn in it, kept up to date by what the server sends."""

    def __init__(self, own: Socket, page: Fetched) -> None:
        self.own, self.page = own, page
        self.elements = dict(page.elements)

    def until(self, condition: Callable[[], object]) -> None:
        """Take in what the server sends until the condition holds."""
        while not condition():
            said = self.own.hear('42["update"')
            assert said, 'The server has hung up.'
            for number, element in json.loads(said[2:])[1].items():
                if element is None:
                    self.elements.pop(number, None)
                elif number != '_id':
                    self.elements[number] = element

    def find(self, what: Callable[[Element], object], within: str = '') -> str:
        """The number of the newest element like this, '' where there is none."""
        inside = set(self.inside(within)) if within else set(self.elements)
        found = [it for it in self.elements if it in inside and what(self.elements[it])]
        return found[-1] if found else ''

    def inside(self, number: str) -> Iterator[str]:
        """The numbers of all elements within one."""
        element = self.elements.get(number, {})
        slots = [child for slot in element.get('slots', {}).values() for child in slot['ids']]
        for child in map(str, [*element.get('children', ()), *slots]):
            yield child
            yield from self.inside(child)

    def form(self, kept: str) -> str:
        """The form whose draft is kept under a name that begins so."""
        return self.find(lambda it: it.get('props', {}).get('data-form', '').startswith(kept))

    def field(self, kept: str, name: str) -> str:
        """A field of a form."""
        return self.find(lambda it: it.get('props', {}).get('name') == name, self.form(kept))

    def props(self, number: str) -> Element:
        """The properties of an element as they are now."""
        found: Element = self.elements[number].get('props', {})
        return found

    def say(self, number: str, kind: str, *args: object) -> None:
        """Send an event of an element to everything that listens to it."""
        listeners = [it for it in self.elements[number]['events'] if it['type'] == kind]
        assert listeners, f'Nothing listens to {kind}.'
        for listener in listeners:
            said = {'id': int(number), 'client_id': self.page.id, 'listener_id': listener['listener_id']}
            self.own.say(frame('event', **said, args=[json.dumps(each) for each in args]))

    def put(self, kept: str, name: str, value: object) -> None:
        """Say that a field holds something."""
        number = self.field(kept, name)
        self.say(number, next(it['type'] for it in self.elements[number]['events'] if 'update:' in it['type']), value)

    def pick(self, kept: str, name: str, key: str) -> None:
        """Choose one of the options of a list."""
        number = self.field(kept, name)
        self.put(kept, name, {'key': key, 'reset': self.props(number)['reset']})

    def send(self, kept: str) -> None:
        """Press Enter."""
        self.say(self.form(kept), 'submit')

    def press(self, label: str) -> None:
        """Click on a button."""
        self.say(self.find(lambda it: it.get('props', {}).get('label') == label), 'click')

    def switcher(self) -> str:
        """The list of organizations, opened."""
        switcher = self.find(lambda it: 'switcher' in it.get('class', ()))
        self.say(switcher, 'open')
        self.until(lambda: self.props(switcher).get('rows'))
        return switcher

    def error(self, kept: str, name: str) -> str:
        """What is wrong with a field, where it is there."""
        number = self.field(kept, name)
        return str(self.props(number).get('error-message') or '') if number else ''


@pytest.fixture
def kept(server: Served) -> Iterator[None]:
    """Nothing is saved."""

    def rows() -> list[list[tuple[Any, ...]]]:
        return [sql(server, statement) for statement in STORED]

    before: list[list[tuple[Any, ...]]] = []
    yield before.extend(rows())
    assert rows() == before


def is_another_screen(element: Element) -> bool:
    """Whether this is drawn only by the Organizations page, or before it where something is not saved."""
    return element.get('text') == 'Leave without saving?' or element.get('props', {}).get('label') == 'New organization'


@pytest.fixture
def tab(server: Served, olga: Person, logged: Callable[[], list[str]], request: pytest.FixtureRequest) -> Iterator[Tab]:
    """The settings of Olga's organization; in the end they still work, and nobody was told of a defect."""
    path = olga.home + '/settings'
    page = olga.open(path)
    if 'kept' in request.fixturenames:
        request.getfixturevalue('kept')
    with socket(server, page) as own:
        assert own.enter().startswith('40')
        tab = Tab(own, page)
        yield tab
        tab.own.say(page.go('/organizations'))
        tab.until(lambda: tab.find(is_another_screen))
    assert [line for line in logged() if 'defect' in line or 'rror' in line] == []


def test_the_forms_work_for_somebody_with_manners(server: Served, tab: Tab) -> None:
    tab.put('name', 'name', 'Written by hand')
    tab.send('name')
    tab.until(lambda: not tab.props(tab.form('name')).get('data-unsaved') and 'Saved' in str(tab.elements))
    assert ('Written by hand',) in sql(server, 'SELECT name FROM organizations')


@pytest.mark.parametrize('value', WRONG, ids=repr)
def test_a_name_of_the_wrong_type_is_not_taken_in(tab: Tab, kept: None, value: object) -> None:
    tab.put('name', 'name', value)
    tab.send('name')
    tab.put('name', 'name', '')
    tab.send('name')
    tab.until(lambda: tab.error('name', 'name'))
    assert tab.error('name', 'name') == 'Organization name is required.'


@pytest.mark.parametrize('value', WRONG, ids=repr)
def test_an_address_of_the_wrong_type_is_not_taken_in(tab: Tab, kept: None, value: object) -> None:
    tab.pick('address', 'country', 'DE')
    tab.until(lambda: tab.field('address', 'city'))
    names = ('name', 'company_name', 'street_address', 'postal_code', 'city', 'tax_id')
    for name in names:
        tab.put('address', name, value)
    tab.send('address')
    required = ('company_name', 'street_address', 'postal_code', 'city')
    tab.until(lambda: all(tab.error('address', name) for name in required))


@pytest.mark.parametrize('value', WRONG, ids=repr)
def test_another_country_is_chosen_with_such_values_in_the_fields(tab: Tab, kept: None, value: object) -> None:
    tab.pick('address', 'country', 'DE')
    tab.until(lambda: tab.field('address', 'city'))
    for name in ('company_name', 'street_address', 'postal_code', 'city'):
        tab.put('address', name, value)
    for country in ('US', 'JP', 'DE'):
        tab.pick('address', 'country', country)
    tab.send('address')
    tab.until(lambda: tab.error('address', 'city'))


@pytest.mark.parametrize('value', NO_OPTIONS, ids=repr)
def test_what_is_no_option_is_not_chosen(tab: Tab, kept: None, value: object) -> None:
    tab.pick('address', 'country', 'DE')
    tab.until(lambda: tab.field('address', 'city'))
    tab.put('address', 'kind', value)
    if value is not None:
        tab.put('address', 'country', value)
    tab.put('address', 'city', 'Berlin')
    tab.send('address')
    tab.until(
        lambda: tab.error('address', 'company_name') or tab.error('address', 'kind') or tab.error('address', 'name')
    )
    tab.until(lambda: tab.field('address', 'postal_code'))


@pytest.mark.parametrize('value', WRONG, ids=repr)
def test_a_number_of_the_wrong_type_is_not_taken_in(tab: Tab, kept: None, value: object) -> None:
    tab.press('Add number')
    tab.until(lambda: tab.form('phone'))
    tab.pick('phone', 'country', 'FR')
    for name in ('number', 'label', 'purpose'):
        tab.put('phone', name, value)
    tab.send('phone')
    tab.until(lambda: tab.error('phone', 'number'))


def test_a_country_of_the_wrong_type_has_no_numbers(tab: Tab, kept: None) -> None:
    tab.press('Add number')
    tab.until(lambda: tab.form('phone'))
    for value in NO_OPTIONS:
        tab.put('phone', 'country', value)
    tab.put('phone', 'number', '01 42 68 53 00')
    tab.send('phone')
    tab.until(lambda: tab.error('phone', 'country') or tab.error('phone', 'number'))


def test_a_menu_acts_on_no_row_but_its_own(server: Served, olga: Person, mallory: Person, kept: None, tab: Tab) -> None:
    [theirs] = sql(server, 'SELECT id FROM phone_numbers LIMIT 1') or [('',)]
    grid = tab.find(lambda it: any(listener['type'] == 'primary' for listener in it.get('events', ())))
    for kind in ('edit', 'primary', 'remove'):
        for row in (*WRONG, '', 'x', theirs[0], 'a' * 5000):
            tab.say(grid, kind, row)
        tab.say(grid, kind)
    assert tab.own.shake(tab.page)
    assert not tab.form('phone')


def test_strangers_numbers_stay(server: Served, come: Callable[..., Person]) -> None:
    sams, email = come(new('sam')), new('anna')
    anna = come(email)
    del sams
    organization_id = anna.home.rsplit('/', 1)[-1]
    with standing(server, email, organization_id) as actor:
        phone_numbers.add(actor, {'country': 'FR', 'number': '01 42 68 53 00', 'label': '', 'purpose': 'sms'})
    olga = come(new('olga'))
    [[theirs]] = sql(server, 'SELECT id FROM phone_numbers WHERE organization_id = ?', organization_id)
    page = olga.open(olga.home + '/settings')
    with socket(server, page) as own:
        assert own.enter().startswith('40')
        tab = Tab(own, page)
        grid = tab.find(lambda it: any(listener['type'] == 'primary' for listener in it.get('events', ())))
        for kind in ('edit', 'primary', 'remove'):
            tab.say(grid, kind, theirs)
        assert own.is_heard(page)
        assert '42 68 53' not in ''.join(own.heard)
    assert sql(server, 'SELECT e164, is_primary FROM phone_numbers WHERE id = ?', theirs) == [('+33142685300', 1)]


@pytest.mark.parametrize('value', WRONG, ids=repr)
def test_an_organization_needs_a_name_that_is_text(server: Served, olga: Person, kept: None, value: object) -> None:
    page = olga.open('/organizations')
    with socket(server, page) as own:
        assert own.enter().startswith('40')
        tab = Tab(own, page)
        tab.press('New organization')
        tab.until(lambda: tab.form('new-organization'))
        tab.put('new-organization', 'name', 'x' * 81)
        tab.put('new-organization', 'name', value)
        tab.send('new-organization')
        if value is not None:  # that empties the field, and an empty form sends nothing
            tab.until(lambda: tab.error('new-organization', 'name'))
        assert own.shake(page)


def test_the_switcher_leads_to_nothing_but_its_options(server: Served, mallory: Person, tab: Tab, kept: None) -> None:
    for value in (*NO_OPTIONS, mallory.home.rsplit('/', 1)[-1]):
        tab.say(tab.switcher(), 'choose', value)
    assert tab.own.shake(tab.page)


DRAFTS = [
    *WRONG,
    {'name': 7, 'country': {}, 'kind': [], 'city': None},
    {'name': {'value': 0}},
    {'unknown': 'x', 'data-form': 'y', '__class__': 'z'},
    {'country': 'XX', 'kind': 'nobody', 'postal_code': 'x' * 100_000},
    {'country': 'JP', 'country_area': 'Atlantis', 'purpose': 'x'},
]


@pytest.mark.parametrize('draft', DRAFTS, ids=lambda it: repr(it)[:40])
def test_a_strange_draft_is_no_draft(tab: Tab, kept: None, draft: object) -> None:
    for form in ('name', 'address'):
        tab.say(tab.form(form), 'restore', {'detail': draft})
        tab.say(tab.form(form), 'restore', draft)
        tab.say(tab.form(form), 'restore')
    assert tab.own.shake(tab.page)


def test_every_listener_bears_every_wrong_argument(
    server: Served, olga: Person, logged: Callable[[], list[str]]
) -> None:
    """A broken argument may be ignored or refused; it must not be a defect, whatever listens."""
    heard = []
    for path in (olga.home, olga.home + '/settings', '/organizations'):
        page = olga.open(path)
        with socket(server, page) as own:
            assert own.enter().startswith('40')
            tab = Tab(own, page)
            for number, element in page.elements.items():
                for kind in {it['type'] for it in element.get('events', ())} - {'click', 'submit'}:
                    for args in ((), (None,), (7,), ([],), ({},), ('x',), ({'detail': []},), (1, 2)):
                        begin = len(logged())
                        tab.say(number, kind, *args)
                        assert own.shake(page)
                        heard += [
                            f'{element.get("tag")} {kind} {args}: {it}' for it in logged()[begin:] if 'rror' in it
                        ]
    assert heard == []
