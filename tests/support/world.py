"""People for the tests, made through the services as real ones are, and ways to stand somewhere else."""

from dataclasses import dataclass, replace

from sqlalchemy import Engine
from sqlmodel import select

from data import clock, database
from data.database import Actor, System
from data.models import Organization, Role, User
from data.services import accounts, invitations, organizations
from data.services.accounts import profile, sessions
from data.services.invitations import Pending
from data.services.usage import seats
from tests.support.probes import run

EVENTS = 8
"""What is on the record of Acme at first: it was created and renamed, and three were invited and came."""

PASSWORD = 'gray owl under ice'
NETWORK = '192.0.2.7'


def sign_up(email: str) -> Actor:
    """A new person, standing in the organization that came with the account."""
    return at_home(accounts.sign_up(email, PASSWORD, PASSWORD, network=NETWORK, agent='pytest'))


def at_home(token: str) -> Actor:
    """Whoever has this token, in the organization where they were last."""
    actor = sessions.of_token(token, NETWORK)
    assert actor is not None
    return inside(actor, organizations.latest_of(actor) or '')


def inside(actor: Actor, organization_id: str) -> Actor:
    """The same person in another organization, theirs or not."""
    return replace(actor, organization_id=organization_id)


def join(owner: Actor, newcomer: Actor, role: Role) -> Actor:
    """Let `owner` invite somebody into the owner's organization, who accepts; the newcomer, standing there."""
    invitations.accept(newcomer, offered(owner, email_of(newcomer), role))
    return inside(newcomer, owner.organization_id)


def offered(owner: Actor, email: str, role: Role = Role.MEMBER, *, by: Actor | None = None) -> str:
    """The token of a fresh invitation into the owner's organization, made by the owner or a colleague."""
    invitations.invite(by or owner, email, role)
    return invitations.link(owner, next(it.id for it in pending(owner) if it.email.lower() == email.strip().lower()))


def put(db: Engine, person: Actor, organization_id: str, role: Role) -> None:
    """Make somebody a member, around all services but the one that keeps the days."""
    run(
        db,
        'INSERT INTO memberships (organization_id, user_id, email_key, role, joined_at) '
        'SELECT :at, id, email_key, :role, CURRENT_TIMESTAMP FROM users WHERE id = :user '
        'ON CONFLICT (organization_id, user_id) DO UPDATE SET role = excluded.role',
        at=organization_id,
        user=person.user_id,
        role=role.value,
    )
    with database.transaction(System(organization_id)) as tx:
        seats.taken(tx, person.user_id, role)


def email_of(actor: Actor) -> str:
    """The address of a person who still has an organization."""
    home = organizations.latest_of(actor)
    assert home is not None
    return organizations.membership(inside(actor, home)).email


def introduce(actor: Actor, name: str) -> str | None:
    """Give somebody another name, whatever they were called before."""
    return profile.rename(actor, name, expected=organizations.membership(actor).name)


def organization(actor: Actor) -> Organization:
    """The actor's organization as it is now."""
    return organizations.membership(actor).organization


def pending(actor: Actor) -> list[Pending]:
    """Everybody who is invited to the actor's organization, the newest first."""
    return invitations.portion(actor, limit=1000).rows


@dataclass(frozen=True)
class World:
    """Olga's organization Acme with one colleague of every other role, all standing in it.

    Sam and the newcomers Nina, Noah and Nora have accounts and stand each in an organization of their own.
    """

    owner: Actor
    admin: Actor
    member: Actor
    viewer: Actor
    stranger: Actor
    newcomers: tuple[Actor, Actor, Actor]

    @property
    def organization_id(self) -> str:
        return self.owner.organization_id

    @property
    def intruder(self) -> Actor:
        """Sam at the address of Acme."""
        return inside(self.stranger, self.organization_id)

    def of(self, role: Role) -> Actor:
        """The colleague who has this role."""
        return dict(zip(Role, (self.owner, self.admin, self.member, self.viewer), strict=True))[role]


def make() -> World:
    """Let them all sign up and meet, in the database that is connected now."""
    owner = sign_up('olga@acme.test')
    organizations.rename(owner, 'Acme', version=1)
    world = World(
        owner=owner,
        admin=join(owner, sign_up('adam@acme.test'), Role.ADMIN),
        member=join(owner, sign_up('mia@acme.test'), Role.MEMBER),
        viewer=join(owner, sign_up('vera@acme.test'), Role.VIEWER),
        stranger=sign_up('sam@other.test'),
        newcomers=(sign_up('nina@new.test'), sign_up('noah@new.test'), sign_up('nora@new.test')),
    )
    verify()
    return world


def verify() -> None:
    """Let everybody have proved their address."""
    with database.accounts() as tx:
        for user in tx.exec(select(User)):
            user.verified_at = clock.now()
