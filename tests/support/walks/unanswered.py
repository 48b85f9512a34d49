"""A walk through unanswered questions: none yet, some, the answer to one, and what a viewer sees of them."""

from collections.abc import Iterator

from playwright.sync_api import Page, expect

from data import database
from data.database import System
from data.models import Unanswered
from data.services import projects, unanswered
from tests.support import searched
from tests.support.steps import act, box, give_up, standing
from tests.support.talking import agent_of, ask
from tests.support.walks.registry import HOME, MUCH, READER, House, close, walks

UNANSWERED = f'{HOME}/projects/{{project_id}}/unanswered'
ASKED = 'Do you have a shop in Berlin?'
LONG = 'Where does the zeppelin from Friedrichshafen land, ' * 30
PROJECT = 'Asked much'


def asked(house: House) -> str:
    """A project in which something is asked that nothing answers."""
    with standing(house.server, f'{MUCH}@acme.com', house.homes[MUCH]) as actor:
        if found := projects.portion(actor, PROJECT).rows:
            return found[0].id
        agent = agent_of(actor)
        projects.change(actor, agent.project_id, {'name': PROJECT}, version=1)
        for text in (
            ASKED,
            ASKED,
            LONG,
            'יש לכם חנות בברלין?',
            '<b>Gift</b> cards?',
            'Is Monday a holiday in Bavaria?',
        ):
            ask(agent, text)
        rows = {it.question: it.id for it in unanswered.portion(actor, agent.project_id).rows}
        with database.transaction(System(actor.organization_id)) as tx:  # around the limit that is reached here
            source = searched.answer(tx, agent.project_id, '<b>Gift</b> cards?', 'Yes, of 10 to 100 euros.')
            tx.find(Unanswered, rows[source.name]).source_id = source.id
        unanswered.dismiss(actor, rows['Is Monday a holiday in Bavaria?'])
    return agent.project_id


@walks(UNANSWERED, MUCH)
def unanswered_questions(page: Page, house: House) -> Iterator[str]:
    project_id = asked(house)
    with standing(house.server, f'{MUCH}@acme.com', house.homes[MUCH]) as actor:
        empty = projects.create(actor, {'name': 'Asked nothing', 'description': ''}).id
    house.open(page, MUCH, f'/projects/{empty}/unanswered')
    expect(page.get_by_text('Nothing is unanswered.')).to_be_visible()
    yield 'nothing unanswered'
    house.open(page, MUCH, f'/projects/{project_id}/unanswered')
    expect(page.get_by_text('Asked 2 times')).to_be_visible()
    expect(page.get_by_text('The answer is written as')).to_be_visible()
    yield 'unanswered questions'
    page.get_by_role('button', name=f'Write the answer: {ASKED}').click()
    dialog = page.get_by_role('dialog', name='Write the answer')
    yield 'write the answer'
    box(dialog, 'Answer').fill(' ')
    dialog.get_by_role('button', name='Save the answer').click()
    expect(dialog).to_contain_text('The answer is required.')
    yield 'answer refused'
    yield from give_up(page, dialog)
    act(page, ASKED, 'Dismiss')
    expect(page.get_by_text('Asked 2 times')).to_have_count(0)
    box(page, 'Show').click()
    page.get_by_role('option', name='Dismissed').click()
    expect(page.get_by_text('Asked 2 times')).to_be_visible()
    yield 'dismissed questions'
    act(page, ASKED, 'Take up again')
    expect(page.get_by_text('Asked 2 times')).to_have_count(0)
    close(page)


@walks(UNANSWERED, READER)
def unanswered_questions_of_a_viewer(page: Page, house: House) -> Iterator[str]:
    house.open(page, READER, f'/projects/{asked(house)}/unanswered')
    expect(page.get_by_text('Asked 2 times')).to_be_visible()
    yield 'unanswered questions of a viewer'
