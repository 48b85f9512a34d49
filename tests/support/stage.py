"""An organization in which every act can be performed by somebody of any role, in any status."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Engine
from sqlmodel import col, update

from data import clock, database
from data.database import Actor, System
from data.models import BillingContact, Project, Role, Status
from data.runtime import rate_limiter
from data.services import billing_contacts, phone_numbers, projects, subscriptions
from data.services.billing_contacts.confirming import token_of
from data.services.invoices import documents
from data.services.projects import KEPT
from tests.support import subscribed
from tests.support import world as people
from tests.support.documents import issue
from tests.support.mailing import mail_in_any_case
from tests.support.probes import run, value
from tests.support.world import World, inside, put

NUMBER = {'number': '030 123456', 'country': 'DE', 'purpose': 'voice', 'label': ''}
CONTACT = {'email': 'books@clerk.test', 'gets': 'invoices'}
GUEST = 'nora@new.test'
PROJECT = 'Support'


def delete_long_ago(db: Engine, ago: timedelta = KEPT, where: str = '') -> None:
    """Let all projects that are being deleted, or those of one organization, have been so for as long as this."""
    deleted = update(Project).where(col(Project.deleted_at).is_not(None))
    if where:
        deleted = deleted.where(col(Project.organization_id) == where)
    with db.begin() as connection:
        connection.execute(deleted.values(deleted_at=clock.now() - ago))


def ask_contact(owner: Actor, email: str = CONTACT['email']) -> BillingContact:
    """A billing contact who has been asked, and has not answered."""
    with mail_in_any_case():
        return billing_contacts.add(owner, {**CONTACT, 'email': email})


@dataclass
class Stage:
    """Acme with an actor of this role, a member who can be acted on, and a guest who does not belong yet.

    Where the actor is an Owner, it is not the only one: `actor` may leave, and the owner of the world be removed.
    """

    db: Engine
    world: World
    role: Role = Role.OWNER

    def __post_init__(self) -> None:
        self.target, spare = (inside(person, self.where) for person in self.world.newcomers[:2])
        self.actor = spare if self.role is Role.OWNER else self.world.of(self.role)
        self.guest = self.world.newcomers[2]
        self.reset()

    @property
    def where(self) -> str:
        return self.world.organization_id

    def reset(self) -> None:
        """Everybody and everything in place again, whatever an act has done."""
        self.set(Status.ACTIVE)
        rate_limiter.reset()
        for person, role in (self.world.owner, Role.OWNER), (self.target, Role.MEMBER), (self.actor, self.role):
            put(self.db, person, self.where, role)
        guest = {'id': self.guest.user_id, 'where': self.where}
        for table in ('memberships', 'seat_spans'):
            run(self.db, f'DELETE FROM {table} WHERE user_id = :id AND organization_id = :where', **guest)
        run(self.db, 'UPDATE sessions SET proved_at = NULL')
        run(self.db, 'UPDATE organizations SET second_factor_since = NULL')
        run(self.db, 'DELETE FROM invitations')
        run(self.db, 'DELETE FROM phone_numbers')
        run(self.db, 'DELETE FROM projects')
        run(self.db, 'DELETE FROM billing_contacts')
        subscribed.wipe(self.db)

    def set(self, status: Status) -> None:
        """Let the organization stand like this, around all services."""
        run(self.db, 'UPDATE organizations SET status = :to WHERE id = :id', to=status.value, id=self.where)

    def prove(self) -> str:
        """Let everybody have proved a second factor in their session, around all services."""
        run(self.db, 'UPDATE sessions SET proved_at = created_at')
        return ''

    def require(self) -> str:
        """Let the organization require one, and everybody have proved it, around all services."""
        run(self.db, 'UPDATE organizations SET second_factor_since = created_at WHERE id = :id', id=self.where)
        return self.prove()

    # what acts need -------------------------------------------------------------------------------------------------

    def phone(self) -> str:
        """The id of a number."""
        return phone_numbers.add(self.world.owner, NUMBER).id

    def project(self) -> str:
        """The id of a project."""
        return projects.create(self.world.owner, {'name': PROJECT}).id

    def archived(self) -> str:
        """The id of one that is archived."""
        return projects.archive(self.world.owner, self.project()).id

    def deleted(self) -> str:
        """The id of one that was deleted, and can be restored."""
        return projects.delete(self.world.owner, self.project(), PROJECT).id

    def overdue(self) -> str:
        """The id of one that was deleted so long ago that it goes for good."""
        project = self.deleted()
        delete_long_ago(self.db)
        return project

    def invitation(self, role: Role = Role.MEMBER) -> str:
        """The id of an invitation for the guest, by the owner of the world."""
        people.offered(self.world.owner, GUEST, role)
        return people.pending(self.world.owner)[0].id

    def invitation_to_own(self) -> str:
        """The id of an invitation that makes the guest an Owner."""
        return self.invitation(Role.OWNER)

    def token(self) -> str:
        """The token of an invitation for the guest."""
        return people.offered(self.world.owner, GUEST)

    def catalogue(self) -> str:
        """Plans without limits; nobody has one yet."""
        subscribed.catalogue(subscribed.plan('team', '49.00'), subscribed.plan('business', '99.00'))
        return ''

    def plans(self) -> str:
        """The same, and the organization has the free one."""
        self.catalogue()
        with database.transaction(System(self.where)) as tx:
            subscriptions.begin(tx)
        return ''

    def business(self) -> str:
        """The dearer of them, which the organization has chosen."""
        self.plans()
        if value(self.db, 'SELECT plan FROM subscriptions WHERE organization_id = :at', at=self.where) == 'free':
            subscriptions.choose(self.world.owner, 'business', version=self.plan_version())
        return ''

    def canceled(self) -> str:
        """The same, which ends with its period."""
        self.business()
        subscriptions.cancel(self.world.owner, version=self.plan_version())
        return ''

    def plan_version(self) -> int:
        """The version of the subscription, as it is now."""
        return self.version('subscriptions', 'organization_id')

    def contact(self) -> str:
        """The id of a billing contact who has been asked."""
        return ask_contact(self.world.owner).id

    def question(self) -> str:
        """The token of the question that one was asked."""
        return token_of(ask_contact(self.world.owner))

    def document(self) -> str:
        """The number of an invoice with a PDF, of a series that nothing else has."""
        seq = value(self.db, "SELECT coalesce(max(seq), 0) + 1 FROM invoices WHERE series = 'STAGE'")
        documents.make(self.where, issue(self.where, seq=seq, series='STAGE'))
        return f'STAGE-2027-{seq:06}'

    def version(self, table: str = 'organizations', column: str = 'id', row: str = '') -> int:
        """The version of the organization, or of another row, as it is now; 0 where there is none."""
        statement = f'SELECT coalesce(max(version), 0) FROM {table} WHERE {column} = :row'
        return int(value(self.db, statement, row=row or self.where))
