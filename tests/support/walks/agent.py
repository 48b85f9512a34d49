"""A walk through the agent of a project: never published, live with a draft that is other, and putting it on a site."""

from collections.abc import Iterator

from playwright.sync_api import Page, expect

from data.services import agents, projects
from data.services.agents import serving, sites
from tests.support.agents import publish_agent
from tests.support.steps import box, card, standing
from tests.support.walks.registry import HOME, MUCH, READER, House, close, walks

PATH = f'{HOME}/projects/{{project_id}}'
LONG = 'שאלות נפוצות, Łódź and everywhere else: whatever you would like to know about your order, ask it here.'


def open_screen(page: Page, house: House, person: str, name: str, screen: str) -> None:
    """Open a screen of the agent of the project with this name; that of Shop 11 has two versions and a newer draft."""
    with standing(house.server, f'{MUCH}@acme.com', house.homes[MUCH]) as actor:
        project_id = projects.portion(actor, name).rows[0].id
        if name == 'Shop 11' and not agents.view(actor, project_id).versions:
            publish_agent(actor, project_id, suggestions='When are you open?', sites='shop.example\nwww.shop.example')
            agent = publish_agent(actor, project_id, greeting=LONG, color='#FFCC00')
            agents.change_draft(actor, project_id, {'monday': '9-17', 'zone': 'UTC'}, version=agent.version)
            found = serving.find(agent.id)
            assert found is not None
            sites.seen(found, 'https://shop.example')
    house.open(page, person, f'/projects/{project_id}/{screen}')


@walks(f'{PATH}/agent', MUCH)
def an_agent(page: Page, house: House) -> Iterator[str]:
    open_screen(page, house, MUCH, 'Shop 12', 'agent')
    expect(page.get_by_text('Try the draft, then publish it.')).to_be_visible()
    yield 'agent that was never published'
    form = card(page, 'What it says')
    box(form, 'Name').fill('\u3164')
    form.get_by_role('button', name='Save draft').click()
    expect(form).to_contain_text('is required')
    yield 'name of an agent refused'
    form.get_by_role('button', name='Discard').click()
    open_screen(page, house, MUCH, 'Shop 11', 'agent')
    expect(page.get_by_text('Visitors get version 2.')).to_be_visible()
    page.get_by_role('button', name='When are you open?').click()
    expect(page.get_by_role('log')).to_contain_text('Our documents say nothing about that.')
    page.get_by_role('textbox', name='Question', exact=True).fill('Do you sell elephants?')
    page.keyboard.press('Enter')
    expect(page.get_by_role('log')).to_contain_text('Do you sell elephants?')
    page.get_by_text('Versions', exact=True).click()
    page.get_by_text('2 differences').click()
    yield 'agent with versions, tried'
    page.get_by_role('button', name='Publish', exact=True).click()
    expect(page.get_by_role('dialog', name='Publish version 3?')).to_be_visible()
    yield 'publish a version'
    close(page)


@walks(f'{PATH}/agent', READER)
def an_agent_of_a_viewer(page: Page, house: House) -> Iterator[str]:
    open_screen(page, house, READER, 'Shop 11', 'agent')
    expect(page.get_by_text('Only Owners, Admins and Members can').first).to_be_visible()
    yield 'agent of a viewer'


@walks(f'{PATH}/install', MUCH)
def installing(page: Page, house: House) -> Iterator[str]:
    open_screen(page, house, MUCH, 'Shop 12', 'install')
    expect(page.get_by_text('Nobody has opened the chat on a site of yours yet.')).to_be_visible()
    yield 'nothing installed yet'
    form = card(page, 'Sites')
    box(form, 'Sites (optional)').fill('*')
    form.get_by_role('button', name='Save draft').click()
    expect(form).to_contain_text('is no site')
    yield 'site refused'
    form.get_by_role('button', name='Discard').click()
    open_screen(page, house, MUCH, 'Shop 11', 'install')
    expect(card(page, 'Seen on')).to_contain_text('https://shop.example')
    yield 'installed'
    page.get_by_role('button', name='the secret').or_(page.get_by_role('button', name='Make a secret')).first.click()
    expect(page.get_by_role('dialog', name='The secret of this agent')).to_be_visible()
    yield 'secret of an agent'
    close(page)
