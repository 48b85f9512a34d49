"""The activity screen: who sees it, what it says, what narrows it down, what comes in meanwhile, what one exports."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from itertools import chain
from typing import Any

import pytest
from sqlalchemy import Engine

from components.kit.choice import Choice
from data.models import Role, Status
from data.problems import Forbidden
from data.services import invitations, members, organizations, phone_numbers
from data.services.audit import log
from tests.support.probes import refused, run, statements, value
from tests.support.records import add, fill
from tests.support.visitors import Visitor, until
from tests.support.world import EVENTS, World, email_of, organization, pending

Visit = Callable[..., Awaitable[Visitor]]
CAME = ['vera@acme.test', 'mia@acme.test', 'adam@acme.test']


async def activity_of(visit: Visit, world: World, role: Role = Role.OWNER) -> Visitor:
    """Acme's activity, opened by whoever has this role."""
    visitor = await visit(email_of(world.of(role)))
    await visitor.open(f'/organizations/{world.organization_id}/activity')
    await visitor.sees('Activity', email_of(world.of(role)))
    return visitor


def lines(visitor: Visitor) -> list[str]:
    return [row['text'] for row in visitor.rows]


def pick(visitor: Visitor, name: str, value: str) -> None:
    field: Any = visitor.field(name)
    with field:
        if isinstance(field, Choice):
            field.choose(value)
        else:
            field.value = value


# who sees it ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize('role', [Role.OWNER, Role.ADMIN])
async def test_owners_and_admins_see_who_did_what(visit: Visit, world: World, role: Role) -> None:
    visitor = await activity_of(visit, world, role)
    assert visitor.title == 'Activity · Acme · Botcadence'
    came = [(f'{email} accepted the invitation by olga@acme.test', f'olga@acme.test invited {email}') for email in CAME]
    assert lines(visitor) == [
        *chain.from_iterable(came),
        'olga@acme.test renamed the organization to “Acme”',
        'olga@acme.test created the organization',
    ]
    assert [row['note'] for row in visitor.rows] == [
        *(f'As {role}' for role in ('Viewer', 'Member', 'Admin') for _ in range(2)),
        'It was “olga”',
        '',
    ]
    assert {row['place'] for row in visitor.rows} == {'192.0.2.7'}
    assert all(row['at'].endswith('+00:00') and not row['refused'] for row in visitor.rows)
    assert 'Show more' not in visitor.shown


@pytest.mark.parametrize('role', [Role.MEMBER, Role.VIEWER])
async def test_others_are_told_why_not(visit: Visit, world: World, role: Role) -> None:
    olga = await activity_of(visit, world)
    visitor = await activity_of(visit, world, role)
    assert f'Only Owners and Admins can see the activity log. You are a {role.label}.' in visitor.shown
    assert 'Export CSV' not in visitor.shown
    assert visitor.rows == []
    await olga.sees(f'{email_of(world.of(role))} tried to see the activity log', f'{role.label}s can’t do this')


async def test_it_stands_in_the_menu_before_the_settings(visit: Visit, world: World) -> None:
    olga = await activity_of(visit, world)
    from pages.shell.screens import SCREENS, Menu

    menu = [screen.title for screen in SCREENS.values() if screen.menu is Menu.ORGANIZATION]
    assert menu.index('Activity') < menu.index('Settings')
    assert '\n'.join(menu) in olga.shown


async def test_a_stranger_gets_nothing(visit: Visit, world: World) -> None:
    sam = await visit('sam@other.test')
    answer = await sam.get(f'/organizations/{world.organization_id}/activity')
    assert answer.status_code == 303
    assert world.organization_id not in answer.headers['location']


async def test_whoever_is_demoted_loses_sight_of_it_and_is_not_accused_of_more_than_once(
    visit: Visit, world: World, db: Engine
) -> None:
    adam = await activity_of(visit, world, Role.ADMIN)
    await activity_of(visit, world)
    members.change_role(world.owner, world.admin.user_id, Role.MEMBER, expected=Role.ADMIN)
    await adam.sees('Only Owners and Admins can see the activity log. You are a Member.')
    assert adam.rows == []
    await asyncio.sleep(0.3)
    assert value(db, "SELECT count(*) FROM audit_events WHERE outcome = 'refused'") <= 1


# what it says --------------------------------------------------------------------------------------------------------


async def test_refusals_say_which_rule_refused(visit: Visit, world: World) -> None:
    refused(Forbidden, lambda: organizations.rename(world.viewer, 'Mine', version=2))
    organizations.change_status(world.organization_id, Status.SUSPENDED, 'unpaid bills')
    refused(Forbidden, lambda: organizations.rename(world.owner, 'Mine', version=2))
    owner, administrator, viewer, *_ = (await activity_of(visit, world)).rows
    assert (viewer['text'], viewer['refused']) == (
        'vera@acme.test tried to rename the organization',
        'Viewers can’t do this',
    )
    assert (owner['text'], owner['refused']) == (
        'olga@acme.test tried to rename the organization',
        'The organization was suspended',
    )
    assert administrator['text'] == 'The administrator changed the status'
    assert administrator['note'] == 'From Active to Suspended: unpaid bills'
    assert administrator['place'] == 'Command line'


