"""How everything that is done in an organization is performed, and by whom: a line for each permission, act and look.

The tests of the record, of permissions and of isolation take what they try from here; a missing act fails them.
"""

from collections.abc import Callable

from data import database
from data.database import Actor
from data.models import Role, Status
from data.permissions import Permission
from data.services import (
    audit,
    billing_address,
    billing_contacts,
    invitations,
    members,
    organizations,
    phone_numbers,
    plans,
    projects,
    second_factors,
    subscriptions,
)
from data.services.audit import Act
from data.services.invoices import closing, documents, finalizing, forecast
from data.services.invoices import looking as invoice_looking
from data.services.invoices import operating as invoicing
from data.services.payments import bank_import, credit_notes, dunning, receiving, reversing, tax_status
from data.services.subscriptions import operating, terms
from data.services.usage import Metric, exporting, looking
from data.services.usage.limits import set_limit
from tests.support import (
    acts_of_agents,
    acts_of_conversations,
    acts_of_sources,
    acts_of_unanswered,
    billed,
    books,
    subscribed,
)
from tests.support.mailing import mail_in_any_case
from tests.support.performances import Performance
from tests.support.stage import GUEST, NUMBER, PROJECT, Stage, ask_contact

ADDRESS = {'kind': 'person', 'country': 'AE', 'name': 'Olga', 'street_address': 'One Road', 'country_area': 'Dubai'}
OTHER = {'number': '030 654321', 'country': 'DE', 'purpose': 'sms', 'label': 'Desk'}
MAY = """
organization:view     owner admin member viewer
organization:leave    owner admin member viewer
conversation:view     owner admin member viewer
project:edit          owner admin member
conversation:answer   owner admin member
conversation:delete   owner admin
lead:export           owner admin
organization:rename   owner admin
phone:manage          owner admin
invitation:view       owner admin
member:invite         owner admin
member:change_role    owner admin
member:remove         owner admin
audit:view            owner admin
usage:view            owner admin
billing:view          owner admin
billing:manage        owner
organization:delete   owner
owner:appoint         owner
organization:secure   owner
"""
"""Who may do what in an active organization: written down from the product's contract, not from the code."""

FOUNDING = Act.ORGANIZATION_CREATE
"""What begins a record, and belongs to nobody's organization before."""

FORMER = {Act.MEMBER_ADD}
"""Acts that nobody performs any more; what is on the record of them stays readable."""


P = Permission
RENAME, ADDRESS_OF, PHONES = (P.ORGANIZATION_RENAME,), (P.BILLING_MANAGE,), (P.PHONE_MANAGE,)
SECURE = (P.ORGANIZATION_SECURE,)
VIEW, RECORD, NOBODY = (P.ORGANIZATION_VIEW,), (P.AUDIT_VIEW,), ()
USAGE = (P.USAGE_VIEW,)
EDIT = (P.PROJECT_EDIT,)
INVITE, INVITE_OWNER = (P.MEMBER_INVITE,), (P.MEMBER_INVITE, P.OWNER_APPOINT)
ROLE, ROLE_OF_OWNER = (P.MEMBER_CHANGE_ROLE,), (P.MEMBER_CHANGE_ROLE, P.OWNER_APPOINT)
REMOVE, REMOVE_OWNER = (P.MEMBER_REMOVE,), (P.MEMBER_REMOVE, P.OWNER_APPOINT)


def rename(stage: Stage, actor: Actor, _: str) -> object:
    return organizations.rename(actor, 'New', version=stage.version())


def suspend(stage: Stage, _: Actor, __: str) -> object:
    return organizations.change_status(stage.where, Status.SUSPENDED, 'unpaid')


def require_factor(_: Stage, actor: Actor, __: str) -> object:
    return second_factors.require(actor)


def waive_factor(_: Stage, actor: Actor, __: str) -> object:
    return second_factors.waive(actor)


def set_address(stage: Stage, actor: Actor, _: str) -> object:
    return billing_address.set_address(actor, ADDRESS, version=stage.version('billing_addresses', 'organization_id'))


def begin_plan(stage: Stage, _: Actor, __: str) -> object:
    return operating.start(stage.where)


