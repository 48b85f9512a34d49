"""Names of people in mails and on the command line: beside the address, and never a link, a header or markup."""

import re
from html import escape

import pytest
from sqlalchemy import Engine

from data.models import Role
from data.operations import directory
from data.runtime.mail_server import MailServer
from data.services import invitations, members
from data.services.mail import letters
from tests.support.mailing import HOME, NINA, delivered, mail_set_up
from tests.support.post_office import Box
from tests.support.probes import run
from tests.support.world import World, introduce

EVIL = [
    'evil.example',
    'https://evil.example/login',
    'www.evil.example',
    '<b>x</b>',
    '{0.__class__} %s {email}',
    'Dr. No',
]


@pytest.fixture
def server() -> MailServer:
    with mail_set_up() as server:
        yield server


def plain(box: Box, to: str) -> str:
    """What the newest mail to somebody says."""
    return ' '.join(box.mails_to(to)[-1].get_body(('plain',)).get_content().split())


def test_whoever_invites_is_named_with_the_address_and_gets_the_answer(world: World, server: MailServer) -> None:
    introduce(world.owner, 'Olga Berg')
    invitations.invite(world.owner, NINA, Role.MEMBER)
    box = Box()
    delivered(server, box)
    [message] = box.mails_to(NINA)
    assert 'Olga Berg (olga@acme.test) invites you to Acme on Botcadence, as Member.' in plain(box, NINA)
    html = message.get_body(('html',)).get_content()
    assert '<bdi>Olga Berg (olga@acme.test)</bdi> invites you to <bdi>Acme</bdi>' in html
    assert message['Reply-To'] == 'olga@acme.test'


def test_two_of_one_name_are_told_apart_in_what_is_told_about_them(world: World, server: MailServer) -> None:
    introduce(world.owner, 'Mia Novak')
    introduce(world.member, 'Mia Novak')
    members.change_role(world.owner, world.member.user_id, Role.VIEWER, expected=Role.MEMBER)
    members.remove(world.owner, world.member.user_id)
    box = Box()
    delivered(server, box)
    assert 'Mia Novak (olga@acme.test) removed you from Acme.' in plain(box, 'mia@acme.test')
    assert 'You removed Mia Novak (mia@acme.test) from Acme.' in plain(box, 'olga@acme.test')
    [told] = box.mails_to('olga@acme.test')
    assert told['Subject'] == 'Mia Novak (mia@acme.test) is no longer a member of Acme'


def test_without_a_name_a_mail_says_what_it_always_said(world: World, server: MailServer) -> None:
    members.remove(world.owner, world.viewer.user_id)
    box = Box()
    delivered(server, box)
    assert plain(box, 'vera@acme.test').startswith('olga@acme.test removed you from Acme. Your account')


@pytest.mark.parametrize('name', EVIL)
def test_nobodys_own_name_is_a_link_or_markup(name: str) -> None:
    facts = {'organization': 'Acme', 'by': 'olga@acme.test', 'by_name': name, 'email': NINA, 'email_name': name}
    letter = letters.compose('removal', facts, home=HOME)
    for text in (letter.text, letter.html):
        assert 'evil.example' not in text and 'https://evil' not in text
        assert {'olga@acme.test', NINA} <= set(re.split(r'[\s<>()]', text)), 'addresses stay as they are'
    assert '<b>' not in letter.html and escape(letters.unlinked(name)) in letter.html
    assert f'{letters.unlinked(name)} (olga@acme.test) removed {letters.unlinked(name)} ({NINA})' in letter.text
    assert letter.subject == f'{name} ({NINA}) is no longer a member of Acme'


@pytest.mark.parametrize('name', ['=?utf-8?q?=0D=0ABcc:_x?=', 'A =?utf-8?q?=0ABcc:_x?= B', 'Bcc: x', 'נורה', 'é' * 80])
def test_nobodys_own_name_is_a_header(world: World, db: Engine, server: MailServer, name: str) -> None:
    introduce(world.viewer, name)
    members.remove(world.owner, world.viewer.user_id)
    box = Box()
    delivered(server, box)
    [message] = box.mails_to('olga@acme.test')
    assert message['Bcc'] is None and not message.defects
    assert (
        str(message['Subject']).replace('= ?', '=?').strip() == f'{name} (vera@acme.test) is no longer a member of Acme'
    )


def test_a_name_that_got_past_every_check_still_makes_no_second_header(
    world: World, db: Engine, server: MailServer
) -> None:
    run(db, "UPDATE users SET name = :name WHERE email = 'vera@acme.test'", name='Vera\r\nBcc: x@y.test')
    members.remove(world.owner, world.viewer.user_id)
    box = Box()
    delivered(server, box)
    assert all(message['Bcc'] is None for _, message in box.taken)


def test_the_operator_sees_what_owners_are_called_and_finds_them_by_it(world: World) -> None:
    introduce(world.owner, 'Ólga Berg')
    [row] = directory.portion('olga berg').rows
    assert (row.owners, row.owner_names) == (['olga@acme.test'], ['Ólga Berg'])
    assert [it.name for it in directory.portion('berg').rows] == ['Acme']
    assert directory.portion('olga@').rows == [row]
