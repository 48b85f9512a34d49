"""An organization that requires a second factor: nobody sees or does anything there in a session that proved none."""

import pytest
from sqlalchemy import Engine

from data.database import Actor
from data.models import Role, Status
from data.permissions import Permission
from data.problems import Forbidden, Invalid, NeedsSecondFactor, NotFound, Reauthenticate
from data.runtime import rate_limiter
from data.services import accounts, members, organizations, second_factors
from tests.acts import ACTS, OF_MEMBERS, QUIET
from tests.support.probes import everything, refused, rows, run, value
from tests.support.stage import Stage
from tests.support.world import PASSWORD, World, at_home, inside, organization

PROVED = 'UPDATE sessions SET proved_at = created_at WHERE user_id = :user'
REFUSALS = "SELECT count(*) FROM audit_events WHERE outcome = 'refused'"


def keep_out(db: Engine, *, but: Actor | None = None) -> None:
    """Require it, and let nobody have proved one, or only somebody."""
    run(db, 'UPDATE organizations SET second_factor_since = created_at')
    run(db, 'UPDATE sessions SET proved_at = NULL')
    if but:
        run(db, PROVED, user=but.user_id)


@pytest.mark.parametrize('role', list(Role))
def test_nobody_does_or_sees_anything_before(role: Role, world: World, db: Engine) -> None:
    stage = Stage(db, world, role)
    for name, act in OF_MEMBERS.items():
        stage.reset()
        ready = act.prepare(stage)
        rate_limiter.reset()
        keep_out(db)
        before, recorded = everything(db, record=False), value(db, REFUSALS)
        problem = refused(NeedsSecondFactor, act.perform, stage, stage.actor, ready)
        assert str(problem) == 'This organization requires a second factor. Set one up to go on.', name
        assert everything(db, record=False) == before, name
        is_act = name in ACTS | QUIET and act.service.__name__ != 'export'  # which reads first
        assert value(db, REFUSALS) == recorded + is_act, name


def test_what_is_refused_for_want_of_it_is_on_the_record(world: World, db: Engine) -> None:
    keep_out(db, but=world.owner)
    refused(NeedsSecondFactor, organizations.rename, world.admin, 'New', version=2)
    newest = 'SELECT actor_email, action, outcome, rule FROM audit_events ORDER BY id DESC LIMIT 1'
    assert rows(db, newest) == [('adam@acme.test', 'organization:rename', 'refused', 'second_factor')]


def test_a_session_that_proves_one_is_let_in_and_the_others_of_the_person_are_not(world: World, db: Engine) -> None:
    other = inside(at_home(accounts.sign_in('mia@acme.test', PASSWORD)), world.organization_id)
    keep_out(db)
    run(db, 'UPDATE users SET second_factor_at = created_at WHERE id = :user', user=world.member.user_id)
    run(db, 'UPDATE sessions SET proved_at = created_at WHERE id = :id', id=world.member.session_id)
    assert organizations.membership(world.member).role is Role.MEMBER
    problem = refused(NeedsSecondFactor, organizations.membership, other)
    assert str(problem) == 'This organization requires a second factor. Prove yours to go on.'


def test_who_is_kept_out_is_told_its_name_and_nothing_else(world: World, db: Engine) -> None:
    run(db, "UPDATE organizations SET status = 'restricted', status_reason = 'unpaid'")
    keep_out(db)
    mia = organizations.whereabouts(world.member)
    assert (mia.organization.name, mia.role, mia.owners) == ('Acme', Role.MEMBER, ())
    assert not any(mia.may(permission) for permission in Permission)
    cards = {card.name: card for card in organizations.portion(world.member).rows}
    assert (cards['Acme'].kept_out, cards['Acme'].members) == (True, 0)
    refused(NotFound, organizations.whereabouts, world.intruder)


def test_only_owners_who_have_proved_one_require_it(world: World, db: Engine) -> None:
    assert 'Set up a second factor' in str(refused(Invalid, second_factors.require, world.owner))
    run(db, PROVED, user=world.owner.user_id)
    for role in (Role.ADMIN, Role.MEMBER, Role.VIEWER):
        refused(Forbidden, second_factors.require, world.of(role))
    assert second_factors.requirement(world.owner) == second_factors.Requirement(None, 4, 4)
    second_factors.require(world.owner)
    second_factors.require(world.owner)
    assert second_factors.requirement(world.owner).since is not None
    refused(NeedsSecondFactor, members.portion, world.member)
    second_factors.waive(world.owner)
    second_factors.waive(world.owner)
    assert members.portion(world.member).total == 4
    done = "SELECT action FROM audit_events WHERE action LIKE '%_factor' AND outcome = 'done' ORDER BY id"
    assert [action for (action,) in rows(db, done)] == ['organization:require_factor', 'organization:waive_factor']


def test_it_takes_a_person_who_has_just_shown_who_they_are(world: World, db: Engine) -> None:
    run(db, PROVED, user=world.owner.user_id)
    run(db, "UPDATE sessions SET authenticated_at = '2020-01-01 00:00:00.000000'")
    before = everything(db)
    refused(Reauthenticate, second_factors.require, world.owner)
    refused(Reauthenticate, second_factors.waive, world.owner)
    assert everything(db) == before


def test_it_stays_in_every_status_in_which_owners_may_change_settings(world: World, db: Engine) -> None:
    stage = Stage(db, world)
    for status in (Status.RESTRICTED, Status.DELETING):
        stage.reset()
        stage.prove()
        stage.set(status)
        second_factors.require(stage.actor)
        assert organization(stage.actor).second_factor_since is not None