def subscribe(stage: Stage, _: Actor, __: str) -> object:
    return operating.subscribe(stage.where, 'team')


def move_plan(stage: Stage, _: Actor, __: str) -> object:
    subscribed.catalogue(subscribed.plan('team', '49.00'), subscribed.plan('business', '109.00'))
    with database.accounts(writes=False) as tx:
        now = plans.current(tx)
    [plan] = [plan for plan in now.plans if plan.id == 'business'] if now else []
    return operating.move(stage.where, plan)


def choose_plan(stage: Stage, actor: Actor, _: str) -> object:
    return subscriptions.choose(actor, 'team', version=stage.plan_version())


def see_terms(_: Stage, actor: Actor, __: str) -> object:
    return terms.terms(actor)


def preview_plan(_: Stage, actor: Actor, __: str) -> object:
    return subscriptions.preview(actor, 'team')


def cancel_plan(stage: Stage, actor: Actor, _: str) -> object:
    return subscriptions.cancel(actor, version=stage.plan_version())


def resume_plan(stage: Stage, actor: Actor, _: str) -> object:
    return subscriptions.resume(actor, version=stage.plan_version())


def set_reference(stage: Stage, actor: Actor, _: str) -> object:
    return subscriptions.set_reference(actor, 'PO 7', version=stage.plan_version())


def add_contact(_: Stage, actor: Actor, __: str) -> object:
    return ask_contact(actor)


def ask_again(_: Stage, actor: Actor, contact: str) -> object:
    with mail_in_any_case():
        return billing_contacts.resend(actor, contact)


def change_contact(_: Stage, actor: Actor, contact: str) -> object:
    return billing_contacts.change(actor, contact, {'gets': 'both'})


def confirm_contact(_: Stage, __: Actor, token: str) -> object:
    return billing_contacts.confirm(token)


def add_number(_: Stage, actor: Actor, __: str) -> object:
    return phone_numbers.add(actor, NUMBER)


def change_number(stage: Stage, actor: Actor, phone: str) -> object:
    return phone_numbers.change(actor, phone, OTHER, version=stage.version('phone_numbers', row=phone))


def make_project(_: Stage, actor: Actor, __: str) -> object:
    return projects.create(actor, {'name': 'Sales', 'description': 'Whoever asks\nfor a price'})


def change_project(**values: str) -> Callable[[Stage, Actor, str], object]:
    return lambda stage, actor, project: projects.change(
        actor, project, values, version=stage.version('projects', row=project)
    )


def delete_project(_: Stage, actor: Actor, project: str) -> object:
    return projects.delete(actor, project, PROJECT)


def erase_projects(stage: Stage, _: Actor, __: str) -> object:
    return projects.erase(stage.where, 10)


def limit_usage(stage: Stage, _: Actor, __: str) -> object:
    return set_limit(stage.where, Metric.MESSAGES, 1000)


def make(role: Role) -> Callable[[Stage, Actor, str], object]:
    return lambda stage, actor, _: members.change_role(actor, stage.target.user_id, role, expected=Role.MEMBER)


def demote_owner(stage: Stage, actor: Actor, _: str) -> object:
    return members.change_role(actor, stage.world.owner.user_id, Role.MEMBER, expected=Role.OWNER)


def remove_member(stage: Stage, actor: Actor, _: str) -> object:
    return members.remove(actor, stage.target.user_id)


def remove_owner(stage: Stage, actor: Actor, _: str) -> object:
    return members.remove(actor, stage.world.owner.user_id)


def invite(role: Role) -> Callable[[Stage, Actor, str], object]:
    return lambda _, actor, __: invitations.invite(actor, GUEST, role)


def offer(role: Role) -> Callable[[Stage, Actor, str], object]:
    return lambda _, actor, invitation: invitations.change_role(actor, invitation, role, expected=Role.MEMBER)


def accept(stage: Stage, _: Actor, token: str) -> object:
    return invitations.accept(stage.guest, token)


def decline(_: Stage, __: Actor, token: str) -> object:
    return invitations.decline(token)


def export(_: Stage, actor: Actor, __: str) -> object:
    return audit.export(actor, 'csv')


def export_usage(_: Stage, actor: Actor, __: str) -> object:
    return exporting.export(actor, '', 'csv')


