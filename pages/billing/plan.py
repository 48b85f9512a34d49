"""The plan that an organization has: what it costs, what comes next, and how that is changed."""

from nicegui import ui

from components.billing import Meters, PlanFacts
from components.kit.calls import busy, call, told
from components.kit.card import Card
from components.kit.status import Standing
from components.kit.text import Text
from data.models import Status
from data.permissions import Member, Permission
from data.services import subscriptions
from data.services.subscriptions import State
from pages.billing import held_words, plan_words
from pages.billing.changing import ask_to_change
from pages.billing.reading import Bill
from pages.shell.words import show_standing


class PlanCard:
    """The plan, with the ways to another one, out of it, and back."""

    def __init__(self, member: Member) -> None:
        self.reader = member
        with Card('Plan', hint='What this organization has, and what comes next.', at='plan'):
            with ui.element('div').classes('plan-standing') as self.status:
                self.standing = Standing()
            self.facts = PlanFacts()
            self.why = Text('p', '', 'muted plan-acts')
            with ui.element('div').classes('actions plan-acts') as self.acts:
                change = ui.button('Change plan', on_click=self.look, color=None)
                change.classes('button-primary')
                self.keep = ui.button('', on_click=self.resume, color=None).classes('button')
                self.cancel = ui.button('Cancel plan', on_click=self.end, color=None).classes('button')

    def show(self, now: Member, bill: Bill) -> None:
        """Draw what is held, and what whoever looks may do about it."""
        self.reader, self.bill = now, bill
        show_standing(self.standing, now)
        self.status.set_visibility(now.organization.status is Status.ACTIVE)  # else the banner says it
        held = bill.held
        facts, notes = held_words.facts(held), held_words.notes(held)
        price, mark = plan_words.price_of(held.plan, held.currency), held_words.mark(held)
        self.facts.show(held.plan.name, price, mark=mark, sentence=held.plan.sentence, facts=facts, notes=notes)
        refused = now.refused(Permission.BILLING_MANAGE)
        self.why.text = refused or ''
        self.why.set_visibility(bool(refused))
        self.acts.set_visibility(not refused)
        can_keep = held.following is not None and held.following.id != held.plan.id  # no version that is followed
        is_free = held.plan.id == bill.terms.free.id
        self.keep.set_visibility(can_keep)
        self.keep.text = f'Keep {held.plan.name}'
        self.cancel.set_visibility(held.state is not State.ENDING and not is_free)

    def look(self) -> None:
        """Go where all plans are."""
        ui.navigate.to(f'/organizations/{self.reader.organization_id}/billing/plans')

    @told
    async def end(self) -> None:
        """Ask before the plan is canceled."""
        terms = self.bill.terms
        await ask_to_change(self.reader, terms.free.id, terms.tax_name)

    @told
    async def resume(self) -> None:
        """Go on with the plan, whatever was decided."""
        with busy(self.keep):
            await call(subscriptions.resume, self.reader, version=self.bill.held.version)


class UsedCard:
    """What is used of what the plan includes."""

    def __init__(self) -> None:
        self._card = Card('Used and included', hint='What is used in this period, beside what the plan includes.')
        with self._card:
            self._meters = Meters()

    def show(self, bill: Bill) -> None:
        """Draw what there is a limit or a price of."""
        meters = plan_words.meters(bill.held.plan, bill.terms.used, bill.held.currency)
        self._card.set_visibility(bool(meters))
        self._meters.show(meters)
