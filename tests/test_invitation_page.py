"""The page of an invitation, and inviting on the team's screen: every case has its words and its next step."""

import re
from collections.abc import Awaitable, Callable
from html import unescape

import pytest
from sqlalchemy import Engine

from data.models import Role, Status
from data.problems import Forbidden
from data.services import invitations, organizations
from data.services.invitations.states import OUTLOOK_SENTENCES, InvitationOutlook
from data.services.usage import Metric
from data.services.usage.limits import set_limit
from tests.support.probes import everything, rows, run, value
from tests.support.second_factors import with_app
from tests.support.visitors import ORIGIN, Visitor, until
from tests.support.world import PASSWORD, World, email_of, pending, sign_up

Visit = Callable[..., Awaitable[Visitor]]

FRESH = 'fresh@new.example'
NINA = 'nina@new.test'
VIEWERS = {'signed out': '', 'right': NINA, 'other': 'noah@new.test', 'member': 'mia@acme.test'}


def invited(world: World, email: str = NINA, role: Role = Role.MEMBER) -> str:
    """The path of a fresh invitation by Adam."""
    invitations.invite(world.admin, email, role)
    [invitation] = pending(world.owner)
    return f'/invitations/{invitations.link(world.owner, invitation.id)}'


def bring_to(state: InvitationOutlook, world: World, db: Engine, token: str) -> None:
    """Let the invitation stand like this."""
    at = {'at': world.organization_id, 'user': world.admin.user_id}
    match state:
        case InvitationOutlook.EXPIRED:
            run(db, 'UPDATE invitations SET expires_at = created_at')
        case InvitationOutlook.REVOKED:
            invitations.revoke(world.owner, pending(world.owner)[0].id)
        case InvitationOutlook.ACCEPTED:
            invitations.accept(world.newcomers[0], token)
        case InvitationOutlook.DECLINED:
            invitations.decline(token)
        case InvitationOutlook.GONE:
            organizations.change_status(world.organization_id, Status.DELETING, 'For a test')
            organizations.change_status(world.organization_id, Status.DELETED, 'For a test')
        case InvitationOutlook.CLOSED:
            organizations.change_status(world.organization_id, Status.SUSPENDED, 'For a test')
        case InvitationOutlook.INVITER_LOST:
            run(db, "UPDATE memberships SET role = 'viewer' WHERE organization_id = :at AND user_id = :user", **at)
        case InvitationOutlook.FULL:
            set_limit(world.organization_id, Metric.MEMBERS, 4)


def members_of(db: Engine, world: World) -> list[tuple[object, ...]]:
    return rows(db, 'SELECT user_id, role FROM memberships WHERE organization_id = :at', at=world.organization_id)