async def test_names_are_text_whatever_they_say(visit: Visit, world: World) -> None:
    name = '{who}{target}<img onerror=alert(1)>'
    organizations.rename(world.owner, name, version=2)
    olga = await activity_of(visit, world)
    assert lines(olga)[0] == f'olga@acme.test renamed the organization to “{name}”'


async def test_who_declines_an_invitation_is_called_by_their_address(visit: Visit, world: World) -> None:
    invitations.invite(world.owner, 'nina@new.test', Role.MEMBER)
    [invitation] = pending(world.owner)
    invitations.decline(invitations.link(world.owner, invitation.id), '192.0.2.9')
    olga = await activity_of(visit, world)
    [declined, *_] = olga.rows
    assert (declined['who'], declined['place']) == ('nina@new.test', '192.0.2.9')
    assert declined['text'] == 'nina@new.test declined the invitation by olga@acme.test'
    field: Any = olga.field('who')
    olga._fire(field, 'load')
    await until(lambda: 'nina@new.test' in field.options.values())
    assert 'The administrator' not in field.options.values()
    pick(olga, 'who', 'nina@new.test')
    await until(lambda: lines(olga) == ['nina@new.test declined the invitation by olga@acme.test'])


async def test_an_act_without_words_is_shown_by_its_name(visit: Visit, world: World) -> None:
    add(world.owner, 'x', action='robot:dance')
    assert lines(await activity_of(visit, world))[0] == 'olga@acme.test: robot:dance'


# what narrows it down ------------------------------------------------------------------------------------------------


async def test_filters_and_search_narrow_it_down(visit: Visit, world: World) -> None:
    refused(Forbidden, lambda: organizations.rename(world.viewer, 'Mine', version=2))
    olga = await activity_of(visit, world)
    pick(olga, 'outcome', 'refused')
    await until(lambda: lines(olga) == ['vera@acme.test tried to rename the organization'])
    pick(olga, 'outcome', '')
    await until(lambda: len(olga.rows) == EVENTS + 1)
    pick(olga, 'kind', 'member')
    await until(lambda: [line.split()[-1] for line in lines(olga)[1::2]] == CAME)
    pick(olga, 'search', 'INVITED adam')
    await until(lambda: lines(olga) == ['olga@acme.test invited adam@acme.test'])
    pick(olga, 'search', '100%_')
    await olga.sees('No events match these filters.')
    assert olga.rows == []
    olga.press('Clear filters')
    await until(lambda: len(olga.rows) == EVENTS + 1)
    assert 'No events match these filters.' not in olga.shown
    assert [olga.field(name).value for name in ('search', 'outcome', 'kind', 'who')] == ['', '', '', '*']


async def test_people_can_be_picked_once_somebody_looks_for_them(visit: Visit, world: World) -> None:
    organizations.rename(world.admin, 'Beta', version=2)
    organizations.change_status(world.organization_id, Status.PAST_DUE, '')
    olga = await activity_of(visit, world)
    field: Any = olga.field('who')
    assert list(field.options.values()) == ['Everybody']
    olga._fire(field, 'load')
    people = ['adam@acme.test', 'mia@acme.test', 'olga@acme.test', 'The administrator', 'vera@acme.test']
    await until(lambda: list(field.options.values()) == ['Everybody', *people])
    pick(olga, 'who', 'adam@acme.test')
    joined = 'adam@acme.test accepted the invitation by olga@acme.test'
    await until(lambda: lines(olga) == ['adam@acme.test renamed the organization to “Beta”', joined])
    pick(olga, 'who', 'the administrator')
    await until(lambda: lines(olga) == ['The administrator changed the status'])


async def test_what_does_not_fit_the_filters_stays_out_when_it_happens(visit: Visit, world: World) -> None:
    olga = await activity_of(visit, world)
    pick(olga, 'kind', 'phone')
    await olga.sees('No events match these filters.')
    organizations.rename(world.admin, 'Beta', version=2)
    phone_numbers.add(world.admin, {'country': 'US', 'number': '(202) 456-1414', 'purpose': 'sms', 'label': ''})
    await until(lambda: lines(olga) == ['adam@acme.test added the number +1 202-456-1414'])
    assert 'No events match these filters.' not in olga.shown


# what comes in, and what came long ago -------------------------------------------------------------------------------


async def test_what_happens_is_there_while_one_looks(visit: Visit, world: World) -> None:
    olga = await activity_of(visit, world)
    organizations.rename(world.admin, 'Beta', version=2)
    await until(lambda: lines(olga)[0] == 'adam@acme.test renamed the organization to “Beta”')
    refused(Forbidden, lambda: organizations.rename(world.viewer, 'Mine', version=3))
    await until(lambda: lines(olga)[0] == 'vera@acme.test tried to rename the organization')
    assert [row['id'] for row in olga.rows] == list(range(EVENTS + 2, 0, -1))


