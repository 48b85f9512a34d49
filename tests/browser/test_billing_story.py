"""An organization is billed, in real browsers: a plan, more members, limits, an invoice, unpaid, paid; all live."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing as closing_of
from contextlib import contextmanager
from datetime import date, timedelta

import pypdfium2
from playwright.sync_api import Locator, Page, expect

from data import clock
from data.models import Role
from data.services import billing_address, payments, projects
from data.services.invoices import closing, finalizing, rounds
from data.services.invoices.looking import portion
from tests.support import catalogues
from tests.support.documents import make_missing
from tests.support.raw import Person
from tests.support.served import ROOT, Served, let_in
from tests.support.steps import befriend, box, card, standing
from tests.support.walks.settings import GERMAN

Open = Callable[..., Page]
OLGA, MIA, ADAM = 'olga.bill@acme.com', 'mia.bill@acme.com', 'adam.bill@acme.com'
TYPED = 'PO 4711/'


def newcomer(number: int) -> str:
    """The address of one more colleague."""
    return f'colleague{number}.bill@acme.com'


@contextmanager
def later(days: int) -> Iterator[date]:
    """Let it be some days later, in this process; the day."""
    there = clock._system() + timedelta(days=days)
    clock.source = lambda: there
    try:
        yield there.date()
    finally:
        clock.source = clock._system


def at_home(page: Page, server: Served, at: str, path: str) -> None:
    """Open a screen of the organization."""
    page.goto(f'{server.url}/organizations/{at}{path}')
    page.wait_for_function('window.socket?.connected')


def banner(page: Page) -> Locator:
    """What stands above the screen."""
    return page.get_by_role('region', name='Status of the organization')


def new_project(page: Page, server: Served, at: str, name: str) -> None:
    """Make a project as people do, and come back."""
    page.get_by_role('button', name='New project').click()
    dialog = page.get_by_role('dialog', name='New project')
    box(dialog, 'Name').fill(name)
    dialog.get_by_role('button', name='Create project').click()
    expect(page.get_by_role('heading', name=name)).to_be_visible()
    at_home(page, server, at, '/projects')


def invoice(at: str) -> str:
    """Close the period that is over in a month, and make its invoice final; its number."""
    with later(32):
        closing.close(at)
    with later(34):
        [number] = [finalizing.finalize(*each).number for each in rounds.to_finalize() if each[0] == at]
        make_missing()
    assert number
    return number


def mark_paid(server: Served, number: str) -> None:
    """What whoever runs the installation types once the money has come, in a process of its own."""
    command = [sys.executable, '-m', 'data', 'mark-paid', number]
    subprocess.run(command, check=True, env=server.environment, cwd=ROOT, capture_output=True)


def test_an_organization_is_billed(server: Served, browser_page: Open) -> None:
    olga, mia = browser_page(), browser_page(viewport={'width': 390, 'height': 800})
    at = let_in(olga, server.url, OLGA)
    let_in(mia, server.url, MIA)
    for email in (ADAM, *map(newcomer, range(9))):
        somebody = Person(server)
        assert somebody.sign_up(email).status_code == 303
        somebody.http.close()
    befriend(server, OLGA, MIA, at, Role.MEMBER)
    befriend(server, OLGA, ADAM, at, Role.ADMIN)
    with standing(server, OLGA, at):
        catalogues.applied(
            ('trial_days = 14\n', ''), ('projects = { included = 10, over', 'projects = { included = 5, over')
        )
    at_home(mia, server, at, '/projects')

    # a plan is chosen, and what that comes to is the same before and after
    at_home(olga, server, at, '/billing/plans')
    olga.locator('.plans-table').get_by_role('button', name='Change: Team').click()
    dialog = olga.get_by_role('dialog', name='Change to Team?')
    expect(dialog).to_contain_text('Team begins today, at €49.00 a month.')
    [before] = [row.inner_text() for row in dialog.locator('.bill tbody tr').all()]
    dialog.get_by_role('button', name='Change to Team').click()
    expect(olga.locator('.plans-table .plans-head', has_text='Team')).to_contain_text('Your plan')
    olga.get_by_role('link', name='Billing', exact=True).last.click()
    expect(olga).to_have_title('Billing · olga.bill · Botcadence')
    lines = card(olga, 'Next invoice').locator('.bill tbody')
    expect(lines).to_contain_text('Team')
    assert before.split('\n')[-1].split('\t')[-1] in lines.inner_text()

    # members come, seats and the forecast follow, and what is typed stays
    reference = box(card(olga, 'Your reference'), 'Reference or order number (optional)')
    reference.fill(TYPED)
    used = card(olga, 'Used and included')
    expect(used).to_contain_text('3 of 5')
    for number in range(9):
        befriend(server, OLGA, newcomer(number), at, Role.MEMBER)
    expect(used).to_contain_text('12 of 5')
    expect(used).to_contain_text('7 billed at €6.00 a month each, by the day')
    expect(lines).to_contain_text('Members beyond 5')
    expect(reference).to_have_value(TYPED)
    card(olga, 'Your reference').get_by_role('button', name='Save reference').click()
    expect(card(olga, 'Your reference')).to_contain_text('Saved')

    # a limit comes near, and is reached
    with standing(server, OLGA, at) as actor:
        for name in ('One', 'Two', 'Three'):
            projects.create(actor, {'name': name})
    expect(used).to_contain_text('3 of 5')
    new_project(mia, server, at, 'Four')
    expect(banner(olga)).to_contain_text('80\N{NO-BREAK SPACE}% of projects in use')
    expect(banner(mia)).to_have_count(0)
    new_project(mia, server, at, 'Five')
    expect(banner(olga)).to_contain_text('Limit reached')
    expect(banner(mia)).to_contain_text('No other project can be created')

    # the period is over: an invoice, and its PDF
    expect(card(olga, 'Next invoice')).to_contain_text('There is no billing address yet.')
    with standing(server, OLGA, at) as actor:
        billing_address.set_address(actor, GERMAN, version=0)
        expect(card(olga, 'Next invoice').get_by_role('link', name='Add the billing address')).to_have_count(0)
        number = invoice(at)
        [row] = portion(actor).rows
    rows = card(olga, 'Invoices').locator('.invoice-row')
    expect(rows).to_contain_text(number)
    expect(card(olga, 'How to pay')).to_contain_text(number)
    with olga.expect_download() as download:
        rows.get_by_role('link', name=f'PDF of {number}').click()
    assert download.value.path().read_bytes().startswith(b'%PDF-')
    assert download.value.suggested_filename == f'{number}.pdf'

    # it is not paid: Owners and Admins are told, then everybody is, and nobody can change anything
    assert row.due_on
    with standing(server, OLGA, at):
        payments.chase(at, row.due_on + timedelta(days=1))
        expect(banner(olga)).to_contain_text('Past due')
        expect(banner(olga).get_by_role('link', name='See the invoices')).to_be_visible()
        expect(banner(mia)).to_contain_text('Limit reached')
        for days in range(2, 20):
            payments.chase(at, row.due_on + timedelta(days=days))
    expect(banner(mia)).to_contain_text('Restricted')
    expect(banner(mia)).to_contain_text(f'Ask an Owner about it: {OLGA}')
    expect(
        mia.get_by_text(
            'This organization is restricted. Nobody can create, change or delete projects and what is in them now.'
        )
    ).to_be_visible()
    expect(mia.get_by_role('button', name='New project')).to_have_count(0)

    # the money has come
    mark_paid(server, number)
    expect(banner(olga)).to_contain_text('Limit reached', timeout=2000)
    expect(mia.get_by_role('button', name='New project')).to_be_visible(timeout=2000)
    expect(rows).to_contain_text('Paid')

    # its page on paper begins with it, and says nothing that only a screen is for
    rows.get_by_role('link', name=number, exact=True).click()
    expect(olga.get_by_role('article', name=f'Invoice {number}')).to_be_visible()
    with closing_of(pypdfium2.PdfDocument(olga.pdf(format='A4'))) as paper:
        first = paper[0].get_textpage().get_text_bounded()
    assert 'Bill to' in first and number in first
    assert 'Skip to the content' not in first