@pytest.mark.parametrize('viewer', VIEWERS)
@pytest.mark.parametrize('state', list(InvitationOutlook))
async def test_every_state_has_its_words_for_every_viewer(
    visit: Visit, world: World, db: Engine, state: InvitationOutlook, viewer: str
) -> None:
    """State × viewer × (look, accept, decline)."""
    path = invited(world)
    visitor = await visit(VIEWERS[viewer])
    bring_to(state, world, db, path.rpartition('/')[2])
    before, people = everything(db), members_of(db, world)
    for _ in range(2):
        answer = await visitor.get(path)
        assert answer.status_code == 200
        assert (await visitor.http_client.head(path)).status_code == 200
    page = unescape(answer.text)
    assert everything(db) == before, 'looking changed something'

    if state is InvitationOutlook.OPEN:
        offered = ('adam@acme.test', ' invites you to ', 'Acme', ' as Member.')  # names are elements of their own
        assert all(f'"text":"{piece}"' in page for piece in offered)
        assert ('Accept invitation' in page) is (viewer == 'right')
        assert ('Sign in to accept' in page) is (viewer == 'signed out')
        assert ('Sign out and switch' in page) is (viewer in ('other', 'member'))
        assert (f'You are signed in as {VIEWERS[viewer]}.' in page) is (viewer in ('other', 'member'))
        if viewer != 'signed out':  # there, it is in the field of the form that comes next, too
            assert page.count(NINA) == 1, 'whose it is, is said once'
        assert '<title>Join Acme · Botcadence</title>' in page
    else:
        title, _, then = OUTLOOK_SENTENCES[state].partition('. ')
        if state is InvitationOutlook.CLOSED:
            title, then = 'Acme is suspended', 'It can’t take anybody in at the moment.'
        if state is InvitationOutlook.FULL:
            title, then = 'Acme is full', 'It has as many members as it may have at the moment.'
        if state in {InvitationOutlook.CLOSED, InvitationOutlook.FULL}:
            assert re.search(r'The invitation stays good until .+\. Ask adam@acme\.test about it\.', page)
        title = title.removesuffix('.')
        assert f'<title>{title} · Botcadence</title>' in page
        assert f'"text":"{title}"' in page, 'the heading'
        assert page.count(title) == 2, 'it is not said again'
        assert not then or f'"text":"{then}"' in page
        assert 'Accept invitation' not in page
        assert ('Open Acme' in page) is (state is InvitationOutlook.ACCEPTED and viewer == 'right')

    answer = await visitor.post(f'{path}/accept')
    joins = state is InvitationOutlook.OPEN and viewer == 'right'
    to = '/organizations/' if joins else '/sign-in?next=' if viewer == 'signed out' else path
    assert answer.status_code == 303
    assert answer.headers['location'].startswith(to)
    assert (members_of(db, world) != people) is joins

    assert (await visitor.post(f'{path}/decline')).headers['location'] == path
    now = value(db, 'SELECT state FROM invitations')
    expected = {
        InvitationOutlook.OPEN: 'accepted' if joins else 'declined',
        InvitationOutlook.REVOKED: 'revoked',
        InvitationOutlook.ACCEPTED: 'accepted',
    }
    can_be_declined = {InvitationOutlook.DECLINED, InvitationOutlook.FULL}
    assert now == expected.get(state, 'declined' if state in can_be_declined else 'pending')


async def test_a_newcomer_signs_up_from_the_invitation_and_lands_in_it(visit: Visit, world: World, db: Engine) -> None:
    path = invited(world, FRESH, Role.ADMIN)
    fresh = await visit()
    await fresh.open(path)
    assert fresh.field('email').props['value'] == FRESH
    assert fresh.field('email').props['readonly'] is True
    hidden = {name: str(fresh.field(name).props['value']) for name in ('invitation', 'next')}

    wrong = await fresh.sign_up(FRESH, password='short', **hidden)
    assert wrong.headers['location'].startswith(path)
    await fresh.open(path)
    assert 'at least 8' in fresh.error_at('password').lower()

    answer = await fresh.sign_up(FRESH, **hidden)
    assert (answer.status_code, answer.headers['location']) == (303, f'/organizations/{world.organization_id}')
    await fresh.open(answer.headers['location'])
    await fresh.sees('Admin')
    assert fresh.title == 'Overview · Acme · Botcadence'
    roles = rows(db, 'SELECT role FROM memberships JOIN users ON users.id = user_id WHERE email = :e', e=FRESH)
    assert sorted(role for [role] in roles) == ['admin', 'owner']


async def test_what_went_wrong_at_a_dead_link_is_not_said_elsewhere(visit: Visit) -> None:
    nobody, path = await visit(), f'/invitations/{"a" * 43}'
    wrong = await nobody.sign_up(FRESH, password='short', invitation='a' * 43)
    assert wrong.headers['location'] == path
    assert (await nobody.get(path)).status_code == 404
    sign_up = await nobody.get('/sign-up')
    assert sign_up.status_code == 200
    assert FRESH not in sign_up.text


async def test_signing_up_twice_with_it_and_a_second_factor_comes_back_to_it(visit: Visit, world: World) -> None:
    path = invited(world, FRESH)
    _, codes = with_app(sign_up(FRESH))
    fresh, here = await visit(), f'/organizations/{world.organization_id}'
    answer = await fresh.sign_up(FRESH, invitation=path.rpartition('/')[2], next=here)
    assert answer.headers['location'] == '/second-step'
    assert (await fresh.post('/auth/second-step', code=codes[0])).headers['location'] == path


async def test_signing_up_as_somebody_else_makes_no_account(visit: Visit, world: World, db: Engine) -> None:
    path = invited(world, FRESH)
    users = value(db, 'SELECT count(*) FROM users')
    answer = await (await visit()).sign_up('mallory@evil.test', invitation=path.rpartition('/')[2])
    assert answer.headers['location'] == path
    assert value(db, 'SELECT count(*) FROM users') == users


