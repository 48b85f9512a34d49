"""Dunning: past due, restricted, active again, by a clock that is moved; and who is left alone."""

import json
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from data import database
from data.changes import Change
from data.database import System
from data.jobs import billing, mail_delivery
from data.models import InvoiceNotice, Mail, Organization, Status, Subscription
from data.permissions import Permission
from data.problems import Forbidden
from data.services import audit, billing_contacts, organizations, projects
from data.services.audit import Topic
from data.services.mail import letters
from data.services.mail.contents import NotSent
from data.services.payments import dunning, receiving, reminders, reversing
from tests.support import books, catalogues
from tests.support.mailing import mail_set_up
from tests.support.probes import refused, rows, run
from tests.support.world import World, organization

pytestmark = pytest.mark.usefixtures('at_any_time')

VECTORS = json.loads((Path(__file__).parent / 'support' / 'vectors.json').read_text('utf-8'))['vectors']
OVERDUE = [it for it in VECTORS if it['given']['kind'] == 'overdue']
ISSUED, DAY = date(2027, 4, 2), timedelta(days=1)
DUE = date(2027, 4, 16)


def days(first: date, last: date) -> Iterable[date]:
    """All days from one to another."""
    return (first + n * DAY for n in range((last - first).days + 1))


def chase(world: World, *some: date) -> Status:
    """Let the job run on these days."""
    for day in some:
        books.stand_on(day)
        for organization_id in dunning.to_chase():
            dunning.chase(organization_id)
    return status(world)


def status(world: World) -> Status:
    with database.reading(System(world.organization_id)) as tx:
        return tx.find(Organization, world.organization_id).status


def told(db: Engine, number: str) -> dict[str, date]:
    found = rows(
        db,
        'SELECT n.kind, n.at FROM invoice_notices n JOIN invoices i ON i.id = n.invoice_id WHERE number = :number',
        number=number,
    )
    return {kind: date.fromisoformat(str(at)[:10]) for kind, at in found}


def billed(world: World, *, grace: int = 14, days_to_pay: int = 14, issued_on: date = ISSUED) -> str:
    """An invoice of Acme, which has a plan."""
    catalogues.applied(
        ('grace_days = 14', f'grace_days = {grace}'), ('payment_days = 14', f'payment_days = {days_to_pay}')
    )
    books.stand_on(issued_on)
    books.subscribe(world.organization_id)
    return books.invoice(world.organization_id, [4900], issued_on=issued_on, payment_days=days_to_pay)


@pytest.mark.parametrize('vector', OVERDUE, ids=lambda it: it['id'])
def test_the_worked_examples_hold(vector: dict[str, Any], world: World, db: Engine) -> None:
    given, expect = vector['given'], {**vector['expect']}
    issued, paid = date.fromisoformat(given['issued_on']), given.get('paid_in_full_on')
    number = billed(world, grace=given['grace_days'], days_to_pay=given['payment_days'], issued_on=issued)
    stages = {}
    last = date.fromisoformat(paid) - DAY if paid else date.fromisoformat(expect['restricted_from']) + 3 * DAY
    for day in days(issued, last):
        stages.setdefault(chase(world, day), day.isoformat())
    reminded = {kind: day.isoformat() for kind, day in told(db, number).items()}
    assert stages[Status.PAST_DUE] == expect['past_due_from']
    if paid:
        assert status(world).value == expect['status_on_day_before_payment']
        books.stand_on(date.fromisoformat(paid))
        assert receiving.mark_paid(number).lifted
        assert status(world).value == expect['status_after_payment']
    else:
        assert stages[Status.RESTRICTED] == expect['restricted_from']
        assert reminded['restricted'] == expect['restricted_from']
    wanted = [day for day in expect['reminders_on'] if not paid or day < paid]
    assert [reminded[f'reminder-{n}'] for n, _ in enumerate(wanted, 1)] == wanted


