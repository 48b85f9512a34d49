"""Two organizations side by side, for tests of the wall between them."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.engine import Engine
from test_billing import GERMAN
from test_phone_numbers import BERLIN, PARIS

from data import database
from data.database import Actor, System
from data.database.tenancy import TenantSession
from data.models import (
    BillingContact,
    BillingPeriod,
    InvoiceDocument,
    OrganizationOwned,
    PhoneNumber,
    PlanSpan,
    Purpose,
    Role,
    Subscription,
)
from data.runtime import mail_server
from data.runtime.mail_server import MailServer
from data.services import billing_address, invitations, phone_numbers, projects, usage
from data.services.agents import serving, sites
from data.services.invoices import pending
from data.services.invoices.line import Line
from data.services.payments import receiving
from data.services.usage import Metric, days
from tests.support import books, knowledge, talking
from tests.support.agents import publish_agent
from tests.support.probes import Rows, everything, rows
from tests.support.world import World

OURS, THEIRS = '+4930123456', '+33142685300'
OUR_GUEST, THEIR_GUEST = 'guest@acme.test', 'guest@other.test'
PROJECT = 'Support'
Number = PhoneNumber


class Two:
    """Acme and Sam's organization, each with a number, an address, something used, and an invitation to be mailed.

    And what an attack from Acme needs to know.
    """

    def __init__(self, world: World, db: Engine) -> None:
        self.world, self.db = world, db
        self.ours = phone_numbers.add(world.owner, BERLIN)
        self.theirs = phone_numbers.add(world.stranger, PARIS)
        for owner in (world.owner, world.stranger):
            billing_address.set_address(owner, GERMAN, version=0)
            project = projects.create(owner, {'name': PROJECT, 'description': owner.organization_id})
            show_agent(owner, project.id)
            knowledge.fill(owner, project.id)
            talking.fill(owner, project.id)
        self.write_mails()
        self.here, self.there = world.organization_id, world.stranger.organization_id
        for organization_id in (self.here, self.there):
            self.use(organization_id)
            self.pay(organization_id)

    def write_mails(self) -> None:
        """Let both invite somebody by mail."""
        mail_server.configure(MailServer.of('smtp://127.0.0.1:25', 'bots@example.com', 'https://bots.example.com'))
        try:
            for owner, guest in ((self.world.owner, OUR_GUEST), (self.world.stranger, THEIR_GUEST)):
                invitations.invite(owner, guest, Role.MEMBER)
        finally:
            mail_server.configure(None)
        [[self.their_mail, self.their_invitation]] = rows(
            self.db, 'SELECT id, invitation_id FROM mails WHERE recipient = :guest', guest=THEIR_GUEST
        )

    def use(self, organization_id: str) -> None:
        """Let an organization use something of everything, one of which is limited, and have a billing contact."""
        with database.transaction(System(organization_id)) as tx:
            usage.set_cap(tx, Metric.MESSAGES, 1000)
            usage.record(tx, Metric.MESSAGES, 3, 'the same key')
            usage.change_level(tx, Metric.STORAGE, 5)
            for row in plan_rows(organization_id):
                tx.add(row)
            tx.add(BillingContact(organization_id=organization_id, email='books@x.test', email_key='books@x.test'))

    def pay(self, organization_id: str) -> None:
        """Let an organization be billed, have paid a part, and something wait for its next invoice."""
        number = books.invoice(organization_id, [4900], issued_on=days.today())
        receiving.mark_paid(number, '58.31', reference=organization_id)
        with database.transaction(System(organization_id)) as tx:
            pending.add(tx, Line('line:setup', 'Setting up', 5000))
            document = {'organization_id': organization_id, 'invoice_id': books.id_of(number), 'pdf': b'%PDF-1.7'}
            tx.add(InvoiceDocument(**document, sha256='0' * 64))

    def foreign(self) -> Rows:
        """All rows but those of Acme."""
        return {name: [row for row in found if self.here not in row] for name, found in everything(self.db).items()}

    def detached(self) -> PhoneNumber:
        """Sam's number, as his own session has read it."""
        [row] = phone_numbers.of_organization(self.world.stranger)
        return row


def plan_rows(at: str) -> list[OrganizationOwned]:
    """A plan, since when it is held, and the present period, of an organization."""
    first, after = days.month_of(days.today()), days.next_month(days.today())
    held = {'organization_id': at, 'plan': 'team', 'plan_version': 1}
    whole = {'first_day': first, 'next_day': after, 'whole_first': first, 'whole_next': after}
    return [
        Subscription(**held, anchor_day=1, started_on=first),
        PlanSpan(**held, from_day=first, seq=0),
        BillingPeriod(**held, **whole),
    ]


def show_agent(owner: Actor, project_id: str) -> None:
    """Let a project's agent be published and seen on a site."""
    found = serving.find(publish_agent(owner, project_id, sites='shop.example').id)
    assert found is not None
    sites.seen(found, 'https://shop.example')


def number(organization_id: str) -> PhoneNumber:
    return PhoneNumber(organization_id=organization_id, e164='+4930999999', country='DE', purpose=Purpose.SMS)


Read = Callable[[TenantSession, Two], Any]
