"""The record: every act and every refusal is on it once, and whatever is done to it afterwards is found."""

import ast
import hashlib
import json
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select, update

from data.changes import Change
from data.database import administrator, audit_chain, transaction
from data.database.tenancy import TenantError
from data.models import AuditEvent, Organization, Role
from data.permissions import Permission, authorize
from data.problems import Forbidden, NotFound, Stale
from data.runtime import limits
from data.services import accounts, audit, organizations, phone_numbers
from data.services.audit import Act, Topic, verify
from data.services.audit.acts import subjects_by_label, topics_of
from data.services.audit.verify import Report
from tests.acts import ACTS, FORMER, FOUNDING, LOOKS, QUIET
from tests.support.probes import refused, rows, run, statements, value
from tests.support.stage import NUMBER, Stage
from tests.support.world import EVENTS, PASSWORD, World, at_home, email_of, sign_up

SERVICES = Path(audit.__file__).parents[1]


def recorded(db: Engine, organization_id: str) -> list[tuple[Any, ...]]:
    query = 'SELECT seq, action, outcome FROM audit_events WHERE organization_id = :id ORDER BY seq'
    return rows(db, query, id=organization_id)


def verdict(organization_id: str) -> Report:
    [found] = verify.verify(organization_id)
    return found


# what is on it -------------------------------------------------------------------------------------------------------


BEGINNING = {'accounts.sign_up', 'accounts._sign_up', 'organizations.create', 'founding._house_some'}
"""These begin a record."""
SILENT = {
    'members.touch',
    'agents.seen',
    'first_steps.put_away',
    'mail._row_of',
    'invoices.make',
    'subscriptions.catch_up',
    'subscriptions.tell_of_trial',
    'sources.held',
    'sources._claim',
    'conversations.answer',
    'conversations.interrupt',
    'conversations.tell_where_nobody_is',
    'conversations.expire_of',
    'visitors.say',
    'visitors.ask_person',
    'visitors.leave_address',
    'visitors.vote',
    'visitors.read',
    'visitors.erase',
    'visitors.transcript',
}
"""Being there is no act, nor is where an agent was seen, what becomes of a mail, what was due before, what is told of
it, a PDF, or that a file is being read. What visitors do and the agent answers stands in their conversation, for as
long as that is kept.
"""


LOOKED_AT_ELSEWHERE = {
    'agents.seen',
    'audit.export',
    'billing_contacts.look',
    'conversations._draft',
    'conversations.content',
    'leads.export',
    'visitors.content',
    'visitors.look',
    'visitors.recognize',
    'visitors.typing',
    'billing_contacts.question_content',
    'invoices.mail_content',
    'invoices.make',
    'invitations.look',
    'invoices.preview',
    'invoices.show',
    'organizations.change_status',
    'organizations.whereabouts',
    'payments.content',
    'sources._language_around',
    'sources.content',
    'subscriptions.catch_up',
    'usage.export',
    'usage.limits_of',
    'usage.report',
}
"""Exports are acts besides, a reader has a file by its claim, guests look at an invitation or a question before anybody
asks who they are, where one is is also said to those who are kept out of it (test_second_factor_gate.py), and limits
and reports are for whoever runs the installation. Visitors look at what is theirs, and say where an agent is seen.
"""


def opening(block: str) -> set[str]:
    """Every function of the services that opens such a transaction in an organization."""
    found = set()
    for path in SERVICES.rglob('*.py'):
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef) and f'with {block}(' in ast.unparse(function):
                found.add(f'{path.relative_to(SERVICES).parts[0].removesuffix(".py")}.{function.name}')
    return found


def test_no_act_is_forgotten_here() -> None:
    assert opening('transaction') == {it.name for it in (ACTS | QUIET).values()} | BEGINNING | SILENT
    assert set(Act) == {it.act for it in ACTS.values()} | FORMER | {FOUNDING}