def close_period(_: Stage, __: Actor, organization_id: str) -> object:
    return closing.close(organization_id)


def finalize(stage: Stage, _: Actor, invoice_id: str) -> object:
    return finalizing.finalize(stage.where, invoice_id)


def add_line(_: Stage, __: Actor, organization_id: str) -> object:
    return invoicing.add_line(organization_id, 'A day of help', '480.00')


def mark_paid(_: Stage, __: Actor, number: str) -> object:
    return receiving.mark_paid(number, '10.00')


def import_payments(_: Stage, __: Actor, content: str) -> object:
    return bank_import.import_payments(content.encode())


def reverse(_: Stage, __: Actor, number: str) -> object:
    return reversing.reverse(number)


def credit(_: Stage, __: Actor, number: str) -> object:
    return credit_notes.credit(number, '1:10.00', 'A day without service')


def chase(stage: Stage, _: Actor, __: str) -> object:
    return dunning.chase(stage.where)


def confirm_tax_id(stage: Stage, _: Actor, __: str) -> object:
    return tax_status.confirm_tax_id(stage.where)


def exempt(stage: Stage, _: Actor, __: str) -> object:
    return tax_status.exempt(stage.where)


def picture(_: Stage, actor: Actor, __: str) -> object:
    return organizations.picture(actor, P.ORGANIZATION_VIEW, phone_numbers.of_organization)


def check(_: Stage, actor: Actor, __: str) -> object:
    return invitations.check(actor, GUEST)


phone, invitation, to_own, token = Stage.phone, Stage.invitation, Stage.invitation_to_own, Stage.token
project, archived, deleted, overdue = Stage.project, Stage.archived, Stage.deleted, Stage.overdue

