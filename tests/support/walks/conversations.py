"""Walks through conversations, canned replies and leads: none yet, many, one open, and what a viewer sees of them."""

from collections.abc import Iterator

from playwright.sync_api import Page, expect

from data import database
from data.database import Actor, System
from data.models import Conversation, Lead, MessageRole
from data.services import conversations, projects, replies
from data.services.conversations import messages
from tests.support.conversing import ANSWERING, Guest, crowd, serving_project
from tests.support.steps import box, give_up, standing
from tests.support.walks.registry import HOME, MUCH, READER, House, close, walks

PROJECT = f'{HOME}/projects/{{project_id}}'
ALL, ONE, REPLIES = (
    f'{PROJECT}/conversations',
    f'{PROJECT}/conversations/{{conversation_id}}',
    f'{PROJECT}/conversations/replies',
)
LEADS = f'{PROJECT}/leads'
TALKING, SILENT = 'Talking', 'Silent'
PASSAGE = {
    'passage': 'a' * 16,
    'source': 'b' * 16,
    'name': 'handbook.pdf',
    'kind': 'file',
    'heading': 'Lost',
    'page': 12,
}


def made(house: House) -> tuple[str, str, str]:
    """A project in which much is said, one of its conversations, and a project in which nothing is."""
    with standing(house.server, f'{MUCH}@acme.com', house.homes[MUCH]) as actor:
        if not projects.portion(actor, TALKING).rows:
            fill(actor)
            projects.create(actor, {'name': SILENT, 'description': ''})
        busy, still = (projects.portion(actor, name).rows[0].id for name in (TALKING, SILENT))
        found = conversations.portion(actor, busy, search='zither').rows
    return busy, found[0].id, still


def fill(actor: Actor) -> None:
    """Make a project in which much is said."""
    project_id, serving = serving_project(actor, TALKING)
    guest = Guest(serving)
    guest.say('My zither has not arrived.\nשלום, and <b>hello</b>')
    at = {'organization_id': actor.organization_id, 'project_id': project_id, 'conversation_id': guest.at}
    with database.transaction(System(actor.organization_id)) as tx:
        talk = tx.find(Conversation, guest.at)
        source = {**PASSAGE, 'text': 'Report it within 14 days.'}
        messages.add(tx, talk, MessageRole.AGENT, 'Report it within 14 days.', outcome='answered', sources=[source])
        address = {'email': 'zoe@shop.example', 'email_key': 'zoe@shop.example', 'name': 'Zoe'}
        tx.add(Lead(**at, **address, consent='You may keep this address to answer me.'))
        tx.add(Lead(**at, **{**address, 'email_key': 'y@shop.example', 'email': 'y@shop.example'}, consent='Yes'))
    guest.ask_person()
    conversations.tag(actor, guest.at, 'parcel')
    conversations.note(actor, guest.at, 'The carrier was asked', 'note')
    crowd(serving, 60)
    crowd(serving, 3, ANSWERING, 'Who pays for returns?')
    replies.add(actor, project_id, {'title': 'Lost parcel', 'text': 'I am sorry.\nI have asked the carrier.'})


def see(page: Page, house: House, person: str, project_id: str, screen: str) -> None:
    """Open a screen of a project."""
    house.open(page, person, f'/projects/{project_id}/{screen}')


@walks(ALL, MUCH)
def all_conversations(page: Page, house: House) -> Iterator[str]:
    busy, _, still = made(house)
    see(page, house, MUCH, still, 'conversations')
    expect(page.get_by_text('Nobody has written yet.')).to_be_visible()
    yield 'no conversations'
    see(page, house, MUCH, busy, 'conversations')
    expect(page.get_by_role('button', name='Show more')).to_be_visible()
    yield 'conversations'


@walks(ONE, MUCH)
def one_conversation(page: Page, house: House) -> Iterator[str]:
    busy, one, _ = made(house)
    see(page, house, MUCH, busy, f'conversations/{one}')
    expect(page.get_by_role('log')).to_contain_text('zither')
    yield 'a conversation that waits'
    page.get_by_text('handbook.pdf').click()
    page.get_by_role('button', name='Canned replies').click()
    expect(page.get_by_role('button', name='Lost parcel')).to_be_visible()
    yield 'canned replies beside a reply'
    page.keyboard.press('Escape')
    page.get_by_role('button', name='Note', exact=True).click()
    yield 'a note'
    unfold = page.get_by_role('button', name='About the visitor')
    if unfold.is_visible():
        unfold.click()
        yield 'about the visitor'
    page.get_by_role('button', name='Delete conversation').click()
    expect(page.get_by_role('dialog', name='Delete this conversation?')).to_be_visible()
    yield 'delete a conversation'
    close(page)


@walks(ONE, READER)
def a_conversation_of_a_viewer(page: Page, house: House) -> Iterator[str]:
    busy, one, _ = made(house)
    see(page, house, READER, busy, f'conversations/{one}')
    expect(page.get_by_text('can answer visitors')).to_be_visible()
    yield 'conversation of a viewer'


@walks(REPLIES, MUCH)
def canned_replies(page: Page, house: House) -> Iterator[str]:
    busy, _, still = made(house)
    see(page, house, MUCH, still, 'conversations/replies')
    expect(page.get_by_text('No canned replies yet.')).to_be_visible()
    yield 'no canned replies'
    see(page, house, MUCH, busy, 'conversations/replies')
    expect(page.get_by_text('I have asked the carrier.')).to_be_visible()
    yield 'canned replies'
    page.get_by_role('button', name='New reply').click()
    dialog = page.get_by_role('dialog', name='New canned reply')
    box(dialog, 'Title').fill('Lost parcel')
    box(dialog, 'Text').fill('Twice')
    dialog.get_by_role('button', name='Save reply').click()
    expect(dialog).to_contain_text('There is a reply of this title already.')
    yield 'title of a reply refused'
    yield from give_up(page, dialog)


@walks(REPLIES, READER)
def canned_replies_of_a_viewer(page: Page, house: House) -> Iterator[str]:
    busy, *_ = made(house)
    see(page, house, READER, busy, 'conversations/replies')
    expect(page.get_by_text('can answer visitors')).to_be_visible()
    yield 'canned replies of a viewer'


@walks(LEADS, MUCH)
def all_leads(page: Page, house: House) -> Iterator[str]:
    busy, _, still = made(house)
    see(page, house, MUCH, still, 'leads')
    expect(page.get_by_text('Nobody has left an address yet.')).to_be_visible()
    yield 'no leads'
    see(page, house, MUCH, busy, 'leads')
    expect(page.get_by_text('zoe@shop.example').first).to_be_visible()
    yield 'leads'


@walks(LEADS, READER)
def leads_of_a_viewer(page: Page, house: House) -> Iterator[str]:
    busy, *_ = made(house)
    see(page, house, READER, busy, 'leads')
    expect(page.get_by_text('can export leads')).to_be_visible()
    yield 'leads of a viewer'