def test_a_server_that_was_off_for_a_month_says_past_due_first_and_gives_all_of_the_grace(world: World) -> None:
    billed(world)
    assert chase(world, DUE - 5 * DAY) is Status.ACTIVE
    back = DUE + 40 * DAY
    assert chase(world, back) is Status.PAST_DUE
    assert chase(world, *days(back, back + 13 * DAY)) is Status.PAST_DUE
    assert chase(world, back + 14 * DAY) is Status.RESTRICTED


def test_grace_runs_on_days_on_which_the_job_runs(world: World, db: Engine) -> None:
    number = billed(world)
    assert chase(world, *days(DUE + DAY, DUE + 8 * DAY)) is Status.PAST_DUE  # 7 of 14 are over
    later = DUE + 60 * DAY
    assert chase(world, *days(later, later + 5 * DAY)) is Status.PAST_DUE
    assert told(db, number)['reminder-3'] == later + 3 * DAY
    assert chase(world, later + 6 * DAY) is Status.RESTRICTED


def test_any_number_of_times_a_day_is_once(world: World, db: Engine) -> None:
    number = billed(world, grace=2)
    assert chase(world, *[DUE + DAY] * 3, *[DUE + 2 * DAY] * 3) is Status.PAST_DUE
    assert told(db, number) == {'reminder-2': DUE + DAY, 'reminder-3': DUE + 2 * DAY}
    assert chase(world, *[DUE + 3 * DAY] * 3) is Status.RESTRICTED


def test_a_clock_that_is_set_back_changes_nothing(world: World) -> None:
    billed(world)
    chase(world, *days(DUE + DAY, DUE + 4 * DAY))
    assert chase(world, DUE - 300 * DAY, DUE) is Status.PAST_DUE
    with database.reading(System(world.organization_id)) as tx:
        row = tx.exec(select(Subscription)).one()
        assert (row.grace_left, row.counted_on) == (11, DUE + 4 * DAY)
    assert chase(world, *days(DUE + 5 * DAY, DUE + 14 * DAY)) is Status.PAST_DUE
    assert chase(world, DUE + 15 * DAY) is Status.RESTRICTED


@pytest.mark.parametrize('grace', [0, 1, 2, 3, 4])
def test_with_little_grace_it_is_past_due_first_all_the_same(grace: int, world: World, db: Engine) -> None:
    number = billed(world, grace=grace)
    assert chase(world, DUE) is Status.ACTIVE
    assert chase(world, DUE + DAY) is Status.PAST_DUE
    restricted = DUE + (1 + max(1, grace)) * DAY
    assert chase(world, *days(DUE + 2 * DAY, restricted - DAY)) is Status.PAST_DUE
    assert chase(world, restricted) is Status.RESTRICTED
    found = told(db, number)
    assert len(found) == len(set(found.values())) == (4 if grace > 1 else 3)


def test_of_several_the_oldest_decides_and_only_paying_all_of_them_lifts(world: World) -> None:
    older = billed(world)
    younger = books.invoice(world.organization_id, [100], issued_on=ISSUED + 10 * DAY)  # due 10 days later
    assert chase(world, *days(DUE + DAY, DUE + 12 * DAY)) is Status.PAST_DUE
    assert not receiving.mark_paid(older).lifted
    # 3 of its own 14 days are over, not 12
    assert chase(world, *days(DUE + 13 * DAY, DUE + 24 * DAY)) is Status.PAST_DUE
    assert chase(world, DUE + 25 * DAY) is Status.RESTRICTED
    assert not receiving.mark_paid(younger, '1.00').lifted
    assert status(world) is Status.RESTRICTED
    assert receiving.mark_paid(younger, '0.19').lifted
    assert status(world) is Status.ACTIVE