ACTS = {
    'rename': Performance(Act.ORGANIZATION_RENAME, organizations.rename, RENAME, how=rename),
    'suspend': Performance(Act.ORGANIZATION_STATUS, organizations.change_status, NOBODY, how=suspend),
    'require a factor': Performance(
        Act.ORGANIZATION_REQUIRE_FACTOR, second_factors.require, SECURE, Stage.prove, require_factor
    ),
    'waive a factor': Performance(
        Act.ORGANIZATION_WAIVE_FACTOR, second_factors.waive, SECURE, Stage.require, waive_factor
    ),
    'set the address': Performance(Act.BILLING_SET_ADDRESS, billing_address.set_address, ADDRESS_OF, how=set_address),
    'begin a plan': Performance(Act.BILLING_RENEW, operating.start, NOBODY, Stage.catalogue, begin_plan),
    'subscribe to a plan': Performance(Act.BILLING_CHOOSE, operating.subscribe, NOBODY, Stage.plans, subscribe),
    'move to another version': Performance(Act.BILLING_CHOOSE, operating.move, NOBODY, Stage.business, move_plan),
    'choose a plan': Performance(Act.BILLING_CHOOSE, subscriptions.choose, ADDRESS_OF, Stage.plans, choose_plan),
    'cancel a plan': Performance(Act.BILLING_CANCEL, subscriptions.cancel, ADDRESS_OF, Stage.business, cancel_plan),
    'keep a plan': Performance(Act.BILLING_RESUME, subscriptions.resume, ADDRESS_OF, Stage.canceled, resume_plan),
    'set the reference': Performance(
        Act.BILLING_SET_REFERENCE, subscriptions.set_reference, ADDRESS_OF, Stage.plans, set_reference
    ),
    'ask a contact': Performance(Act.BILLING_ADD_CONTACT, billing_contacts.add, ADDRESS_OF, how=add_contact),
    'ask a contact again': Performance(
        Act.BILLING_ADD_CONTACT, billing_contacts.resend, ADDRESS_OF, Stage.contact, ask_again
    ),
    'change a contact': Performance(
        Act.BILLING_CHANGE_CONTACT, billing_contacts.change, ADDRESS_OF, Stage.contact, change_contact
    ),
    'remove a contact': Performance(Act.BILLING_REMOVE_CONTACT, billing_contacts.remove, ADDRESS_OF, Stage.contact),
    'confirm as a contact': Performance(
        Act.BILLING_CONFIRM_CONTACT, billing_contacts.confirm, NOBODY, Stage.question, confirm_contact
    ),
    'add a number': Performance(Act.PHONE_ADD, phone_numbers.add, PHONES, how=add_number),
    'change a number': Performance(Act.PHONE_CHANGE, phone_numbers.change, PHONES, phone, change_number),
    'prefer a number': Performance(Act.PHONE_MAKE_PRIMARY, phone_numbers.make_primary, PHONES, phone),
    'remove a number': Performance(Act.PHONE_REMOVE, phone_numbers.remove, PHONES, phone),
    'make a project': Performance(Act.PROJECT_CREATE, projects.create, EDIT, how=make_project),
    'rename a project': Performance(
        Act.PROJECT_RENAME, projects.change, EDIT, project, change_project(name='Sales', description='')
    ),
    'describe a project': Performance(
        Act.PROJECT_DESCRIBE, projects.change, EDIT, project, change_project(description='What it is for')
    ),
    'archive a project': Performance(Act.PROJECT_ARCHIVE, projects.archive, EDIT, project),
    'reopen a project': Performance(Act.PROJECT_REOPEN, projects.reopen, EDIT, archived),
    'delete a project': Performance(Act.PROJECT_DELETE, projects.delete, EDIT, project, delete_project),
    'restore a project': Performance(Act.PROJECT_RESTORE, projects.restore, EDIT, deleted),
    'erase a project': Performance(Act.PROJECT_ERASE, projects.erase, NOBODY, overdue, erase_projects),
    'limit what is used': Performance(Act.USAGE_LIMIT, set_limit, NOBODY, how=limit_usage),
    'change a role': Performance(Act.MEMBER_CHANGE_ROLE, members.change_role, ROLE, how=make(Role.VIEWER)),
    'appoint an Owner': Performance(Act.MEMBER_CHANGE_ROLE, members.change_role, ROLE_OF_OWNER, how=make(Role.OWNER)),
    'demote an Owner': Performance(Act.MEMBER_CHANGE_ROLE, members.change_role, ROLE_OF_OWNER, how=demote_owner),
    'remove a member': Performance(Act.MEMBER_REMOVE, members.remove, REMOVE, how=remove_member),
    'remove an Owner': Performance(Act.MEMBER_REMOVE, members.remove, REMOVE_OWNER, how=remove_owner),
    'leave': Performance(Act.MEMBER_LEAVE, members.leave, (P.ORGANIZATION_LEAVE,)),
    'invite': Performance(Act.INVITATION_CREATE, invitations.invite, INVITE, how=invite(Role.VIEWER)),
    'invite an Owner': Performance(Act.INVITATION_CREATE, invitations.invite, INVITE_OWNER, how=invite(Role.OWNER)),
    'send it again': Performance(Act.INVITATION_RESEND, invitations.resend, INVITE, invitation),
    'send an Owner’s again': Performance(Act.INVITATION_RESEND, invitations.resend, INVITE_OWNER, to_own),
    'take it back': Performance(Act.INVITATION_REVOKE, invitations.revoke, INVITE, invitation),
    'take an Owner’s back': Performance(Act.INVITATION_REVOKE, invitations.revoke, INVITE_OWNER, to_own),
    'offer another role': Performance(
        Act.INVITATION_CHANGE_ROLE, invitations.change_role, INVITE, invitation, offer(Role.VIEWER)
    ),
    'offer to become Owner': Performance(
        Act.INVITATION_CHANGE_ROLE, invitations.change_role, INVITE_OWNER, invitation, offer(Role.OWNER)
    ),
    'accept': Performance(Act.INVITATION_ACCEPT, invitations.accept, NOBODY, token, accept),
    'decline': Performance(Act.INVITATION_DECLINE, invitations.decline, NOBODY, token, decline),
    'export the record': Performance(Act.AUDIT_EXPORT, audit.export, RECORD, how=export),
    'export the usage': Performance(Act.USAGE_EXPORT, exporting.export, USAGE, how=export_usage),
    'close a period': Performance(Act.BILLING_DRAFT, closing._close_one, NOBODY, billed.over, close_period),
    'make it final': Performance(Act.BILLING_INVOICE, finalizing.finalize, NOBODY, billed.drafted, finalize),
    'add a line': Performance(Act.BILLING_ADD_LINE, invoicing.add_line, NOBODY, billed.over, add_line),
    'mark it paid': Performance(Act.BILLING_PAYMENT, receiving.mark_paid, NOBODY, books.billed, mark_paid),
    'read a file of a bank': Performance(
        Act.BILLING_PAYMENT, bank_import._written, NOBODY, books.named_by_bank, import_payments
    ),
    'take a payment back': Performance(Act.BILLING_REVERSE, reversing.reverse, NOBODY, books.paid, reverse),
    'credit an invoice': Performance(Act.BILLING_CREDIT, credit_notes.credit, NOBODY, books.billed, credit),
    'chase': Performance(Act.ORGANIZATION_STATUS, dunning.chase, NOBODY, books.billed, chase),
    'confirm a tax id': Performance(
        Act.BILLING_CONFIRM_TAX_ID, tax_status.confirm_tax_id, NOBODY, books.with_tax_id, confirm_tax_id
    ),
    'waive tax': Performance(Act.BILLING_EXEMPT, tax_status.exempt, NOBODY, books.billed, exempt),
    **acts_of_agents.ACTS,
    **acts_of_sources.ACTS,
    **acts_of_unanswered.ACTS,
    **acts_of_conversations.ACTS,
}

