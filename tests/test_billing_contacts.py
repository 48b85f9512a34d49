"""Billing contacts: nobody gets mail about billing who has not said yes, and no more than one question before."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from data import clock, database
from data.database import System
from data.models import BillingContact, Role
from data.problems import Forbidden, Invalid, NotFound, TooMany
from data.runtime import limits, mail_server, rate_limiter
from data.runtime.mail_server import MailServer
from data.security import tokens
from data.services import billing_contacts, usage
from data.services.billing_contacts import Gets
from data.services.billing_contacts.confirming import token_of
from data.services.usage import Metric
from data.services.usage.limits import set_limit
from tests.support.mailing import HOME, delivered, due_again, mail_set_up, states
from tests.support.post_office import Box, text_of
from tests.support.probes import rows, run, value
from tests.support.world import World, put

BOOKS = 'books@clerk.test'
OLGA = 'olga@acme.test'


@pytest.fixture(autouse=True)
def server(world: World) -> Iterator[MailServer]:
    with mail_set_up() as server:
        yield server


def ask(world: World, email: str = BOOKS, gets: str = 'invoices') -> BillingContact:
    return billing_contacts.add(world.owner, {'email': email, 'gets': gets})


def recipients(world: World, matter: str = 'invoices') -> list[str]:
    with database.reading(System(world.organization_id)) as tx:
        return billing_contacts.recipients(tx, matter)  # type: ignore[arg-type]  # one of the two words


def write(world: World, kind: str = 'test') -> int:
    with database.transaction(System(world.organization_id)) as tx:
        return billing_contacts.write(tx, 'invoices', kind)


def test_who_is_asked_gets_one_question_and_nothing_else_before_the_answer(
    world: World, db: Engine, server: MailServer
) -> None:
    contact = ask(world)
    write(world)
    box = Box()
    assert sorted(delivered(server, box)) == [BOOKS, OLGA]
    [question] = box.mails_to(BOOKS)
    assert question['Subject'] == 'May Acme send you mail about its billing?'
    text = text_of(question)
    assert 'Acme wants to send invoices to books@clerk.test' in text
    assert f'{HOME}/confirm-contact/{token_of(contact)}' in text
    assert recipients(world) == [OLGA]
    assert delivered(server) == []


def test_whoever_has_said_yes_gets_what_was_asked_for(world: World, db: Engine) -> None:
    token = token_of(ask(world))
    question = billing_contacts.look(token)
    assert (question.organization, question.email, question.gets) == ('Acme', BOOKS, Gets.INVOICES)
    assert billing_contacts.confirm(token) == question
    assert recipients(world) == [OLGA, BOOKS]
    assert recipients(world, 'alerts') == [OLGA]
    assert write(world) == 2
    [(who, target)] = rows(db, "SELECT actor_email, target FROM audit_events WHERE action = 'billing:confirm_contact'")
    assert (who, target) == (BOOKS, BOOKS)


def test_looking_changes_nothing_and_a_link_is_for_one_use(world: World, db: Engine) -> None:
    token = token_of(ask(world))
    for _ in range(3):
        billing_contacts.look(token)
    assert value(db, 'SELECT verified_at FROM billing_contacts') is None
    billing_contacts.confirm(token)
    for act in (billing_contacts.look, billing_contacts.confirm):
        with pytest.raises(NotFound):
            act(token)


@pytest.mark.parametrize('token', ['', 'x' * 43, 'x' * 44, None, 7, '%' * 43, '\0' * 43], ids=str)
def test_what_is_no_token_means_nothing(world: World, token: object) -> None:
    ask(world)
    for act in (billing_contacts.look, billing_contacts.confirm):
        with pytest.raises(NotFound):
            act(token)


def test_a_link_is_good_for_seven_days(world: World) -> None:
    token, now = token_of(ask(world)), clock.now()
    clock.source = lambda: now + timedelta(days=7) - timedelta(seconds=5)
    billing_contacts.look(token)
    clock.source = lambda: now + timedelta(days=7, seconds=1)
    with pytest.raises(NotFound):
        billing_contacts.confirm(token)


def test_the_database_holds_no_secret(world: World, db: Engine) -> None:
    token = token_of(ask(world))
    kept = str(rows(db, 'SELECT * FROM billing_contacts')) + str(rows(db, 'SELECT * FROM mails'))
    assert token not in kept
    assert tokens.hashed(token) in kept


def test_asking_again_makes_another_link_and_the_mail_before_is_not_sent(
    world: World, db: Engine, server: MailServer
) -> None:
    contact = ask(world)
    first = token_of(contact)
    billing_contacts.resend(world.owner, contact.id)
    with pytest.raises(TooMany):
        billing_contacts.resend(world.owner, contact.id)
    box = Box()
    assert delivered(server, box) == [BOOKS]
    [mail] = box.mails_to(BOOKS)
    assert first not in text_of(mail)
    with pytest.raises(NotFound):
        billing_contacts.confirm(first)
    [second] = billing_contacts.contacts(world.owner)
    billing_contacts.confirm(token_of(second))
    rate_limiter.reset()
    billing_contacts.resend(world.owner, contact.id)  # they have answered: nobody is asked again
    assert delivered(server) == []
    assert sorted(rows(db, 'SELECT state FROM mails')) == [('failed',), ('sent',)]


def test_nobody_is_asked_by_whoever_was_removed_meanwhile(world: World, db: Engine, server: MailServer) -> None:
    contact = ask(world)
    billing_contacts.remove(world.owner, contact.id)
    assert delivered(server) == []
    assert states(db)[BOOKS][0] == 'failed'
    with pytest.raises(NotFound):
        billing_contacts.confirm(token_of(contact))


def test_an_address_reads_a_few_questions_a_day_from_all_organizations_together(
    world: World, db: Engine, server: MailServer
) -> None:
    for _ in range(limits.CONTACT_MAILS.amount):
        ask(world)
        assert delivered(server) == [BOOKS]
        run(db, 'DELETE FROM billing_contacts')
    billing_contacts.add(world.stranger, {'email': BOOKS.upper(), 'gets': 'both'})
    assert delivered(server) == []
    assert value(db, "SELECT count(*) FROM mails WHERE state = 'waiting'") == 1
    rate_limiter.reset()
    due_again(db)
    assert delivered(server) == [BOOKS]


def test_an_organization_asks_only_so_many_people_an_hour(world: World, db: Engine) -> None:
    for _ in range(limits.CONTACTS.amount):
        ask(world)
        run(db, 'DELETE FROM billing_contacts')
    with pytest.raises(TooMany):
        ask(world)
    assert rows(db, 'SELECT * FROM billing_contacts') == []


def test_alerts_about_limits_go_to_contacts_who_asked_for_them(world: World, db: Engine) -> None:
    for email, gets in (('a@clerk.test', 'alerts'), ('b@clerk.test', 'both'), ('c@clerk.test', 'invoices')):
        billing_contacts.confirm(token_of(ask(world, email, gets)))
    ask(world, 'd@clerk.test', 'both')
    set_limit(world.organization_id, Metric.MESSAGES, 10)
    with database.transaction(System(world.organization_id)) as tx:
        usage.record(tx, Metric.MESSAGES, 8, 'a')
    told = rows(db, "SELECT recipient FROM mails WHERE kind = 'limit-near' ORDER BY recipient")
    assert told == [('a@clerk.test',), ('b@clerk.test',), (OLGA,)]


def test_an_owner_who_is_a_contact_too_gets_it_once(world: World, db: Engine) -> None:
    billing_contacts.confirm(token_of(ask(world, 'Adam@ACME.test')))
    assert recipients(world) == [OLGA, 'Adam@ACME.test']
    put(db, world.admin, world.organization_id, Role.OWNER)
    assert recipients(world) == ['adam@acme.test', OLGA]


def test_contacts_get_something_else_from_the_next_mail_on(world: World, db: Engine) -> None:
    contact = ask(world)
    billing_contacts.confirm(token_of(contact))
    billing_contacts.change(world.owner, contact.id, {'gets': 'alerts'})
    billing_contacts.change(world.owner, contact.id, {'gets': 'alerts'})
    assert recipients(world) == [OLGA]
    assert recipients(world, 'alerts') == [OLGA, BOOKS]
    assert value(db, "SELECT count(*) FROM audit_events WHERE action = 'billing:change_contact'") == 1


@pytest.mark.parametrize(
    ('values', 'field'),
    [
        ({'email': 'nobody', 'gets': 'both'}, 'email'),
        ({'email': '', 'gets': 'both'}, 'email'),
        ({'email': 'a@b.test\nBcc: c@d.test', 'gets': 'both'}, 'email'),
        ({'email': 'x' * 300 + '@b.test', 'gets': 'both'}, 'email'),
        ({'email': BOOKS, 'gets': 'everything'}, 'gets'),
        ({'email': BOOKS, 'gets': None}, 'gets'),
        ({'email': BOOKS, 'gets': ['both']}, 'gets'),
        ({}, 'email'),
        (None, 'email'),
    ],
    ids=range(9),
)
def test_what_can_not_be_used_is_said_at_its_field(world: World, db: Engine, values: object, field: str) -> None:
    with pytest.raises(Invalid) as wrong:
        billing_contacts.add(world.owner, values)  # type: ignore[arg-type]  # as a browser may send it
    assert field in wrong.value.fields
    assert rows(db, 'SELECT * FROM mails') == rows(db, 'SELECT * FROM billing_contacts') == []


def test_no_address_is_there_twice_and_no_more_than_there_is_room_for(world: World, db: Engine) -> None:
    ask(world)
    with pytest.raises(Invalid, match='already'):
        ask(world, BOOKS.upper())
    for number in range(billing_contacts.LIMIT - 1):
        ask(world, f'{number}@clerk.test')
    with pytest.raises(Invalid, match='20'):
        ask(world, 'one@more.test')


def test_where_no_mail_is_sent_nobody_can_be_asked(world: World, db: Engine) -> None:
    mail_server.configure(None)
    with pytest.raises(Invalid, match='No mail is sent'):
        ask(world)
    assert write(world) == 0
    assert rows(db, 'SELECT * FROM billing_contacts') == rows(db, 'SELECT * FROM mails') == []


def test_owners_change_admins_read_others_neither_and_strangers_find_nothing(world: World) -> None:
    contact = ask(world)
    assert [it.email for it in billing_contacts.contacts(world.admin)] == [BOOKS]
    with pytest.raises(Forbidden):
        billing_contacts.contacts(world.member)
    for act in (
        lambda by: billing_contacts.add(by, {'email': 'x@y.test', 'gets': 'both'}),
        lambda by: billing_contacts.remove(by, contact.id),
        lambda by: billing_contacts.change(by, contact.id, {'gets': 'both'}),
        lambda by: billing_contacts.resend(by, contact.id),
    ):
        for person in (world.admin, world.member):
            with pytest.raises(Forbidden):
                act(person)
    for remove in (billing_contacts.remove, billing_contacts.resend):
        with pytest.raises(NotFound):
            remove(world.stranger, contact.id)
    assert billing_contacts.contacts(world.stranger) == []