@pytest.mark.parametrize('token', ['x', 'a' * 43, 'A' * 44, '%00', '..%2f..', "'%20OR%201=1", 'é' * 43])
async def test_what_is_no_link_is_one_neutral_page(visit: Visit, world: World, db: Engine, token: str) -> None:
    invited(world)
    before = everything(db)
    nobody = await visit()
    for answer in (await nobody.get(f'/invitations/{token}'), await nobody.post(f'/invitations/{token}/decline')):
        assert answer.status_code == 404
        assert 'Acme' not in answer.text
    assert everything(db) == before


@pytest.mark.parametrize('headers', [{}, {'Origin': 'https://evil.test'}, {'Origin': 'null'}])
async def test_other_sites_can_not_answer(visit: Visit, world: World, db: Engine, headers: dict[str, str]) -> None:
    path = invited(world)
    nina = await visit(NINA)
    before = everything(db)
    for act in ('accept', 'decline'):
        assert (await nina.post(f'{path}/{act}', headers)).status_code == 403
    assert everything(db) == before


async def test_switching_comes_back_to_the_invitation(visit: Visit, world: World) -> None:
    path = invited(world)
    noah = await visit('noah@new.test')
    assert (await noah.post('/auth/sign-out', next=path)).headers['location'] == path
    assert 'Sign in to accept' in (await noah.get(path)).text
    assert f'"value":"{NINA}"' in (await noah.get('/sign-in')).text, 'who is invited need not type it'
    answer = await noah.sign_in(NINA, PASSWORD, next=path)
    assert answer.headers['location'] == path


async def test_the_team_screen_invites_and_follows(visit: Visit, world: World, db: Engine) -> None:
    adam = await visit('adam@acme.test')
    await adam.open(f'/organizations/{world.organization_id}/members')
    await adam.sees('No open invitations.', 'Email is not set up here')
    adam.press('New invitation')
    await adam.sees('Invite users')
    form = adam.form('invite')
    form.fill(addresses=f'{FRESH}, Mia <mia@acme.test>; nobody, {FRESH}')
    await until(lambda: len([it for it in adam.rows if 'sentence' in it]) == 4)
    sentences = [it['sentence'] for it in adam.rows if 'sentence' in it]
    assert sentences[0] == 'Will be invited.'
    assert sentences[1] == 'Already a member.'
    assert sentences[3] == 'More than once in your list; it counts once.'
    form.send()
    await until(lambda: any(it.get('sentence') == 'Invited.' for it in adam.rows))
    await until(lambda: any(it.get('email') == FRESH and 'until' in it for it in adam.rows))
    [[role]] = rows(db, 'SELECT role FROM invitations')
    assert role == 'member'
    [invitation] = pending(world.owner)
    invitations.decline(invitations.link(world.owner, invitation.id))
    await adam.sees('No open invitations.')


@pytest.mark.parametrize('status', [it for it in Status if it is not Status.DELETED])
@pytest.mark.parametrize('role', list(Role))
async def test_who_is_invited_is_seen_in_every_status_and_changed_where_the_server_allows(
    visit: Visit, world: World, role: Role, status: Status
) -> None:
    invitations.invite(world.owner, FRESH, Role.OWNER)
    path = {Status.RESTRICTED: [Status.PAST_DUE]}.get(status, [])
    for each in [*path, *([status] if status is not Status.ACTIVE else [])]:
        organizations.change_status(world.organization_id, each, 'For a test')
    actor = world.of(role)
    visitor = await visit(email_of(actor))
    await visitor.open(f'/organizations/{world.organization_id}/members')
    shown = 'New invitation' in visitor.shown
    lines = [it for it in visitor.rows if 'until' in it]
    try:
        invitations.invite(actor, 'another@new.example', Role.MEMBER)
    except Forbidden:
        allowed = False
    else:
        allowed = True
    assert shown is allowed
    sees = role in (Role.OWNER, Role.ADMIN)
    assert [it['email'] for it in lines] == [FRESH] * sees
    assert [it['open'] for it in lines] == [role is Role.OWNER and allowed] * sees
    assert ('can invite people now.' in visitor.shown) is (sees and not allowed), 'why nothing can be done'


async def test_links_name_the_public_address(visit: Visit, world: World) -> None:
    await visit('adam@acme.test')
    from pages.shell import access

    assert access.link_to('/invitations/x') == f'{ORIGIN}/invitations/x'
