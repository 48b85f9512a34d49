"""The agent of a project on screen: settings and the trial beside them, publishing, versions, installing."""

from collections.abc import Awaitable, Callable

import pytest

from components.agents import Trial, Versions, ink_on
from data.models import Project, Role, Status
from data.services import agents, organizations, projects, sources
from data.services.agents import serving, sites
from data.services.passages import Piece
from tests.support import knowledge
from tests.support.agents import publish_agent
from tests.support.visitors import Visitor, until
from tests.support.world import World, email_of

Visit = Callable[..., Awaitable[Visitor]]


async def at_screen(visit: Visit, world: World, project: Project, screen: str, role: Role = Role.MEMBER) -> Visitor:
    visitor = await visit(email_of(world.of(role)))
    await visitor.open(f'/organizations/{world.organization_id}/projects/{project.id}/{screen}')
    await visitor.sees('What it says' if screen == 'agent' else 'The tag')
    return visitor


def part(visitor: Visitor, kind: type) -> Trial | Versions:
    [found] = [it for it in visitor._elements() if isinstance(it, kind)]
    return found


def ask(visitor: Visitor, question: object) -> None:
    visitor._fire(part(visitor, Trial), 'ask', question)


async def test_what_is_drafted_is_tried_and_published_and_used_again(
    visit: Visit, world: World, project: Project
) -> None:
    mia = await at_screen(visit, world, project, 'agent')
    assert 'The agent was never published' in mia.shown
    form = mia.form('agent').fill  # the last form that is kept under agent-…: the limits
    form(daily_ceiling='5')
    mia.form('agent').send()
    await until(lambda: agents.view(world.owner, project.id).daily_ceiling == 5)
    ask(mia, 'When are you open?')
    await mia.sees('Our documents say nothing about that.', 'Visitors are offered to talk to a person or')
    written = {'question': 'When are you open?', 'answer': 'From nine to five.', 'also': ''}
    sources.write_answer(world.member, project.id, written)
    ask(mia, 'when do you open')
    await mia.sees('From nine to five.', 'written answer', 'Why: ')
    file = knowledge.add(world.member, project.id, 'handbook.md')
    knowledge.read(file, [Piece('Orders > Returns', 7, 'Send a parcel back within thirty days of its delivery.')])
    ask(mia, 'How do I send a parcel back?')
    await mia.sees('This is what our documents say:', 'handbook.md', 'Orders > Returns, page 7')
    sources.remove(world.member, file.id)
    ask(mia, 'How do I send my parcel back?')
    await until(lambda: len(part(mia, Trial).props['lines']) == 8)
    assert part(mia, Trial).props['lines'][-1]['sources'] == ()
    ask(mia, 'x' * 2001)
    await mia.sees('The question is too long. Use at most 2000 characters.')
    ask(mia, ['no text'])
    mia.press('Publish')
    await mia.sees('Publish version 1?', 'It answers visitors from then on.')
    mia.press('Publish')
    await mia.sees('Live', 'Visitors get version 1. No site may show it yet', 'All of the draft is published.')
    agent_id = agents.view(world.owner, project.id).id
    assert serving.find(agent_id)
    publish_agent(world.owner, project.id, name='Ada')
    await mia.sees('Visitors get version 2.', '“Assistant” became “Ada”')
    mia._fire(part(mia, Versions), 'again', 2)  # it is what visitors get: not offered
    mia._fire(part(mia, Versions), 'again', 'x')
    mia._fire(part(mia, Versions), 'again', 1)
    await mia.sees('Use version 1 again?')
    mia.press('Use version 1')
    await mia.sees('Visitors get version 3.', 'Version 1 again')
    publish_agent(world.owner, project.id, name='Bea')
    mia.press('Pause')
    await mia.sees('Pause the agent?')
    mia.press('Pause agent')
    await mia.sees('The agent is paused: it answers nobody until somebody lets it answer again.')
    assert serving.find(agent_id) is None
    mia._fire(part(mia, Versions), 'again', 1)
    await mia.sees('Use version 1 again?', 'visitors get this once somebody lets it answer again.')
    mia.press('Let it answer again')
    await mia.sees('Visitors get version 4.')


async def test_what_was_changed_since_it_was_looked_at_is_not_published(
    visit: Visit, world: World, project: Project
) -> None:
    mia = await at_screen(visit, world, project, 'agent')
    mia.press('Publish')
    await mia.sees('Publish version 1?')
    agents.change_draft(world.owner, project.id, {'name': 'Bob'}, version=1)
    mia.press('Publish')
    await mia.is_told('The draft was changed in the meantime. Close this, look at what it is now, then publish that.')
    assert agents.view(world.owner, project.id).published is None