def test_no_look_is_forgotten_here() -> None:
    """What is not among them, no test would ask for a permission, nor try on a stranger's organization."""
    assert opening('reading') == {it.name for it in LOOKS.values()} | LOOKED_AT_ELSEWHERE


def gaps(act: Act | None) -> set[str]:
    """What has to be known of an event to tell it."""
    return set(re.findall(r'{(\w+)}', f'{act.sentence} {act.note}')) if act else set()


def details(db: Engine, organization_id: str) -> set[str]:
    """What the newest event of a record tells besides who and what."""
    query = 'SELECT details FROM audit_events WHERE organization_id = :id ORDER BY seq DESC LIMIT 1'
    told = value(db, query, id=organization_id)
    return set(json.loads(told) if isinstance(told, str) else told)


@pytest.mark.parametrize('name', ACTS)
def test_an_act_is_on_the_record_once(name: str, world: World, db: Engine) -> None:
    act, stage = ACTS[name], Stage(db, world)
    ready = act.prepare(stage)
    before = recorded(db, world.organization_id)
    act.perform(stage, stage.actor, ready)
    after = recorded(db, world.organization_id)
    assert after == [*before, (len(before) + 1, act.act, 'done')]
    assert gaps(act.act) <= {'who', 'target', *details(db, world.organization_id)}
    assert verdict(world.organization_id).broken is None


def test_every_act_has_a_sentence_and_a_topic_that_screens_know() -> None:
    labels = subjects_by_label()
    for act in Act:
        assert [label for label, subjects in labels.items() if act.topics[0] in subjects] == [act.topics[0].label]
    assert labels['People'] == ('member', 'invitation', 'owner')
    assert {permission.partition(':')[0] for permission in Permission} - {'project'} <= {
        subject for subjects in labels.values() for subject in subjects
    }


def test_an_act_without_a_sentence_or_a_topic_can_not_be_written() -> None:
    def define(*line: str) -> None:
        Act._new_member_(Act, *line)

    define('phone:call', '{who} called {target}')
    for line in (('phone:call',), ('phone:call', ''), ('phone:call', 'called'), ('robot:dance', '{who} danced')):
        with pytest.raises((TypeError, ValueError)):
            define(*line)


def test_what_other_versions_have_written_is_about_what_its_name_says() -> None:
    assert topics_of('phone:call', 'done') == (Topic.PHONE,)
    assert topics_of('robot:dance', 'done') == topics_of('phone:add', 'refused') == (Topic.AUDIT,)
    assert topics_of('invitation:accept', 'done') == (Topic.INVITATION, Topic.MEMBER)


def test_an_organization_begins_its_record_when_it_is_founded(world: World, db: Engine) -> None:
    founded = organizations.create(world.owner, 'Second').id
    home = at_home(accounts.sign_up('new@acme.test', PASSWORD, PASSWORD)).organization_id
    for organization_id in (founded, home):
        assert recorded(db, organization_id) == [(1, 'organization:create', 'done')]
    assert {it.organization_id: it.events for it in verify.verify()}[home] == 1


def test_a_refusal_is_on_the_record_once_and_published(world: World, db: Engine, published: list[Change]) -> None:
    before = recorded(db, world.organization_id)
    refused(Forbidden, lambda: organizations.rename(world.viewer, 'Mine', version=2))
    assert recorded(db, world.organization_id) == [*before, (len(before) + 1, 'organization:rename', 'refused')]
    assert published == [Change(world.organization_id, Topic.AUDIT, 'vera@acme.test')]
    assert verdict(world.organization_id).broken is None


def test_what_does_not_happen_is_not_on_the_record(world: World, db: Engine) -> None:
    before = recorded(db, world.organization_id)
    refused(Stale, lambda: organizations.rename(world.owner, 'New', version=99))
    refused(NotFound, lambda: organizations.rename(world.intruder, 'Mine', version=2))
    assert recorded(db, world.organization_id) == before


