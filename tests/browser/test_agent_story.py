"""Documents answer, and a person where they don’t know: an Owner, a Member, visitors of a page of another origin."""

from collections.abc import Callable

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from data.models import Role
from tests.support import papers, shop
from tests.support.served import Served, let_in
from tests.support.shop import Shop
from tests.support.steps import befriend, box, card

Open = Callable[..., Page]
OLGA, MIA = 'olga.agent@acme.com', 'mia.agent@acme.com'
SITE = 'shop.lan.test'
HANDBOOK = [
    [(papers.CHAPTER, 'Handbook'), (papers.BODY, 'Welcome to the shop. We sell lamps and small furniture.')],
    [
        (papers.CHAPTER, 'Shipping'),
        (papers.BODY, 'Parcels are delivered within two to three working days and cost 4.90 EUR.'),
        (papers.BODY, 'Orders above 80 EUR are delivered free of charge.'),
    ],
    [
        (papers.CHAPTER, 'Returns'),
        (papers.BODY, 'Unused goods can be sent back within thirty days. The refund arrives a week later.'),
    ],
]
TYPED = 'half a sentence'


def go(page: Page, server: Served, path: str) -> None:
    """Open a screen, and wait until it listens."""
    page.goto(f'{server.url}{path}')
    page.wait_for_function('window.socket?.connected')


def open_chat(visitor: Page, site: Shop, path: str) -> FrameLocator:
    """Visit the page and press the button of the chat."""
    visitor.goto(site.url(path, SITE))
    visitor.locator('botcadence-chat').get_by_role('button').click()
    chat = visitor.frame_locator('botcadence-chat iframe')
    expect(chat.get_by_role('textbox', name='Your message')).to_be_visible()
    return chat


def ask(chat: FrameLocator, text: str) -> None:
    """Write a message as a visitor does."""
    chat.get_by_role('textbox', name='Your message').fill(text)
    chat.get_by_role('button', name='Send').click()


@pytest.mark.slow
def test_documents_answer_and_a_person_where_they_do_not(server: Served, browser_page: Open) -> None:
    with shop.opened() as site:
        tell_the_story(server, browser_page, site)


def tell_the_story(server: Served, browser_page: Open, site: Shop) -> None:
    olga, mia, visitor = browser_page(), browser_page(), browser_page()
    at = let_in(olga, server.url, OLGA)
    let_in(mia, server.url, MIA)
    befriend(server, OLGA, MIA, at, Role.MEMBER)
    go(olga, server, f'/organizations/{at}/projects')
    olga.get_by_role('button', name='Create the first project').click()
    box(olga.get_by_role('dialog'), 'Name').fill('Support')
    olga.get_by_role('dialog').get_by_role('button', name='Create project').click()
    expect(olga.get_by_role('heading', name='Support', level=1)).to_be_visible()
    olga.wait_for_url('**/projects/*')  # it comes with the screen
    project = olga.url.removeprefix(server.url)

    # the handbook comes in, and is ready without a reload
    go(olga, server, f'{project}/knowledge')
    file = {'name': 'handbook.pdf', 'mimeType': 'application/pdf', 'buffer': papers.pdf(HANDBOOK)}
    olga.locator('input[type=file]').first.set_input_files(file)
    row = olga.locator('.source-row', has_text='handbook.pdf')
    expect(row).to_contain_text('Ready', timeout=30_000)

    # tried before anybody sees it: an extract with file, heading and page
    go(olga, server, f'{project}/agent')
    trial = olga.locator('.trial')
    trial.get_by_role('textbox').fill('How long until my parcel is delivered?')
    trial.get_by_role('textbox').press('Enter')
    expect(trial).to_contain_text('two to three working days')
    expect(trial).to_contain_text('handbook.pdf')
    expect(trial).to_contain_text('page 2')

    # the site is listed, the agent published, the tag copied into the page
    go(olga, server, f'{project}/install')
    sites = card(olga, 'Sites')
    sites.get_by_role('textbox').fill(site.url('', SITE))
    sites.get_by_role('button', name='Save draft').click()
    expect(sites).to_contain_text('Saved in the draft')
    go(olga, server, f'{project}/agent')
    olga.get_by_role('button', name='Publish').click()
    dialog = olga.get_by_role('dialog')
    dialog.get_by_role('textbox').fill('The first one')
    dialog.get_by_role('button', name='Publish').click()
    expect(olga.get_by_text('Visitors get version 1.')).to_be_visible()
    go(olga, server, f'{project}/install')
    tag = olga.locator('code', has_text='<script').inner_text()
    site.put('/', tag)

    # a visitor asks, reads the source, asks what is not in there, and for a person
    chat = open_chat(visitor, site, '/')
    ask(chat, 'How long until my parcel is delivered?')
    log = chat.get_by_role('log')
    expect(log).to_contain_text('two to three working days')
    log.locator('summary', has_text='handbook.pdf').first.click()
    expect(log).to_contain_text('page 2')
    ask(chat, 'Do you repair bicycles?')
    chat.get_by_role('button', name='Talk to a person').click()

    # a Member takes over, writes while the visitor writes, gives back, resolves
    go(mia, server, f'{project}/conversations')
    mia.locator('.inbox-row').first.click()
    talk = mia.locator('.inbox-talk')
    expect(talk).to_contain_text('Do you repair bicycles?')
    talk.get_by_role('button', name='Take over').click()
    expect(chat.locator('#state')).to_contain_text('You talk to')
    chat.get_by_role('textbox', name='Your message').press_sequentially(TYPED)
    expect(talk.get_by_role('status')).to_contain_text('typing')
    reply = talk.get_by_role('textbox', name='Reply')
    reply.press_sequentially('Yes, every Tues')
    expect(chat.locator('#typing')).to_contain_text('typing')
    chat.get_by_role('button', name='Send').click()
    expect(talk.get_by_role('log')).to_contain_text(TYPED)
    expect(reply).to_have_value('Yes, every Tues')
    reply.press_sequentially('day.')
    reply.press('Enter')
    expect(log).to_contain_text('Yes, every Tuesday.')
    talk.get_by_role('button', name='Give back').click()
    ask(chat, 'Can I send goods back?')
    expect(log).to_contain_text('within thirty days')
    talk.get_by_role('button', name='Resolve').click()
    expect(chat.locator('#state')).to_contain_text('Closed')

    # the Owner writes the missing answer, and the next visitor gets it
    go(olga, server, f'{project}/unanswered')
    expect(olga.get_by_text('Do you repair bicycles?')).to_be_visible()
    olga.get_by_role('button', name='Write the answer').first.click()
    dialog = olga.get_by_role('dialog')
    box(dialog, 'Answer').fill('We repair bicycles of any make every Tuesday.')
    dialog.get_by_role('button', name='Save').click()
    other = browser_page()
    next_chat = open_chat(other, site, '/')
    ask(next_chat, 'Can you repair my bicycle?')
    expect(next_chat.get_by_role('log')).to_contain_text('every Tuesday')
    expect(olga.get_by_role('main')).to_contain_text('Nothing is unanswered.')