def test_what_is_restricted_is_read_only_until_it_is_paid_and_every_screen_hears_of_both(
    world: World, published: list[Change]
) -> None:
    number = billed(world)
    chase(world, DUE + DAY)
    projects.create(world.member, {'name': 'Sales', 'description': ''})
    published.clear()
    chase(world, *days(DUE + 2 * DAY, DUE + 15 * DAY))
    assert Topic.ORGANIZATION in {it.topic for it in published}
    assert isinstance(refused(Forbidden, projects.create, world.member, {'name': 'More', 'description': ''}), Forbidden)
    assert organization(world.owner).status_reason == (
        'An invoice was due on 16 April 2027 and was not paid within the days of grace.'
    )
    published.clear()
    receiving.mark_paid(number)
    assert {Topic.ORGANIZATION, Topic.BILLING} <= {it.topic for it in published}
    assert organization(world.owner).status_reason == 'Everything that was due is paid.'
    projects.create(world.member, {'name': 'More', 'description': ''})
    acts = audit.portion(world.owner, action=('organization:status',)).rows
    assert [(it.actor_email, it.details['before'], it.details['after']) for it in acts] == [
        ('Botcadence', 'restricted', 'active'),
        ('Botcadence', 'past_due', 'restricted'),
        ('Botcadence', 'active', 'past_due'),
    ]


@pytest.mark.parametrize('where', [Status.SUSPENDED, Status.DELETING])
def test_who_is_suspended_or_being_deleted_is_left_alone(where: Status, world: World, db: Engine) -> None:
    number = billed(world)
    organizations.change_status(world.organization_id, where, 'for another reason')
    assert chase(world, *days(DUE - 4 * DAY, DUE + 30 * DAY)) is where
    assert told(db, number) == {}
    organizations.change_status(world.organization_id, Status.ACTIVE, 'back')
    assert chase(world, DUE + 31 * DAY) is Status.PAST_DUE
    assert chase(world, DUE + 44 * DAY) is Status.PAST_DUE
    organizations.change_status(world.organization_id, where, 'again')
    receiving.mark_paid(number)
    assert status(world) is where  # a payment lifts what a bill has caused, nothing else


def test_deleting_is_never_blocked_and_a_payment_comes_all_the_same(world: World, db: Engine) -> None:
    number = billed(world)
    chase(world, DUE + DAY)
    organizations.change_status(world.organization_id, Status.DELETING, '')
    organizations.change_status(world.organization_id, Status.DELETED, '')
    assert chase(world, DUE + 20 * DAY) is Status.DELETED
    run(db, 'DELETE FROM organizations WHERE id = :at', at=world.organization_id)
    assert dunning.to_chase(DUE + 21 * DAY) == []
    assert not dunning.chase(world.organization_id, DUE + 21 * DAY)
    receipt = receiving.mark_paid(number, '100.00')
    assert (receipt.name, receipt.paid, receipt.rest, receipt.due, receipt.lifted) == ('', 5831, 4169, 0, False)
    assert reversing.reverse(number).due == 5831


def test_credit_pays_before_anybody_is_asked_to(world: World, db: Engine) -> None:
    first = billed(world)
    receiving.mark_paid(first, '60.00', reference='more')
    second = books.invoice(world.organization_id, [100], issued_on=ISSUED)
    assert chase(world, DUE - 3 * DAY, DUE + DAY) is Status.ACTIVE
    assert told(db, second) == {}  # nor is anybody asked for it before
    assert receiving.mark_paid(second, '5.00', reference='again').paid == 0  # 1.19 came from the credit of 1.69


def test_a_payment_that_goes_back_is_due_again(world: World) -> None:
    number = billed(world)
    books.stand_on(DUE)
    receiving.mark_paid(number, reference='bank 1')
    assert chase(world, DUE + 5 * DAY) is Status.ACTIVE
    assert reversing.reverse(number).due == 5831
    assert chase(world, DUE + 6 * DAY) is Status.PAST_DUE


def test_without_a_catalogue_nobody_is_dunned(world: World) -> None:
    books.subscribe(world.organization_id)
    books.invoice(world.organization_id, [4900], issued_on=ISSUED)
    assert chase(world, DUE + DAY) is Status.ACTIVE


def test_nobody_else_is_touched(world: World, db: Engine) -> None:
    billed(world)
    books.subscribe(world.stranger.organization_id)
    assert dunning.to_chase(DUE - 4 * DAY) == []
    assert dunning.to_chase(DUE - 3 * DAY) == [world.organization_id]
    chase(world, DUE + DAY)
    assert rows(db, "SELECT count(*) FROM organizations WHERE status <> 'active'") == [(1,)]


