"""Inviting on screen: what is found in a text, the links of those invited, and what comes back to be corrected."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from data.models import Role
from data.runtime import mail_server
from data.runtime.mail_server import MailServer
from data.services import invitations, members
from data.services.usage.limits import set_limit
from tests.support.visitors import ORIGIN, Visitor, until
from tests.support.world import World, pending

Visit = Callable[..., Awaitable[Visitor]]
FRESH, NIA = 'fresh@new.example', 'nia@new.example'


@pytest.fixture
def mail() -> Iterator[None]:
    """Mail is set up; nobody sends any."""
    before = mail_server.is_configured()
    assert not before
    mail_server.configure(MailServer.of('smtp://127.0.0.1:25', 'bots@example.com', ORIGIN))
    yield
    mail_server.configure(None)


async def dialog_of(visit: Visit, world: World) -> Visitor:
    """The dialog that invites, opened by Adam."""
    adam = await visit('adam@acme.test')
    await adam.open(f'/organizations/{world.organization_id}/members')
    await adam.sees('Who belongs to this organization')
    adam.press('New invitation')
    await adam.sees('Invite users')
    return adam


def verdicts(visitor: Visitor) -> list[dict[str, Any]]:
    return [row for row in visitor.rows if 'sentence' in row]


def copies(visitor: Visitor) -> dict[str, str]:
    """What buttons copy, by their words."""
    buttons = [it for it in visitor._elements() if 'data-copy' in it.props]
    return {getattr(it, 'text', ''): it.props['data-copy'] for it in buttons}


async def test_what_is_found_in_a_pasted_text_is_shown_with_names_and_what_is_left_out(
    visit: Visit, world: World
) -> None:
    adam = await dialog_of(visit, world)
    adam.form('invite').fill(
        addresses=f'First\tLast\tEmail\nAnn\tLee\t{FRESH}\n- {NIA}\nCleo Park cleo@new.example\nbob@'
    )
    await until(lambda: len(verdicts(adam)) == 5)
    assert [(it['address'], it['name'], it['sentence']) for it in verdicts(adam)[:4]] == [
        ('First\tLast\tEmail', '', 'There is no email address in this.'),
        (FRESH, 'Ann Lee', 'Will be invited.'),
        (NIA, '', 'Will be invited.'),
        ('cleo@new.example', 'Cleo Park', 'Will be invited.'),
    ]
    assert [(it['wrong'], it['left_out']) for it in verdicts(adam)] == [
        (False, True),
        *[(False, False)] * 3,
        (True, False),
    ]
    assert pending(world.owner) == [], 'looking invites nobody'


async def test_without_mail_each_has_its_link_and_all_are_copied_at_once(visit: Visit, world: World) -> None:
    adam = await dialog_of(visit, world)
    assert 'Create invitations' in adam.shown
    assert 'Send invitations' not in adam.shown
    adam.form('invite').fill(addresses=f'Ann <{FRESH}>; {NIA}, mia@acme.test, nothing').send()
    await until(lambda: 'Copy all links' in copies(adam))
    links = {it['address']: it['link'] for it in verdicts(adam)}
    by_address = {it.email: invitations.link(world.owner, it.id) for it in pending(world.owner)}
    good = {address: f'{ORIGIN}/invitations/{token}' for address, token in by_address.items()}
    assert set(good) == {FRESH, NIA}
    assert links == {**good, 'mia@acme.test': '', 'nothing': ''}
    assert copies(adam)['Copy all links'] == f'{FRESH}, {good[FRESH]}\n{NIA}, {good[NIA]}'
    await adam.sees('Done', 'copy each link')
    for address, link in good.items():
        token = link.rpartition('/')[2]
        assert invitations.look(token).email == address


@pytest.mark.parametrize('has_mail', [False, True])
async def test_who_is_invited_already_is_found_where_that_is_said(
    visit: Visit, world: World, has_mail: bool, request: pytest.FixtureRequest
) -> None:
    """Without mail there is nothing to send again; what can be done is in the menu of the list."""
    if has_mail:
        request.getfixturevalue('mail')
    invitations.invite(world.owner, NIA, Role.MEMBER)
    adam = await dialog_of(visit, world)
    adam.form('invite').fill(addresses=NIA)
    sentence = 'Already invited. You find the invitation in the list.'
    await until(lambda: [it['sentence'] for it in verdicts(adam)] == [sentence])


async def test_who_there_is_no_room_for_is_said_under_the_list_and_after(visit: Visit, world: World) -> None:
    set_limit(world.organization_id, 'members', 5)
    adam = await dialog_of(visit, world)
    adam.form('invite').fill(addresses=f'{FRESH}\n{NIA}')
    await until(lambda: len(verdicts(adam)) == 2)
    no_room = 'Not invited. This organization may have 5 members at once, and as many are here or invited.'
    assert [(it['sentence'], it['wrong']) for it in verdicts(adam)] == [('Will be invited.', False), (no_room, True)]
    adam.form('invite').send()
    await until(lambda: [it.email for it in pending(world.owner)] == [FRESH])
    await until(lambda: [it['sentence'] for it in verdicts(adam)] == ['Invited.', no_room])
    adam.press('Done')
    adam.press('New invitation')
    await adam.sees('Invite users')
    adam.form('invite').fill(addresses=NIA).send()
    await adam.sees('as many are here or invited. Nobody was invited. Whoever runs Botcadence can raise the limit.')
    assert adam.form('invite')['addresses'] == NIA, 'nothing typed is lost'


async def test_an_open_dialog_offers_what_its_person_may_offer_now(visit: Visit, world: World) -> None:
    adam = await dialog_of(visit, world)

    def offered() -> list[str]:
        return adam.form('invite').labels('role')

    assert offered() == ['Admin', 'Member', 'Viewer']
    members.change_role(world.owner, world.admin.user_id, Role.OWNER, expected=Role.ADMIN)
    await until(lambda: offered() == ['Owner', 'Admin', 'Member', 'Viewer'])
    adam.form('invite').fill(addresses=FRESH)
    members.change_role(world.owner, world.admin.user_id, Role.ADMIN, expected=Role.OWNER)
    await until(lambda: offered() == ['Admin', 'Member', 'Viewer'])
    members.change_role(world.owner, world.admin.user_id, Role.MEMBER, expected=Role.ADMIN)
    await until(lambda: not adam.form('invite').is_open())
    assert adam.form('invite')['addresses'] == FRESH
    await adam.sees('Only Owners and Admins can invite people. You are a Member.')


async def test_with_mail_no_link_is_on_the_screen(visit: Visit, world: World, mail: None) -> None:
    adam = await dialog_of(visit, world)
    assert 'Send invitations' in adam.shown
    adam.form('invite').fill(addresses=FRESH).send()
    await until(lambda: [it['sentence'] for it in verdicts(adam)] == ['Invited.'])
    assert '/invitations/' not in adam.shown
    assert copies(adam) == {}


async def test_what_was_refused_comes_back_to_be_corrected_and_nothing_else(visit: Visit, world: World) -> None:
    adam = await dialog_of(visit, world)
    given = f'{FRESH}\nAnn Lee ann@exam_ple.com\nmia@acme.test\nno address here\nbo@b@c.example\n{FRESH}'
    adam.form('invite').fill(addresses=given, role=Role.VIEWER.value).send()
    await adam.sees('correct them here', 'Done')
    form = adam.form('invite')
    still = [it.props['still'] for it in adam._elements() if it.props.get('data-form', '').startswith('invite')]
    assert still[-1] == 'Nothing has changed yet.', 'why it can not be sent: something is filled in'
    assert form['addresses'] == 'Ann Lee <ann@exam_ple.com>\nbo@b@c.example'
    assert form['role'] == 'viewer'
    sentences = {it['address']: it['sentence'] for it in verdicts(adam)}
    assert sentences['no address here'] == 'There is no email address in this.'
    form.fill(addresses='Ann Lee <ann@example.com>\nbo@c.example').send()
    await until(lambda: {it.email for it in pending(world.owner)} == {FRESH, 'ann@example.com', 'bo@c.example'})
    await until(lambda: [it['sentence'] for it in verdicts(adam)] == ['Invited.'] * 2)
    assert 'correct them here' not in adam.shown
    assert {it.role for it in pending(world.owner)} == {Role.VIEWER}


# joining -------------------------------------------------------------------------------------------------------------


async def test_who_accepts_is_told_what_they_have_joined(visit: Visit, world: World) -> None:
    invitations.invite(world.owner, 'nina@new.test', Role.ADMIN)
    [invitation] = pending(world.owner)
    nina = await visit('nina@new.test')
    answer = await nina.post(f'/invitations/{invitations.link(world.owner, invitation.id)}/accept')
    await nina.open(answer.headers['location'])
    await nina.is_told('You have joined Acme as Admin.')
    nina.notify.messages.clear()
    await nina.open(answer.headers['location'])
    assert not nina.notify.contains('You have joined'), 'once'


@pytest.mark.parametrize('email', [FRESH, 'nina@new.test'])
async def test_who_signs_up_with_it_is_told_too(visit: Visit, world: World, email: str) -> None:
    """A newcomer, and somebody who has an account already and sends the form all the same."""
    invitations.invite(world.owner, email, Role.MEMBER)
    [invitation] = pending(world.owner)
    token, home = invitations.link(world.owner, invitation.id), f'/organizations/{world.organization_id}'
    fresh = await visit()
    wrong = await fresh.sign_up(email, password='short', invitation=token, next=home)
    assert wrong.headers['location'].startswith('/invitations/')
    assert 'notice' not in fresh.session
    await fresh.open(f'/invitations/{token}')
    assert (await fresh.sign_up(email, invitation=token, next=home)).headers['location'] == home
    await fresh.open(home)
    await fresh.is_told('You have joined Acme as Member.')


async def test_who_signs_in_or_up_without_one_is_told_nothing(visit: Visit) -> None:
    sam, fresh = await visit('sam@other.test'), await visit()
    await fresh.sign_up(FRESH)
    assert [name for it in (sam, fresh) for name in it.session if name == 'notice'] == []
