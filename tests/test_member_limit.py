"""A limit of members: nobody is invited, and nobody comes, whom there is no room for; whoever is there stays."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Engine
from test_races import at_once

from data import clock, database
from data.database import System
from data.models import Role, User
from data.problems import Invalid, Problem
from data.runtime import rate_limiter
from data.runtime.mail_server import MailServer
from data.services import accounts, audit, invitations, members, organizations
from data.services.accounts import closing
from data.services.audit import words
from data.services.invitations import Closed, Verdict
from data.services.invitations.answering import admit, find
from data.services.invitations.states import InvitationOutlook
from data.services.usage import FULL, LimitReached, Metric, standings
from data.services.usage.limits import set_limit
from tests.support.mailing import delivered, mail_set_up
from tests.support.post_office import Box
from tests.support.probes import everything, refused, rows, run, value
from tests.support.seats import assert_in_step
from tests.support.world import PASSWORD, World, email_of, inside, join, offered, pending, put, sign_up, verify

HERE = 4
"""How many members Acme has."""

FRESH = [f'fresh{number}@new.test' for number in range(8)]
ROOM = 'This organization may have 5 members at once, and as many are here or invited.'


def limit(world: World, cap: int | None) -> None:
    set_limit(world.organization_id, Metric.MEMBERS, cap)


def head_count(db: Engine, world: World) -> int:
    return int(value(db, 'SELECT count(*) FROM memberships WHERE organization_id = :at', at=world.organization_id))


def verdicts(judged: list[invitations.Judged]) -> list[str]:
    return [it.verdict.value for it in judged]


# inviting ------------------------------------------------------------------------------------------------------------


def test_as_installed_any_number_is_invited(world: World) -> None:
    assert set(verdicts(invitations.invite(world.owner, ' '.join(FRESH), Role.MEMBER))) == {'sent'}


def test_of_many_the_last_ones_are_told_that_there_is_no_room(world: World, db: Engine) -> None:
    limit(world, HERE + 2)
    text = '\n'.join([FRESH[0], 'nobody@', FRESH[0], 'mia@acme.test', *FRESH[1:4]])
    checked = invitations.check(world.owner, text)
    assert verdicts(checked) == ['new', 'invalid', 'twice', 'member', 'new', 'full', 'full']
    assert checked[-1].sentence == f'Not invited. {ROOM.replace("5", "6")}'
    assert value(db, 'SELECT count(*) FROM invitations') == 0
    judged = invitations.invite(world.owner, text, Role.MEMBER)
    assert verdicts(judged) == ['sent', 'invalid', 'twice', 'member', 'sent', 'full', 'full']
    assert [it.email for it in reversed(pending(world.owner))] == FRESH[:2]
    assert all(not it.token for it in judged if it.verdict is Verdict.FULL)


def test_who_is_invited_takes_a_place(world: World, db: Engine) -> None:
    limit(world, HERE + 1)
    invitations.invite(world.owner, FRESH[0], Role.VIEWER)
    before = everything(db, record=False)
    problem = refused(LimitReached, invitations.invite, world.owner, FRESH[1], Role.MEMBER)
    assert str(problem) == f'{ROOM} Nobody was invited. Whoever runs Botcadence can raise the limit.'
    assert (problem.action, problem.rule) == ('member:invite', 'limit:members')
    assert everything(db, record=False) == before
    entry = audit.portion(world.owner).rows[0]
    assert (entry.outcome, words.refused_by(entry)) == ('refused', 'The limit of members was reached')
    assert words.happened(entry) == 'olga@acme.test tried to invite people'
    assert verdicts(invitations.invite(world.owner, FRESH[0], Role.MEMBER)) == ['invited'], 'they have theirs'
    invitations.revoke(world.owner, pending(world.owner)[0].id)
    assert verdicts(invitations.invite(world.owner, FRESH[1], Role.MEMBER)) == ['sent']


@pytest.mark.parametrize('end', ['declined', 'expired'])
def test_an_invitation_that_is_over_takes_no_place(world: World, db: Engine, end: str) -> None:
    limit(world, HERE + 1)
    token = offered(world.owner, FRESH[0])
    if end == 'declined':
        invitations.decline(token)
    else:
        run(db, 'UPDATE invitations SET expires_at = created_at')
    assert verdicts(invitations.invite(world.owner, FRESH[1], Role.MEMBER)) == ['sent']


def test_an_expired_one_that_is_sent_again_needs_a_place(world: World, db: Engine) -> None:
    limit(world, HERE + 1)
    offered(world.owner, FRESH[0])
    invitations.resend(world.owner, pending(world.owner)[0].id)
    run(db, 'UPDATE invitations SET expires_at = created_at')
    offered(world.owner, FRESH[1])
    rate_limiter.reset()
    old = next(it.id for it in pending(world.owner) if it.email == FRESH[0])
    assert refused(LimitReached, invitations.resend, world.owner, old).rule == 'limit:members'
    assert str(value(db, 'SELECT expires_at = created_at FROM invitations WHERE id = :id', id=old)) in ('1', 'True')
    limit(world, HERE + 2)
    invitations.resend(world.owner, old)


# accepting -----------------------------------------------------------------------------------------------------------


def test_who_comes_too_late_is_told_and_stays_invited(world: World, db: Engine) -> None:
    nina, noah = world.newcomers[:2]
    tokens = [offered(world.owner, email_of(person)) for person in (nina, noah)]
    limit(world, HERE + 1)
    invitations.accept(nina, tokens[0])
    before = everything(db)
    problem = refused(Closed, invitations.accept, noah, tokens[1])
    assert problem.state is InvitationOutlook.FULL
    assert everything(db) == before
    assert str(problem) == 'This organization has as many members as it may have. Your invitation stays as it is.'
    assert invitations.look(tokens[1]).state is InvitationOutlook.FULL
    assert [it.outlook for it in pending(world.owner)] == [InvitationOutlook.OPEN]
    members.remove(world.owner, nina.user_id)
    assert invitations.look(tokens[1]).state is InvitationOutlook.OPEN
    invitations.accept(noah, tokens[1])
    assert head_count(db, world) == HERE + 1
    assert_in_step(db)


def test_who_is_there_already_needs_no_place(world: World, db: Engine) -> None:
    token = offered(world.owner, email_of(world.newcomers[0]))
    put(db, world.newcomers[0], world.organization_id, Role.VIEWER)
    limit(world, 1)
    assert invitations.look(token).state is InvitationOutlook.OPEN
    invitations.accept(world.newcomers[0], token)
    assert head_count(db, world) == HERE + 1


def test_a_new_account_is_not_made_where_there_is_no_room(world: World, db: Engine) -> None:
    token = offered(world.owner, FRESH[0])
    limit(world, HERE)
    before = everything(db, record=False)
    come = partial(accounts.sign_up, FRESH[0], PASSWORD, PASSWORD, invitation=token)
    assert refused(Closed, come).state is InvitationOutlook.FULL
    after = everything(db, record=False)
    assert {name for name in after if after[name] != before[name]} <= {'account_events'}
    limit(world, HERE + 1)
    assert come()
    assert head_count(db, world) == HERE + 1


# what is never refused -----------------------------------------------------------------------------------------------


def test_over_the_limit_people_work_change_roles_and_go(world: World, db: Engine) -> None:
    limit(world, 1)
    members.change_role(world.owner, world.member.user_id, Role.OWNER, expected=Role.MEMBER)
    members.change_role(world.member, world.owner.user_id, Role.VIEWER, expected=Role.OWNER)
    organizations.rename(world.member, 'Still ours', version=2)
    members.remove(world.member, world.viewer.user_id)
    members.leave(world.admin)
    assert head_count(db, world) == HERE - 2
    assert_in_step(db)


def test_who_closes_their_account_makes_room(world: World, db: Engine, server: MailServer) -> None:
    limit(world, HERE)
    closing.close_account(world.member, email_of(world.member), closing.closing_outlook(world.member).edition)
    used = 'SELECT used FROM usage_counters WHERE organization_id = :at AND metric = :metric'
    assert value(db, used, at=world.organization_id, metric='members') == HERE - 1
    join(world.owner, world.newcomers[0], Role.MEMBER)
    assert refused(LimitReached, invitations.invite, world.owner, FRESH[0], Role.MEMBER)
    assert_in_step(db)


def test_a_limit_of_nobody_takes_nothing_from_who_founds_one(world: World, db: Engine) -> None:
    """A limit is of one organization, and whoever founds another is its Owner."""
    limit(world, 0)
    assert organizations.create(world.owner, 'Mine').id
    members.leave(world.member)
    assert organizations.latest_of(world.member)
    assert refused(LimitReached, invitations.invite, world.owner, FRESH[0], Role.MEMBER)


def test_a_limit_of_one_organization_is_none_of_another(world: World) -> None:
    limit(world, 1)
    assert verdicts(invitations.invite(world.stranger, FRESH[0], Role.MEMBER)) == ['sent']


# at the same moment --------------------------------------------------------------------------------------------------


def test_eight_who_accept_at_once_get_the_last_place_once(world: World, db: Engine, unthrottled: None) -> None:
    guests = [sign_up(email) for email in FRESH]
    tokens = [offered(world.owner, email) for email in FRESH]
    with at_once(8) as run_all:
        for more in (1, 3):
            limit(world, HERE + more)
            ends = run_all([partial(invitations.accept, *it) for it in zip(guests, tokens, strict=True)])
            assert head_count(db, world) == HERE + more
            assert all(end is None or isinstance(end, Closed) for end in ends), ends
    assert_in_step(db)


def test_eight_who_invite_at_once_invite_no_more_than_there_is_room_for(world: World, db: Engine) -> None:
    limit(world, HERE + 3)
    acts = [
        partial(invitations.invite, who, it, Role.VIEWER)
        for it, who in zip(FRESH, 4 * [world.owner, world.admin], strict=True)
    ]
    with at_once(8) as run_all:
        ends = run_all(acts)
    assert sorted(type(end).__name__ for end in ends) == ['LimitReached'] * 5 + ['NoneType'] * 3
    assert len(pending(world.owner)) == 3


def test_a_limit_that_falls_while_people_come_holds_from_then_on(world: World, db: Engine) -> None:
    nina = world.newcomers[0]
    token = offered(world.owner, email_of(nina))
    with at_once(2) as run_both:
        ends = run_both([partial(invitations.accept, nina, token), partial(limit, world, HERE)])
    assert ends[1] is None
    assert head_count(db, world) == HERE + (ends[0] is None)


def test_who_comes_while_others_are_removed_gets_a_place_that_is_free_and_no_removal_is_refused(
    world: World, db: Engine, unthrottled: None
) -> None:
    guests = [sign_up(email) for email in FRESH[:5]]
    tokens = [offered(world.owner, email) for email in FRESH[:5]]
    limit(world, HERE)
    acts = [partial(invitations.accept, *it) for it in zip(guests, tokens, strict=True)]
    acts += [partial(members.remove, world.owner, it.user_id) for it in (world.admin, world.member, world.viewer)]
    with at_once(8) as run_all:
        ends = run_all(acts)
    assert ends[5:] == [None] * 3
    assert all(end is None or isinstance(end, Closed) for end in ends[:5]), ends
    assert head_count(db, world) == HERE - 3 + ends[:5].count(None) <= HERE
    assert_in_step(db)


# being told ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_set_up() as server:
        yield server


def letters(db: Engine) -> list[tuple[str, str]]:
    return [
        tuple(it)
        for it in rows(db, "SELECT kind, recipient FROM mails WHERE kind LIKE 'limit%' ORDER BY created_at, recipient")
    ]  # type: ignore[misc]


def test_owners_are_told_once_that_it_is_near_and_that_it_is_reached(
    world: World, db: Engine, server: MailServer
) -> None:
    other = join(world.owner, world.newcomers[0], Role.OWNER)
    limit(world, 7)
    assert letters(db) == []
    join(world.owner, world.newcomers[1], Role.MEMBER)
    near = [('limit-near', email) for email in ('nina@new.test', 'olga@acme.test')]
    assert letters(db) == near
    members.remove(world.owner, world.newcomers[1].user_id)
    join(world.owner, world.newcomers[1], Role.MEMBER)
    assert letters(db) == near, 'they know'
    join(world.owner, world.newcomers[2], Role.MEMBER)
    reached = [('limit-reached', email) for email in ('nina@new.test', 'olga@acme.test')]
    assert letters(db) == near + reached
    assert other.organization_id == world.organization_id
    box = Box()
    delivered(server, box)
    [near_text, text] = [
        it.get_body(('plain',)).get_content() for it in box.mails_to('olga@acme.test') if 'limit' in it['Subject']
    ]
    assert 'Acme may have 7 members at once. Used now: 6.' in ' '.join(near_text.split())
    plain = ' '.join(text.split())
    assert 'Acme may have 7 members at once. Used now: 7. Nobody else can be invited or join.' in plain
    assert f'/organizations/{world.organization_id}/billing' in plain
    assert not any(word in plain.lower() for word in ('plan', 'price', 'upgrade'))


def test_a_limit_below_what_is_there_is_told_at_once_and_a_higher_one_begins_anew(
    world: World, db: Engine, server: MailServer
) -> None:
    limit(world, 2)
    assert letters(db) == [('limit-reached', 'olga@acme.test')]
    limit(world, 100)
    limit(world, 5)
    assert letters(db)[1:] == [('limit-near', 'olga@acme.test')]
    limit(world, 5)
    assert len(letters(db)) == 2, 'nothing has changed'
    limit(world, None)
    limit(world, 4)
    assert letters(db)[2:] == [('limit-reached', 'olga@acme.test')]


def test_nobody_is_told_of_what_did_not_happen(world: World, db: Engine, server: MailServer) -> None:
    limit(world, 5)
    run(db, 'DELETE FROM mails')
    before = rows(db, 'SELECT used, told FROM usage_counters')
    token = offered(world.owner, email_of(world.newcomers[0]))
    run(db, 'DELETE FROM mails')
    with pytest.raises(RuntimeError), database.transaction(inside(world.newcomers[0], world.organization_id)) as tx:
        with tx.within(database.Scope()):
            user = tx.find(User, world.newcomers[0].user_id)
        admit(tx, inside(world.newcomers[0], world.organization_id), user, find(token)[1], token)
        tx.flush()
        raise RuntimeError
    assert letters(db) == []
    assert rows(db, 'SELECT used, told FROM usage_counters') == before


def test_without_a_mail_server_all_goes_on(world: World, db: Engine) -> None:
    limit(world, 5)
    join(world.owner, world.newcomers[0], Role.MEMBER)
    assert letters(db) == []
    with database.reading(System(world.organization_id)) as tx:
        [standing] = [it for it in standings(tx) if it.step == FULL]
        assert (standing.metric, standing.used, standing.cap, standing.told) == (Metric.MEMBERS, 5, 5, 100)


# setting limits ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize('cap', [-1, True, 1.5, '5', float('nan'), 2**63, [], 10**15 + 1])
@pytest.mark.parametrize('metric', list(Metric))
def test_a_limit_is_a_whole_number(world: World, db: Engine, metric: Metric, cap: object) -> None:
    before = everything(db)
    assert set(refused(Invalid, set_limit, world.organization_id, metric, cap).fields) == {'cap'}
    assert everything(db) == before


@pytest.mark.parametrize('metric', ['', 'seats', 'Members', None, 5, 'members\x00', 'plan'])
def test_a_limit_is_of_a_metric(world: World, metric: object) -> None:
    assert set(refused(Invalid, set_limit, world.organization_id, metric, 5).fields) == {'metric'}


@pytest.mark.parametrize('where', ['', 'nowhere', 'a' * 16, "' OR 1=1 --"])
def test_a_limit_is_of_an_organization(world: World, where: str) -> None:
    assert isinstance(refused(Problem, set_limit, where, 'members', 5), Problem)


def test_a_limit_is_on_the_record_with_what_it_was(world: World, db: Engine) -> None:
    set_limit(world.organization_id, 'messages', 10_000)
    set_limit(world.organization_id, 'messages', 10_000)
    set_limit(world.organization_id, 'messages', 0)
    set_limit(world.organization_id, 'messages', None)
    set_limit(world.organization_id, 'storage', 12_345_678)
    entries = [it for it in audit.portion(world.owner).rows if it.action == 'usage:limit']
    assert [(words.happened(it), words.remark(it)) for it in entries] == [
        ('The administrator limited storage', 'To 12,345,678 bytes, it was no limit'),
        ('The administrator limited messages', 'To no limit, it was 0'),
        ('The administrator limited messages', 'To 0, it was 10,000'),
        ('The administrator limited messages', 'To 10,000, it was no limit'),
    ]
    with database.reading(System(world.organization_id)) as tx:
        assert [it.metric for it in standings(tx) if it.cap is not None] == [Metric.STORAGE]


def test_limits_are_right_whatever_the_clock_says(world: World, db: Engine) -> None:
    limit(world, HERE + 1)
    for days_ in (-365, -1, 1, 40):
        clock.source = lambda by=days_: clock._system() + timedelta(days=by)
        with database.reading(System(world.organization_id)) as tx:
            [members_] = [it for it in standings(tx) if it.metric is Metric.MEMBERS]
        assert (members_.used, members_.cap) == (HERE, HERE + 1)
    clock.source = clock._system
    verify()
    join(world.owner, world.newcomers[0], Role.MEMBER)
    assert head_count(db, world) == HERE + 1