async def test_what_somebody_saves_is_on_all_screens_and_nothing_typed_is_lost(
    visit: Visit, world: World, project: Project
) -> None:
    mia, olga = [await at_screen(visit, world, project, 'agent', role) for role in (Role.MEMBER, Role.OWNER)]
    forms = [
        [it for it in who._elements() if str(it.props.get('data-form', '')).startswith('agent-says')]
        for who in (mia, olga)
    ]
    assert [len(found) for found in forms] == [1, 1]
    says = type(mia.form('agent'))(mia, forms[0][0])
    says.fill(greeting='Half a sen')
    agents.change_draft(world.owner, project.id, {'name': 'Ada', 'color': '#fc0'}, version=1)
    await until(lambda: part(olga, Trial).props['name'] == 'Ada')
    await until(lambda: part(mia, Trial).props['color'] == '#FFCC00')
    assert part(mia, Trial).props['ink'] == '#000000'
    await until(lambda: says['name'] == 'Ada')
    assert says['greeting'] == 'Half a sen'
    says.send()
    await until(lambda: agents.view(world.owner, project.id).draft.greeting == 'Half a sen')
    await until(lambda: part(olga, Trial).props['title'] == 'Half a sen')


async def test_who_may_not_change_it_reads_and_tries_it(visit: Visit, world: World, project: Project) -> None:
    publish_agent(world.owner, project.id)
    vera = await at_screen(visit, world, project, 'agent', Role.VIEWER)
    assert 'Only Owners, Admins and Members can create, change or delete projects and what is in them.' in vera.shown
    assert not {'Publish', 'Pause', 'Save draft', 'Save both'} & set(vera.shown.split('\n'))
    ask(vera, 'Are you open?')
    await vera.sees('Our documents say nothing about that.')
    await vera.open(f'/organizations/{world.organization_id}/projects/{project.id}/install')
    await vera.sees('The tag', 'Without a site')
    assert not {'Make a secret', 'Show the secret', 'Save draft'} & set(vera.shown.split('\n'))
    projects.archive(world.owner, project.id)
    await vera.sees('The project is archived: its agent answers nobody.')
    projects.reopen(world.owner, project.id)
    organizations.change_status(world.organization_id, Status.SUSPENDED, 'for a test')
    await vera.sees('The organization is suspended: its agents answer nobody.')


async def test_installing_says_what_is_missing_and_where_it_was_seen(
    visit: Visit, world: World, project: Project
) -> None:
    mia = await at_screen(visit, world, project, 'install')
    agent_id = agents.view(world.owner, project.id).id
    assert f'/widget.js?agent={agent_id}' in mia.shown
    await mia.sees(
        'The agent was never published', 'Go to the agent', 'Nobody has opened the chat on a site of yours yet.'
    )
    assert 'The chat as a page' not in mia.shown
    mia.form('agent').fill(sites='shop.example\n*').send()
    await until(lambda: 'is no site' in mia.form('agent').error('sites'))
    mia.form('agent').fill(sites='Shop.Example/cart').send()
    await mia.sees('These sites are in the draft.')
    await until(lambda: mia.form('agent')['sites'] == 'https://shop.example')
    version = agents.view(world.owner, project.id).version
    agents.publish(world.owner, project.id, '', version=version)
    await mia.sees('The chat as a page')
    await until(lambda: 'These sites are in the draft.' not in mia.shown)
    found = serving.find(agent_id)
    assert found is not None
    sites.seen(found, 'https://shop.example')
    await until(lambda: 'Nobody has opened the chat' not in mia.shown)
    mia.press('Make a secret')
    await mia.sees('The secret of this agent')
    assert agents.secret(world.owner, project.id) in mia.shown
    mia.press('Close')
    await mia.sees('Renew the secret')
    mia.press('Renew the secret')
    await mia.sees('What was signed with the secret before counts no longer')


@pytest.mark.parametrize(
    ('color', 'ink'), [('#FFFFFF', '#000000'), ('#000000', '#FFFFFF'), ('#0F6B5C', '#FFFFFF'), ('#FFCC00', '#000000')]
)
def test_what_is_written_on_a_color_can_be_read(color: str, ink: str) -> None:
    assert ink_on(color) == ink
