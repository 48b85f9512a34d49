"""Members, roles and invitations, in any order and at the same moment: what must be true of them always is.

A step is either one act, or several by several people that begin at once. Whatever each of them is told, afterwards
every organization in use has an Owner, everybody has an organization, and nothing is there twice.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule
from test_races import Act, at_once

from data import database
from data.database import Actor
from data.models import Role, Status, new_id
from data.problems import Problem
from data.runtime import rate_limiter
from data.services import invitations, members, organizations
from data.services.invitations import links
from tests.support.databases import Databases, Files
from tests.support.machine import Machine, drive
from tests.support.probes import rows, run
from tests.support.seats import assert_in_step
from tests.support.world import inside, sign_up

NAMES = ('olga', 'sam', 'ada', 'bo', 'cy')
"""Olga and Sam own an organization each; all begin with one of their own."""

EXAMPLES = 30
AT_ONCE = 4
GUESTS = (*(f'{name}@people.test' for name in NAMES), 'guest@people.test')

WHO = ('an owner', 'a member', 'the invited', *NAMES)
KINDS = ('invite', 'resend', 'revoke', 'offer', 'accept', 'decline', 'change_role', 'remove', 'leave')


@dataclass(frozen=True)
class Step:
    """Who does what where; `number` chooses the person or the invitation that it is done to."""

    who: str
    place: int
    kind: str
    number: int
    role: Role
    expected: Role | None
    """None: as it is."""


roles = st.sampled_from(list(Role))
places = st.integers(0, 1)
steps = st.builds(
    Step,
    who=st.sampled_from(WHO) | st.sampled_from(WHO[:3]),
    place=places,
    kind=st.sampled_from(KINDS),
    number=st.integers(0, 9),
    role=roles,
    expected=st.none() | roles,
)


class People(Machine):
    """Everybody tries everything."""

    actors: dict[str, Actor]
    places: list[str]
    crowd: Callable[[list[Act]], list[Exception | None]]
    done: Counter[str]

    def somebody(self, step: Step, invited: str) -> Actor:
        """Whoever does this, standing where it is done."""
        belong = 'SELECT user_id FROM memberships WHERE organization_id = :at ORDER BY user_id'
        owners = belong.replace('ORDER', "AND role = 'owner' ORDER")
        people = {actor.user_id: actor for actor in self.actors.values()}
        match step.who:
            case 'an owner' | 'a member':
                found = rows(self.db, owners if step.who == 'an owner' else belong, at=self.places[step.place])
                actor = people[found[step.number % len(found)][0]]
            case 'the invited':
                actor = self.actors.get(invited.partition('@')[0], self.actors['olga'])
            case _:
                actor = self.actors[step.who]
        return inside(actor, self.places[step.place])

    def act(self, step: Step) -> Act:
        """What somebody does, with the ids and roles of now: of two at once, one may be too late."""
        at, number, role = self.places[step.place], step.number, step.role
        asked = rows(
            self.db,
            'SELECT id, nonce, email, role FROM invitations WHERE organization_id = :at '
            "ORDER BY state = 'pending' DESC, id",
            at=at,
        )
        invitation_id, nonce, email, offered = (
            asked[number % 3 % len(asked)] if asked else (new_id(), new_id(), '', role)
        )
        token = links.token_for(invitation_id, nonce)
        team = 'SELECT user_id, role FROM memberships WHERE organization_id = :at ORDER BY role, user_id'
        belong = rows(self.db, team, at=at)
        user_id, now = belong[number % len(belong)]
        actor = self.somebody(step, email)
        acts: dict[str, Act] = {
            'invite': partial(invitations.invite, actor, GUESTS[number % len(GUESTS)], role),
            'resend': partial(invitations.resend, actor, invitation_id),
            'revoke': partial(invitations.revoke, actor, invitation_id),
            'offer': partial(
                invitations.change_role, actor, invitation_id, role, expected=step.expected or Role(offered)
            ),
            'accept': partial(invitations.accept, actor, token),
            'decline': partial(invitations.decline, token),
            'change_role': partial(members.change_role, actor, user_id, role, expected=step.expected or Role(now)),
            'remove': partial(members.remove, actor, user_id),
            'leave': partial(members.leave, actor),
        }
        return partial(self.count, step.kind, acts[step.kind])

    def count(self, kind: str, act: Act) -> Any:
        act()
        self.done[kind] += 1

    @rule(step=steps)
    def one(self, step: Step) -> None:
        """Somebody does something, or is told why not."""
        rate_limiter.reset()
        with suppress(Problem):
            self.act(step)()

    @rule(together=st.lists(steps, min_size=AT_ONCE, max_size=AT_ONCE))
    def several(self, together: list[Step]) -> None:
        """Several people do something at the same moment; nobody sees a failure that has no sentence."""
        rate_limiter.reset()
        ends = type(self).crowd([self.act(step) for step in together])
        assert all(end is None or isinstance(end, Problem) for end in ends), ends

    @rule(place=places, whom=st.sampled_from(NAMES), role=roles, number=st.integers(0, 9))
    def welcome(self, place: int, whom: str, role: Role, number: int) -> None:
        """Somebody is invited and comes: without this, a team would rarely be large."""
        self.one(Step('an owner', place, 'invite', NAMES.index(whom), role, None))
        self.one(Step('the invited', place, 'accept', number, role, None))

    @rule(step=steps)
    def while_closed(self, step: Step) -> None:
        """An organization that is suspended takes nobody in, and comes back."""
        status = 'UPDATE organizations SET status = :status WHERE id = :at'
        team = 'SELECT user_id FROM memberships WHERE organization_id = :at'
        at = self.places[step.place]
        run(self.db, status, status=Status.SUSPENDED.value, at=at)
        before = set(rows(self.db, team, at=at))
        self.one(step)
        assert set(rows(self.db, team, at=at)) <= before
        run(self.db, status, status=Status.ACTIVE.value, at=at)

    # always ----------------------------------------------------------------------------------------------------------

    @invariant()
    def every_organization_has_an_owner(self) -> None:
        owned = "SELECT organization_id FROM memberships WHERE role = 'owner'"
        assert rows(self.db, f'SELECT id FROM organizations WHERE id NOT IN ({owned})') == []

    @invariant()
    def whoever_is_a_member_has_a_seat_and_nobody_else(self) -> None:
        assert_in_step(self.db)

    @invariant()
    def everybody_has_an_organization(self) -> None:
        alone = 'SELECT email FROM users WHERE id NOT IN (SELECT user_id FROM memberships)'
        assert rows(self.db, alone) == []
        assert all(organizations.latest_of(actor) for actor in self.actors.values())

    @invariant()
    def nobody_is_invited_twice_or_is_a_member_twice(self) -> None:
        twice = 'SELECT 1 FROM {} GROUP BY organization_id, {} HAVING count(*) > 1'
        assert rows(self.db, twice.format("invitations WHERE state = 'pending'", 'email_key')) == []
        assert rows(self.db, twice.format('memberships', 'user_id')) == []

    @invariant()
    def what_is_pending_was_sent_by_somebody_who_still_may(self) -> None:
        lost = (
            'SELECT 1 FROM invitations LEFT JOIN memberships '
            'ON memberships.organization_id = invitations.organization_id '
            "AND user_id = invited_by WHERE state = 'pending' AND (memberships.role IS NULL "
            "OR memberships.role NOT IN ('owner', 'admin') "
            "OR (invitations.role = 'owner' AND memberships.role <> 'owner'))"
        )
        assert rows(self.db, lost) == []


@pytest.mark.slow
def test_a_team_stays_whole_whatever_its_people_do(databases: Databases) -> None:
    """Half as often on PostgreSQL, where a step takes longer: what SQLite is tried with already, it sees again."""
    engine = database.connect(databases.make('people', 'migrated'))
    actors = {name: sign_up(f'{name}@people.test') for name in NAMES}
    engine.dispose()
    examples, done = EXAMPLES if isinstance(databases, Files) else EXAMPLES // 2, Counter[str]()
    with at_once(AT_ONCE) as crowd:
        given = {'actors': actors, 'places': [actors[name].organization_id for name in NAMES[:2]], 'done': done}
        drive(People, databases, 'people', examples, crowd=staticmethod(crowd), **given)
    assert len(done) >= len(KINDS) - 2, f'hardly anything ever went well: {done}'
