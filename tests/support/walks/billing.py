"""A walk through billing, where there is a catalogue of plans: the plan, what it comes to, plans side by side.

The catalogue holds only while such a walk is under way: without one, every screen looks another way.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import create_engine

from data import clock
from data.database import Actor
from data.models import Status
from data.services import billing_address, organizations, subscriptions
from data.services.invoices import closing, finalizing, rounds
from tests.support import catalogues
from tests.support.documents import make_missing
from tests.support.probes import run
from tests.support.steps import box, card, standing
from tests.support.walks.registry import HOME, MUCH, READER, House, close, walks
from tests.support.walks.settings import GERMAN

BRANCH = 'Branch 64'


@contextmanager
def sold(house: House) -> Iterator[Actor]:
    """Let there be plans for a while; an Owner in an organization of theirs that is there for nothing else."""
    with standing(house.server, f'{MUCH}@acme.com', house.homes[MUCH]) as actor:
        branch = next(at for at, (name, _) in organizations.choices(actor).items() if name == BRANCH)
        catalogues.applied()
        try:
            yield replace(actor, organization_id=branch)
        finally:
            engine = create_engine(house.server.database_url)
            run(engine, "UPDATE billing_settings SET catalogue_hash = ''")
            engine.dispose()


def billed(actor: Actor) -> None:
    """Let an organization have a dearer plan and an invoice, which is made in a month, if it has none yet."""
    if subscriptions.standing(actor).plan.id != 'free':
        return
    subscriptions.choose(actor, 'business', version=subscriptions.standing(actor).version)
    billing_address.set_address(actor, GERMAN, version=0)
    now = clock.now()
    try:
        clock.source = lambda: now + timedelta(days=32)
        closing.close(actor.organization_id)
        clock.source = lambda: now + timedelta(days=34)
        for each in rounds.to_finalize():
            finalizing.finalize(*each)
        make_missing()
    finally:
        clock.source = lambda: now


@walks(f'{HOME}/billing/plans', MUCH)
def plans(page: Page, house: House) -> Iterator[str]:
    with sold(house) as actor:
        house.visit(page, f'/organizations/{actor.organization_id}/billing/plans')
        shown = page.locator('.plans-table, .plans-cards').filter(visible=True)
        expect(shown).to_contain_text('then €4.00 per 1,000')
        yield 'plans'
        offered = shown.get_by_role('button', name='Try it for 14 days: Team')
        if subscriptions.standing(actor).plan.id == 'free':
            offered.click()
            dialog = page.get_by_role('dialog', name='Try Team?')
            expect(dialog.get_by_role('button', name='Start the trial of Team')).to_be_visible()
            yield 'a trial before it begins'
            close(page)
            shown.get_by_role('button', name='Change: Business').click()
            expect(page.get_by_role('dialog', name='Change to Business?')).to_contain_text('In all')
            yield 'a plan before it is chosen'
            close(page)


@walks(f'{HOME}/billing/plans', READER)
def plans_refused(page: Page, house: House) -> Iterator[str]:
    with sold(house):
        house.open(page, READER, '/billing/plans')
        expect(page.get_by_text('Only Owners and Admins can see billing.')).to_be_visible()
        yield 'plans refused'


@walks(f'{HOME}/billing', MUCH)
def plan_and_invoices(page: Page, house: House) -> Iterator[str]:
    with sold(house) as actor:
        house.visit(page, f'/organizations/{actor.organization_id}/billing')
        expect(page.get_by_role('heading', name='Billing', exact=True)).to_be_visible()
        yield 'a plan that costs nothing' if subscriptions.standing(actor).plan.id == 'free' else 'a plan'
        billed(actor)
        house.visit(page, f'/organizations/{actor.organization_id}/billing')
        expect(card(page, 'Invoices').locator('.invoice-row')).to_have_count(1)
        expect(card(page, 'How to pay')).to_contain_text('DE89 3704 0044 0532 0130 00')
        yield 'a plan, an invoice, and how to pay'
        box(card(page, 'Your reference'), 'Reference or order number (optional)').fill('PO 4711')
        yield 'a reference that is not saved'
        card(page, 'Your reference').get_by_role('button', name='Discard').click()
        page.get_by_role('button', name='Cancel plan').click()
        expect(page.get_by_role('dialog', name='Cancel Business?')).to_contain_text('Free begins on')
        yield 'a plan before it is canceled'
        close(page)
        organizations.change_status(actor.organization_id, Status.PAST_DUE, 'INV-1 is overdue')
        region = page.get_by_role('region', name='Status of the organization')
        expect(region.get_by_role('link', name='See the invoices')).to_be_visible()
        yield 'past due'
        organizations.change_status(actor.organization_id, Status.ACTIVE, '')
        expect(region).to_have_count(0)
