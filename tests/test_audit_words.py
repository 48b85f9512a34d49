"""Events in words, and what a search finds them by: whatever a line of the activity shows."""

from types import SimpleNamespace
from typing import Any

import pytest

from data.models import Role, Status
from data.permissions import Permission
from data.problems import Forbidden
from data.services import audit, invitations, organizations, phone_numbers
from data.services.audit import words
from data.services.audit.acts import Act, Topic
from tests.support.probes import refused
from tests.support.records import add
from tests.support.world import EVENTS, World, pending


def event(action: str, target: str = '', **more: Any) -> Any:
    known = {'actor_id': 'u' * 16, 'actor_email': 'olga@acme.test', 'actor_name': None, 'outcome': 'done', 'rule': ''}
    known |= {'details': {}}
    return SimpleNamespace(action=action, target=target, **{**known, 'network': '192.0.2.7', **more})


def finds(search: str, what: Any) -> bool:
    text = words.searchable(what)
    return all(word in text for word in words.search_words(search))


US = event('phone:add', '+12025550143')
BERLIN = event('phone:add', '+4930901820')
LONDON = event('phone:make_primary', '+442079460958')


@pytest.mark.parametrize(
    ('what', 'search'),
    [
        (US, '+1 202-555-0143'),  # as it is printed
        (US, '+12025550143'),
        (US, '(202) 555-0143'),
        (US, '202.555.0143'),
        (US, '202 555 0143'),
        (US, '001 202 555 0143'),
        (US, '+1\u00a0202\u2011555\u20110143'),
        (US, '\u202a+1 202-555-0143\u202c'),
        (US, '555-0143'),
        (US, 'olga 202 555 0143 number'),
        (BERLIN, '+49 30 901820'),
        (BERLIN, '030 901820'),
        (BERLIN, '030/901820'),
        (BERLIN, '(030) 90 18 20'),
        (BERLIN, '+49 (0)30 901820'),
        (BERLIN, '0049 30 901820'),
        (BERLIN, '\uff10\uff13\uff10 901820'),
        (LONDON, '020 7946 0958'),
        (LONDON, '+44 (0) 20 7946 0958'),
    ],
)
def test_a_number_is_found_however_it_is_written(what: Any, search: str) -> None:
    """The ways to write one: ITU-T E.123, DIN 5008, and what address books and people make of them."""
    assert finds(search, what)


@pytest.mark.parametrize('search', ['+1 202-555-0144', '030 901821', '202 0143', '192.0.2.8'])
def test_another_number_is_not(search: str) -> None:
    assert not any(finds(search, what) for what in (US, BERLIN, LONDON))


SUSPENDED = event(
    'organization:status',
    actor_id=None,
    actor_email='the administrator',
    network='',
    details={'before': 'past_due', 'after': 'suspended', 'reason': 'Unpaid since May'},
)
LINES = [
    SUSPENDED,
    event('member:change_role', 'mia@acme.test', details={'before': 'viewer', 'after': 'admin'}),
    event('audit:export', 'CSV', details={'events': 10_000}),
    event('organization:rename', 'Straße “Ä” & Söhne', details={'before': 'Olga’s'}),
    event('organization:rename', outcome='refused', rule='role:viewer'),
    event('owner:appoint', outcome='refused', rule='status:restricted'),
    event('robot:dance', 'x'),
    US,
]


@pytest.mark.parametrize('what', LINES, ids=lambda what: what.action)
def test_all_that_a_line_shows_finds_it(what: Any) -> None:
    is_refused = what.outcome == 'refused'
    shown = [words.happened(what), words.remark(what), words.place(what), words.who(what)]
    shown += ['Refused', words.refused_by(what)] if is_refused else []
    for text in shown:
        for search in (text, text.upper(), *text.split()):
            assert finds(search, what), search


@pytest.mark.parametrize(
    ('what', 'search'),
    [
        (SUSPENDED, 'past due'),
        (SUSPENDED, 'command LINE'),
        (SUSPENDED, 'Organization unpaid'),
        (LINES[1], 'Admin viewer'),
        (LINES[1], 'people'),
        (LINES[3], 'STRASSE söhne'),
        (LINES[3], "olga's"),
        (LINES[4], "viewers can't"),
        (LINES[5], 'people was restricted'),
        (US, 'phone numbers'),
        (US, '192.0.2.7'),
        (US, '192.0.2.'),
        (US, 'phone:add'),
    ],
)
def test_words_as_people_type_them_find_it(what: Any, search: str) -> None:
    assert finds(search, what)


def test_every_act_and_every_refusal_has_a_title_that_finds_it() -> None:
    for act in Act:
        assert finds(Topic(act.partition(':')[0]).label, event(act))
    for permission in Permission:
        assert finds(permission.phrase, event(permission, outcome='refused', rule='role:viewer'))


# the search itself ---------------------------------------------------------------------------------------------------


def found(world: World, search: str) -> set[int]:
    return {entry.seq for entry in audit.portion(world.owner, search=search).rows}


def test_the_search_finds_what_lines_show(world: World) -> None:
    """Every sentence, note, badge and place of a record in which much has happened, and every word of them."""
    phone_numbers.add(world.admin, {'country': 'US', 'number': '(202) 456-1414', 'purpose': 'sms', 'label': ''})
    invitations.invite(world.admin, 'nia@new.example', Role.MEMBER)
    [waiting] = pending(world.owner)
    invitations.change_role(world.owner, waiting.id, Role.OWNER, expected=Role.MEMBER)
    organizations.rename(world.owner, 'Straße “Ä” & Söhne', version=2)
    refused(Forbidden, lambda: organizations.rename(world.viewer, 'Mine', version=3))
    organizations.change_status(world.organization_id, Status.PAST_DUE, 'Unpaid since May')
    audit.export(world.owner, 'csv')
    for entry in audit.portion(world.owner).rows:
        badge = ('Refused', words.refused_by(entry)) if entry.outcome == 'refused' else ()
        for text in filter(None, (words.happened(entry), words.remark(entry), words.place(entry), *badge)):
            for search in {text, *text.split()}:
                assert entry.seq in found(world, search), (search, entry.action)


@pytest.mark.parametrize(
    'search',
    ['+1 202-555-0143', '(202) 555-0143', '202.555.0143', '+12025550143', '001 202 555 0143', 'added 555-0143 olga'],
)
def test_the_search_finds_a_number_however_it_is_written(search: str, world: World) -> None:
    add(world.owner, '+12025550144', '+12025550143', '+4930901820', action='phone:add')
    assert found(world, search) == {EVENTS + 2}


def test_what_is_ascii_is_folded_as_everything_is() -> None:
    text = ''.join(map(chr, range(128)))
    assert words._folded(text) == words._folded(f'{text}é')[:-1] == text.casefold()


def test_a_version_without_a_note_has_none() -> None:
    said = [words.remark(event('agent:publish', 'Shop', details={'number': 1, 'note': it})) for it in ('', 'New hours')]
    assert said == ['', 'New hours']