LOOKS = {
    'enter': Performance(None, organizations.membership, VIEW),
    'see what is required': Performance(None, second_factors.requirement, SECURE),
    'see a picture': Performance(None, organizations.picture, VIEW, how=picture),
    'count the Owners': Performance(None, members.owners, VIEW),
    'see the card': Performance(None, organizations.card, VIEW),
    'see the overview': Performance(None, organizations.overview, VIEW),
    'list numbers': Performance(None, phone_numbers.of_organization, VIEW),
    'list projects': Performance(None, projects.portion, VIEW),
    'see a project': Performance(None, projects.get, VIEW, archived),
    'see the address': Performance(None, billing_address.address, (P.BILLING_VIEW,)),
    'see the plan': Performance(
        None, subscriptions.standing, (P.BILLING_VIEW,), Stage.plans, lambda _, actor, __: subscriptions.standing(actor)
    ),
    'see the terms of a plan': Performance(None, terms.terms, (P.BILLING_VIEW,), Stage.plans, see_terms),
    'see what a plan would be': Performance(None, subscriptions.preview, ADDRESS_OF, Stage.plans, preview_plan),
    'see a document': Performance(None, documents.shown, (P.BILLING_VIEW,), Stage.document),
    'take a document along': Performance(None, documents.pdf, (P.BILLING_VIEW,), Stage.document),
    'list contacts': Performance(None, billing_contacts.contacts, (P.BILLING_VIEW,)),
    'list invoices': Performance(None, invoice_looking.portion, (P.BILLING_VIEW,)),
    'see an invoice': Performance(None, invoice_looking.get, (P.BILLING_VIEW,), books.billed),
    'see the next invoice': Performance(None, forecast.forecast, (P.BILLING_VIEW,)),
    'list people': Performance(None, members.portion, VIEW),
    'list invitations': Performance(None, invitations.portion, (P.INVITATION_VIEW,)),
    'check addresses': Performance(None, invitations.check, INVITE, how=check),
    'copy a link': Performance(None, invitations.link, INVITE, invitation),
    'copy an Owner’s link': Performance(None, invitations.link, INVITE_OWNER, to_own),
    'see the usage': Performance(None, looking.month, USAGE),
    'see what a project uses': Performance(None, looking.of_project, USAGE, project),
    'see the record': Performance(None, audit.portion, RECORD),
    'see who is on the record': Performance(None, audit.people, RECORD),
    **acts_of_agents.LOOKS,
    **acts_of_sources.LOOKS,
    **acts_of_unanswered.LOOKS,
    **acts_of_conversations.LOOKS,
}

QUIET = acts_of_conversations.QUIET
"""What is written without being on the record."""

OF_MEMBERS = {name: it for name, it in (ACTS | LOOKS | QUIET).items() if it.asks}
"""What members do, and are asked for a permission."""
