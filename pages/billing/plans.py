"""The plans that there are, side by side: what each costs and includes, and the way to another one."""

from dataclasses import dataclass

from components.billing import PlanColumn, Plans
from components.kit.card import screen_head
from components.kit.text import Text
from data.changes import Change
from data.money import currencies
from data.permissions import Member, Permission
from data.problems import NotFound
from data.services import subscriptions
from data.services.audit import Topic
from data.services.plans import Plan
from data.services.plans.words import EVERY
from data.services.subscriptions import SubscriptionView
from data.services.subscriptions.terms import Terms, terms
from pages.billing import plan_words
from pages.billing.changing import ask_to_change
from pages.shell import live
from pages.shell.screens import org_page
from pages.shell.whereabouts import NOT_HERE
from pages.shell.words import day_of

NOTHING = 'There is nothing here.'


@dataclass(frozen=True)
class Offered:
    """What there is to choose from beside what the organization has."""

    held: SubscriptionView
    terms: Terms

    @property
    def plans(self) -> tuple[Plan, ...]:
        """The plans in the order of the catalogue; that of the organization as it has it, offered or not."""
        mine = self.held.plan
        found = tuple(mine if it.id == mine.id else it for it in self.held.offered)
        return found if mine in found else (mine, *found)


def offered(member: Member) -> Offered:
    """What the screen shows. Raises NotFound where there is no catalogue."""
    if not member.is_billed:
        raise NotFound(NOTHING)
    return Offered(subscriptions.standing(member), terms(member))


@org_page('/billing/plans', title=NOT_HERE, billed='Plans', permission=Permission.BILLING_VIEW, menu=None, load=offered)
def plans(member: Member, offered: Offered) -> None:
    """One table of all plans, the own one marked, and what would follow before anything does."""
    home = f'/organizations/{member.organization_id}/billing'
    screen_head(
        'Plans',
        'What each plan costs and includes. Nothing changes before you have seen what follows.',
        way=('Billing', home),
    )
    PlanScreen(member).draw(offered)


class PlanScreen:
    """The table, live."""

    def __init__(self, member: Member) -> None:
        self.reader = member

    def draw(self, first: Offered) -> None:
        """Draw what was read, and keep it live."""
        self.why = Text('p', '', 'muted why')
        self.table = Plans('Plans', self.choose)
        live.watch(Topic.BILLING, Topic.MEMBER, Topic.ORGANIZATION, read=offered)(self.catch_up)
        self.show(first)

    def catch_up(self, now: Member, _: Change, fresh: Offered) -> None:
        """Draw what has changed."""
        self.reader = now
        self.show(fresh)

    def show(self, now: Offered) -> None:
        """Draw the plans, and why none can be chosen where that is so."""
        self.now = now
        refused = self.reader.refused(Permission.BILLING_MANAGE)
        self.why.text = refused or ''
        self.why.set_visibility(bool(refused))
        columns = [column(plan, now.held, is_open=not refused) for plan in now.plans]
        self.table.show(columns, plan_words.rows(now.plans, now.held.currency))

    async def choose(self, plan_id: str) -> None:
        """Ask before another plan is chosen."""
        await ask_to_change(self.reader, plan_id, self.now.terms.tax_name)


def column(plan: Plan, held: SubscriptionView, *, is_open: bool) -> PlanColumn:
    """The head of a plan, with what can be done about it."""
    mark, why, act = '', '', 'Change'
    if plan.id == held.plan.id:
        mark, act = 'Your plan', ''
    elif held.following and held.following.id == plan.id:
        why, act = f'Begins on {day_of(held.next_on)}', ''
    elif plan.trial_days and held.may_try:
        act = f'Try it for {plan.trial_days} days'
    price, each = currencies.shown(plan.price, held.currency), EVERY[plan.interval]
    return PlanColumn(plan.id, plan.name, price, each, plan.sentence, mark, act if is_open else '', why)
