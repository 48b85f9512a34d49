"""Billing of an organization: what it uses and, where there is a catalogue of plans, its plan and its invoices."""

from dataclasses import dataclass

from nicegui import ui

from components.kit.card import screen_head
from components.kit.text import Text
from data.changes import Change
from data.permissions import Member, Permission
from data.services.audit import Topic
from data.services.usage import looking
from data.services.usage.looking import Month
from pages.billing import invoice, plans
from pages.billing.contacts import contacts_card
from pages.billing.invoices import InvoiceList, NextInvoice
from pages.billing.paying import PaymentCard, reference_card
from pages.billing.plan import PlanCard, UsedCard
from pages.billing.reading import Bill, bill
from pages.billing.usage import Usage
from pages.shell import live
from pages.shell.downloads import export_buttons
from pages.shell.screens import org_page

__all__ = ['billing', 'invoice', 'plans']


@dataclass(frozen=True)
class Present:
    """What the screen begins with; `bill` is None where there is no catalogue."""

    month: Month
    bill: Bill | None


def present(member: Member) -> Present:
    """What was used this month, and what it costs where it costs something."""
    return Present(looking.month(member), bill(member))


@org_page(
    '/billing',
    title='Usage',
    billed='Billing',
    icon='chart-no-axes-column',
    permission=Permission.USAGE_VIEW,
    load=present,
)
def billing(member: Member, first: Present) -> None:
    """What was used in a month and, where there are plans, which one it is, what it costs, and how that is paid."""
    place = ui.element('div')
    with place:
        draw(member, first)
    if first.bill is None:
        await_catalogue(place)


def await_catalogue(place: ui.element) -> None:
    """Draw all of it anew as soon as there is a catalogue; nothing is read before."""
    has_begun = False

    def begun(now: Member) -> Present | None:
        return present(now) if now.is_billed and not has_begun else None

    @live.watch(Topic.ORGANIZATION, Topic.BILLING, read=begun)
    def begin(now: Member, _: Change, fresh: Present | None) -> None:
        nonlocal has_begun
        if fresh and not has_begun:
            has_begun = True
            place.clear()
            with place:
                draw(now, fresh)


def draw(member: Member, first: Present) -> None:
    """The bill, where there is one, and the usage."""
    usage = Usage(member)
    if first.bill is None:
        with screen_head('Usage', 'What this organization uses, day by day.'):
            export_buttons(usage.export)
    else:
        screen_head('Billing', 'The plan of this organization, what it uses, and its invoices.')
        draw_bill(member, first.bill)
        with ui.element('div').classes('section-head'):
            Text('h2', 'Usage by day', 'card-title')
            with ui.element('div').classes('screen-action'):
                export_buttons(usage.export)
    usage.draw(first.month)


def draw_bill(member: Member, first: Bill) -> None:
    """The plan and what it comes to, live; the list of invoices and what is typed are live by themselves."""
    plan, used, following = PlanCard(member), UsedCard(), NextInvoice(member)
    InvoiceList(member).draw(first.invoices)
    paying = PaymentCard()
    reference_card(member, first.held)
    contacts_card(member, first.contacts)

    def show(now: Member, bill: Bill) -> None:
        plan.show(now, bill)
        used.show(bill)
        following.show(now, bill)
        paying.show(bill)

    @live.watch(Topic.BILLING, Topic.USAGE, Topic.MEMBER, Topic.ORGANIZATION, Topic.PROJECT, read=bill)
    def refresh(now: Member, _: Change, fresh: Bill | None) -> None:
        if fresh:
            show(now, fresh)

    show(member, first)