def test_details_are_the_same_when_they_come_back(world: World) -> None:
    details: dict[str, Any] = {
        'Ä ': ('💶\u2028', None, True, 1.5, -0.0, 10**30),
        'b': {2: [], 10: {}},
        'role': Role.OWNER,
    }
    with transaction(world.owner) as tx:
        member = authorize(tx, world.owner, Permission.ORGANIZATION_VIEW)
        audit.record(tx, member, Act.PHONE_ADD, 'Ⅷ ﬁ e\u0301', **details)
    [entry] = audit.portion(world.owner, limit=1).rows
    assert entry.details == {'Ä ': ['💶\u2028', None, True, 1.5, 0, 10**30], 'b': {'2': [], '10': {}}, 'role': 'owner'}
    assert verdict(world.organization_id).broken is None


def test_the_hash_is_made_as_it_is_written_down() -> None:
    at = datetime(2026, 3, 29, 2, 30, 0, 1, tzinfo=UTC)
    event = AuditEvent(
        organization_id='a' * 16,
        seq=1,
        at=at,
        actor_email='o@a.test',
        action='a:b',
        target='ä',
        details={'z': 1, 'a': 2},
    )
    said = (
        '\n{"action":"a:b","actor_email":"o@a.test","actor_id":null,"at":"2026-03-29T02:30:00.000001+00:00",'
        '"details":{"a":2,"z":1},"network":"","organization_id":"aaaaaaaaaaaaaaaa","outcome":"done","rule":"","seq":1,'
        '"target":"\\u00e4"}'
    )
    assert audit_chain.digest('', event) == hashlib.sha256(said.encode()).hexdigest()
    assert audit_chain.digest('0', event) != audit_chain.digest('', event)


# how it is written and read ------------------------------------------------------------------------------------------


def test_many_at_once_leave_one_unbroken_chain(world: World, db: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits.REFUSALS, 'amount', 4 * 6)
    phone = phone_numbers.add(world.owner, NUMBER).id

    def work(number: int) -> None:
        for _ in range(6):
            if number % 2:
                phone_numbers.make_primary(world.owner if number % 4 == 1 else world.admin, phone)
            else:
                with suppress(Forbidden):
                    phone_numbers.make_primary(world.viewer, phone)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    found = verdict(world.organization_id)
    assert (found.broken, found.events) == (None, EVENTS + 1 + 8 * 6)
    assert value(db, "SELECT count(*) FROM audit_events WHERE outcome = 'refused'") == 4 * 6


def test_a_chained_act_costs_no_statement_more(world: World, db: Engine) -> None:
    with statements(db) as seen:
        organizations.rename(world.owner, 'New', version=2)
    kinds = [statement.split()[0] for statement in seen if 'FOR UPDATE' not in statement]
    assert sorted(kinds) == ['INSERT', 'SELECT', 'UPDATE']


def test_the_administrator_sees_everything_and_writes_nothing(world: World, db: Engine) -> None:
    with administrator() as tx:
        assert set(tx.exec(select(Organization.id))) == {it for (it,) in rows(db, 'SELECT id FROM organizations')}
    with pytest.raises(TenantError), administrator() as tx:
        tx.exec(update(Organization).values(name='x'))
    with pytest.raises(TenantError), administrator() as tx:
        tx.add(AuditEvent(organization_id=world.organization_id, seq=6, actor_email='', action='a:b'))
    assert json.dumps(rows(db, 'SELECT name FROM organizations')).count('"x"') == 0


def test_a_record_goes_with_its_organization_and_nobody_else(world: World, db: Engine) -> None:
    other = sign_up('zoe@other.test')
    run(db, 'DELETE FROM organizations WHERE id = :id', id=other.organization_id)
    refused(NotFound, lambda: verdict(other.organization_id))
    assert all(it.broken is None for it in verify.verify())
    assert email_of(world.owner) == 'olga@acme.test'