async def test_older_events_come_in_portions_and_newer_ones_do_not_disturb_them(
    visit: Visit, world: World, db: Engine
) -> None:
    fill(db, world, 120 - EVENTS)
    olga = await activity_of(visit, world)
    assert [row['id'] for row in olga.rows] == list(range(120, 70, -1))
    organizations.rename(world.admin, 'Beta', version=organization(world.owner).version)
    await until(lambda: len(olga.rows) == 51)
    for so_far in (101, 121):
        olga.press('Show more')
        await until(lambda so_far=so_far: len(olga.rows) == so_far)
    assert [row['id'] for row in olga.rows] == list(range(121, 0, -1))
    assert 'Show more' not in olga.shown


async def test_after_a_storm_it_begins_anew(visit: Visit, world: World) -> None:
    olga = await activity_of(visit, world)
    newest = EVENTS + 201
    add(world.owner, *map(str, range(200)))  # nobody is told, as after a connection that was gone
    organizations.rename(world.admin, 'Beta', version=2)
    await until(lambda: [row['id'] for row in olga.rows] == list(range(newest, newest - 50, -1)))
    olga.press('Show more')
    await until(lambda: [row['id'] for row in olga.rows] == list(range(newest, newest - 100, -1)))


async def test_a_refusal_costs_those_who_look_at_something_else_nothing(
    visit: Visit, world: World, db: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pages.shell import presence

    monkeypatch.setattr(presence, 'LATER', 60)  # that somebody is here is written down later
    adam = await visit('adam@acme.test')
    await adam.open(f'/organizations/{world.organization_id}')
    await adam.sees('Latest activity')
    await asyncio.sleep(0.2)
    refused(Forbidden, lambda: organizations.rename(world.viewer, 'Mine', version=2))
    with statements(db) as seen:
        await asyncio.sleep(0.2)
    assert seen == []


async def test_coming_and_going_leaves_nothing_behind(visit: Visit, world: World) -> None:
    olga = await activity_of(visit, world)
    home = f'/organizations/{world.organization_id}'
    counts = []
    for _ in range(6):
        await olga.go(home)
        await olga.sees('Latest activity')
        organizations.rename(world.admin, 'Beta', version=organization(world.owner).version)
        await olga.go(f'{home}/activity')
        await until(lambda: bool(olga.rows) and 'Export CSV' in olga.shown)
        phone_numbers.add(world.admin, {'country': 'US', 'number': f'(202) 456-14{len(counts)}0', 'purpose': 'sms'})
        await until(lambda: 'added the number' in lines(olga)[0])
        assert olga.client
        counts.append(len(olga.client.elements))
    assert counts[-1] == counts[1]


# what one takes along ------------------------------------------------------------------------------------------------


async def test_an_export_is_what_the_filters_say_and_shows_at_once(
    visit: Visit, world: World, monkeypatch: pytest.MonkeyPatch, db: Engine
) -> None:
    run(db, 'UPDATE organizations SET name = :name', name='"; a\r\nX: y')
    olga = await activity_of(visit, world)
    taken: list[tuple[bytes, str, str]] = []
    monkeypatch.setattr(olga.download, 'content', lambda *given: taken.append(given))
    monkeypatch.setattr(type(olga.download), '__call__', lambda _, *given: taken.append(given))
    pick(olga, 'kind', 'member')
    await until(lambda: len(olga.rows) == 6)
    olga.press('Export JSON')
    await olga.is_told('Exported 6 events.')
    pick(olga, 'kind', '')
    await until(lambda: len(olga.rows) == EVENTS + 1)
    olga.press('Export CSV')
    await olga.is_told(f'Exported {EVENTS + 1} events.')
    (as_json, json_name, json_kind), (as_csv, csv_name, csv_kind) = taken
    assert [event['target'] for event in json.loads(as_json)][1::2] == CAME
    assert as_csv.count(b'\r\n') == EVENTS + 2
    assert (json_name[:16], json_name[-5:], json_kind) == ('activity-a-X-y-2', '.json', 'application/json')
    assert (csv_name[:16], csv_name[-4:], csv_kind) == ('activity-a-X-y-2', '.csv', 'text/csv')
    await until(lambda: lines(olga)[:2] == ['olga@acme.test exported the activity log'] * 2)
    assert [row['note'] for row in olga.rows][:2] == [f'{EVENTS + 1} events as CSV', '6 events as JSON']


async def test_more_than_fits_into_a_file_is_said(visit: Visit, world: World, monkeypatch: pytest.MonkeyPatch) -> None:

    monkeypatch.setattr(log, 'EXPORT_LIMIT', 2)
    olga = await activity_of(visit, world)
    olga.press('Export CSV')
    await olga.is_told('Exported the newest 2 events. Narrow the list down to export older ones.')


async def test_an_export_by_somebody_demoted_meanwhile_gives_nothing(visit: Visit, world: World, db: Engine) -> None:
    adam = await activity_of(visit, world, Role.ADMIN)
    change = "UPDATE memberships SET role = 'viewer' WHERE organization_id = :at AND user_id = :id"
    run(db, change, at=world.organization_id, id=world.admin.user_id)
    adam.press('Export CSV')
    await adam.is_told('Only Owners and Admins can see the activity log. You are a Viewer.')
    assert adam.download.http_responses == []