def test_nobody_is_looked_at_for_whom_nothing_can_follow_today(world: World) -> None:
    at = world.organization_id
    number = billed(world)
    for day in (DUE - 3 * DAY, DUE + DAY, DUE + 2 * DAY):
        assert dunning.to_chase(day - DAY) == []
        assert dunning.to_chase(day) == [at]
        chase(world, day)
    receiving.mark_paid(number)
    reversing.reverse(number)
    assert dunning.to_chase(DUE + 2 * DAY) == [at]  # active once more, and late


def test_the_job_does_it_with_all_else_that_is_to_be_done_about_bills(world: World) -> None:
    number = billed(world)
    books.stand_on(DUE + DAY)
    billing.Billing().round()
    assert status(world) is Status.PAST_DUE
    receiving.mark_paid(number)
    assert status(world) is Status.ACTIVE


# mails ---------------------------------------------------------------------------------------------------------------


def mails(world: World) -> list[Mail]:
    with database.reading(System(world.organization_id)) as tx:
        found = tx.exec(select(Mail)).all()
    return sorted((it for it in found if it.kind.startswith('invoice')), key=lambda it: it.created_at)


def test_each_mail_goes_to_owners_once_and_says_what_to_do(world: World) -> None:
    with mail_set_up() as server:
        number = billed(world)
        chase(world, *days(ISSUED, DUE + 16 * DAY))
        sent = mails(world)
        assert [(it.kind, it.recipient) for it in sent] == [
            ('invoice-due-soon', 'olga@acme.test'),
            ('invoice-overdue', 'olga@acme.test'),
            ('invoice-last-days', 'olga@acme.test'),
            ('invoice-restricted', 'olga@acme.test'),
        ]
        words = []
        for mail in sent:
            content = mail_delivery.CONTENTS[mail.kind](mail)
            assert content.path == f'/organizations/{world.organization_id}/billing/invoices/{number}'
            words.append(letters.compose(mail.kind, content.facts, home=server.home))
        assert [it.subject for it in words] == [
            f'Invoice {number} of Acme is due on 16 April 2027',
            f'Invoice {number} of Acme is overdue',
            'Acme becomes read-only in 3 days',
            'Acme is read-only',
        ]
        assert 'becomes read-only in 14 days' in words[1].text and '€58.31' in words[1].text
        receiving.mark_paid(number, '8.31')
        assert reminders.content(sent[1]).facts['amount'] == '€50.00'  # as things are when it is sent
        receiving.mark_paid(number)
        assert [it.kind for it in mails(world)][4:] == ['invoice-paid']
        assert 'paid by now' in str(refused(NotSent, reminders.content, sent[1]))
        paid = mails(world)[-1]
        assert letters.compose(paid.kind, reminders.content(paid).facts, home=server.home).subject.endswith('is paid')


def test_contacts_get_them_too_without_a_way_to_a_screen(world: World, db: Engine) -> None:
    with mail_set_up():
        billed(world)
        billing_contacts.add(world.owner, {'email': 'books@acme.test', 'gets': 'invoices'})
        run(db, 'UPDATE billing_contacts SET verified_at = created_at')
        chase(world, DUE + DAY)
        sent = {it.recipient: it for it in mails(world)}
        assert set(sent) == {'olga@acme.test', 'books@acme.test'}
        assert reminders.content(sent['books@acme.test']).path == ''


def test_where_mail_is_not_set_up_what_was_to_be_told_is_not_told_later(world: World) -> None:
    billed(world)
    chase(world, DUE + DAY)
    with mail_set_up():
        chase(world, DUE + 2 * DAY)
        assert mails(world) == []
    with database.reading(System(world.organization_id)) as tx:
        assert [it.kind for it in tx.exec(select(InvoiceNotice))] == ['reminder-2']


def test_a_member_may_still_look_when_it_is_restricted(world: World) -> None:
    billed(world)
    chase(world, *days(DUE + DAY, DUE + 15 * DAY))
    member = organizations.membership(world.member)
    assert not member.may(Permission.PROJECT_EDIT)
    assert organizations.membership(world.owner).may(Permission.BILLING_MANAGE)
