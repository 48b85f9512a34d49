"""The registry of screens: paths with parameters, groups of the menu, screens of a person."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from nicegui import Client
from nicegui.testing import User as Browser

from components.kit.switcher import Switcher
from data.database import Actor
from data.models import Role
from data.permissions import Member, Permission
from data.problems import NotFound, Unavailable
from data.services import members, organizations, projects
from tests.support.visitors import Visitor, until
from tests.support.world import World, email_of, inside

Visit = Callable[..., Awaitable[Visitor]]
Built = list[tuple[Any, dict[str, str]]]


@pytest.fixture
def project(world: World) -> str:
    """The id of a project of Acme."""
    return projects.create(world.owner, {'name': 'Website', 'description': ''}).id


@pytest.fixture
def built(user: Browser) -> Iterator[Built]:
    """Four more screens, and what they were built with: three of a project, one of whoever is signed in."""
    from components.kit.text import heading
    from pages.shell import screens
    from pages.shell.screens import Menu, org_page, user_page

    calls: Built = []
    before = dict(screens.SCREENS)

    @org_page('/projects/{project_id}', title='Project', permission=Permission.ORGANIZATION_VIEW, menu=Menu.PROJECT)
    async def project(member: Member, project_id: str) -> None:
        calls.append((member, {'project_id': project_id}))
        heading(f'Project {project_id}')

    @org_page('/projects/{project_id}/plans', title='Plans', permission=Permission.BILLING_VIEW, menu=Menu.PROJECT)
    async def plans(member: Member, project_id: str) -> None:
        calls.append((member, {'project_id': project_id}))
        heading('Plans')

    @org_page(
        '/projects/{project_id}/talks/{talk_id}', title='Talk', permission=Permission.ORGANIZATION_VIEW, menu=None
    )
    async def talk(member: Member, project_id: str, talk_id: str) -> None:
        raise NotFound(f'The conversation {talk_id} is no longer here.')

    @user_page('/organizations/mine', title='My things', menu=None)
    async def mine(actor: Actor) -> None:
        calls.append((actor, {}))
        heading('My things')

    yield calls
    screens.SCREENS.clear()
    screens.SCREENS.update(before)


def links(visitor: Visitor, group: str) -> dict[str, str | None]:
    """The entries of a group of the menu by their labels, {} where the group is hidden."""
    menus = [it for it in visitor._elements() if it.props.get('aria-label') == group and it.tag == 'nav']
    visible = [menu for menu in menus if menu.visible]
    return {link.text: link.props.get('href') for menu in visible for link in menu.default_slot.children}


async def test_a_path_with_parameters_brings_them(built: Built, visit: Visit, world: World, project: str) -> None:
    olga = await visit(email_of(world.owner))
    await olga.open(f'/organizations/{world.organization_id}/projects/{project}?project_id=other&member=olga')
    await olga.sees(f'Project {project}')
    [(member, ids)] = built
    assert (member.organization_id, member.role, ids) == (world.organization_id, Role.OWNER, {'project_id': project})
    assert olga.title == 'Project · Website · Acme · Botcadence'


async def test_a_row_that_is_not_there_is_told_as_that(built: Built, visit: Visit, world: World, project: str) -> None:
    path = f'/organizations/{world.organization_id}/projects/{project}/talks/7'
    olga = await visit(email_of(world.owner))
    await olga.open(path)
    await olga.sees('The conversation 7 is no longer here.', 'Go to Project')
    assert (olga.path, built) == (path, [])
    assert olga.title == 'Not found · Website · Acme · Botcadence'
    assert current(olga) == []
    now = organizations.membership(world.owner).organization
    organizations.rename(world.owner, 'Beta', version=now.version)
    await until(lambda: olga.title == 'Not found · Website · Beta · Botcadence')
    assert current(olga) == []
    await olga.go(f'/organizations/{world.organization_id}/projects/{project}')
    await olga.sees(f'Project {project}')
    assert current(olga) == ['Project']


async def test_a_project_has_a_menu_and_a_name_while_one_is_in_it(
    built: Built, visit: Visit, world: World, project: str
) -> None:
    at = f'/organizations/{world.organization_id}'
    olga = await visit(email_of(world.owner))
    await olga.open(at)
    assert (links(olga, 'Project'), switched(olga)) == ({}, ('Acme', 'Owner', ''))
    assert links(olga, 'Organization')['Overview'] == at
    for elsewhere in (f'{at}/settings', '/account', '/organizations/mine', f'{at}/nothing'):
        await olga.go(f'{at}/projects/{project}/plans')
        await until(lambda: olga.title == 'Plans · Website · Acme · Botcadence')
        assert switched(olga) == ('Acme', 'Owner', 'Website')
        there = {'Project': f'{at}/projects/{project}', 'Plans': f'{at}/projects/{project}/plans'}
        assert links(olga, 'Project').items() >= there.items(), 'among other screens of a project'
        assert current(olga) == ['Plans']
        await olga.go(elsewhere)
        await until(lambda: not olga.title.startswith('Plans'))
        assert (links(olga, 'Project'), switched(olga)) == ({}, ('Acme', 'Owner', '')), elsewhere
        assert links(olga, 'Organization')['Overview'] == at


async def test_what_a_project_is_called_is_live_on_every_screen_of_it(
    built: Built, visit: Visit, world: World, project: str
) -> None:
    vera, mia = await visit(email_of(world.viewer)), await visit(email_of(world.member))
    await vera.open(f'/organizations/{world.organization_id}/projects/{project}')
    await mia.open(f'/organizations/{world.organization_id}/projects/{project}/plans')  # a screen that she may not see
    assert mia.title == 'Plans · Website · Acme · Botcadence'
    renamed = {'name': '<b>Shop</b> · {who}', 'description': ''}
    projects.change(world.owner, project, renamed, version=1)
    await until(lambda: vera.title == 'Project · <b>Shop</b> · {who} · Acme · Botcadence')
    await until(lambda: mia.title == 'Plans · <b>Shop</b> · {who} · Acme · Botcadence')
    assert switched(vera)[2] == switched(mia)[2] == '<b>Shop</b> · {who}'
    projects.create(world.owner, {'name': 'Another', 'description': ''})
    organizations.rename(world.owner, 'Beta', version=organizations.membership(world.owner).organization.version)
    await until(lambda: vera.title == 'Project · <b>Shop</b> · {who} · Beta · Botcadence')
    assert len(built) == 1, 'nothing was built anew'


async def test_a_permission_counts_there_too(built: Built, visit: Visit, world: World, project: str) -> None:
    mia = await visit(email_of(world.member))
    await mia.open(f'/organizations/{world.organization_id}/projects/{project}/plans')
    await mia.sees('Plans', 'Only Owners and Admins can see billing. You are a Member.')
    assert built == []
    stranger = await visit(email_of(world.stranger))
    answer = await stranger.get(f'/organizations/{world.organization_id}/projects/{project}')
    assert answer.status_code == 303
    assert built == []


async def test_a_screen_of_a_person_knows_where_they_were_last(built: Built, visit: Visit, world: World) -> None:
    olga = await visit(email_of(world.owner))
    await olga.open('/organizations/mine')
    await olga.sees('My things')
    [(actor, _)] = built
    assert (actor.user_id, actor.organization_id) == (world.owner.user_id, world.organization_id)
    assert olga.title == 'My things · Botcadence'
    assert links(olga, 'Organization')['Settings'] == f'/organizations/{world.organization_id}/settings'
    signed_out = await visit()
    answer = await signed_out.get('/organizations/mine')
    assert answer.headers['location'].startswith('/sign-in')
    assert len(built) == 1


async def test_a_screen_that_could_not_be_entered_can_be_tried_again(
    built: Built, visit: Visit, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, other = world.organization_id, organizations.create(world.owner, 'Other').id
    there = projects.create(inside(world.owner, other), {'name': 'Theirs', 'description': ''}).id
    olga = await visit(email_of(world.owner))
    await olga.open(f'/organizations/{home}')

    def fail(*_: object) -> None:
        raise Unavailable

    for path, title in (
        (f'/organizations/{home}/members', 'Team members · Acme'),
        (f'/organizations/{other}/projects/{there}', 'Could not be shown'),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(organizations, 'picture', fail)
            await olga.go(path)
            await olga.sees('This screen could not be shown', str(Unavailable()))
        assert olga.title == f'{title} · Botcadence'
        assert links(olga, 'Organization')['Settings'] == f'/organizations/{home}/settings', 'the frame is that of Acme'
        assert links(olga, 'Project') == {}, 'the project in the path is of another organization'
        assert current(olga) == (['Team members'] if home in path else [])
        olga.navigate.to(path)
        await until(lambda: 'could not be shown' not in olga.shown)
    await until(lambda: olga.title == 'Project · Theirs · Other · Botcadence')
    assert links(olga, 'Organization')['Settings'] == f'/organizations/{other}/settings'
    assert current(olga) == ['Project']


def switched(visitor: Visitor) -> tuple[str, str, str]:
    """What the switcher says: organization, role, project."""
    [switcher] = [it for it in visitor._elements() if isinstance(it, Switcher)]
    return switcher.props['name'], switcher.props['role'], switcher.props['project']


def current(visitor: Visitor) -> list[str]:
    """The entry of the menu that is marked."""
    return [it.text for it in visitor._elements() if it.props.get('aria-current') == 'page']


async def test_where_no_screen_is_nothing_is_built_and_the_frame_is_that_of_last_time(
    built: Built, visit: Visit, world: World, project: str
) -> None:
    home = f'/organizations/{world.organization_id}'
    olga = await visit(email_of(world.owner))
    await olga.open(home)
    for path in ('/organizations/nope/nope/nope', f'{home}/projects/{project}/nope'):
        assert (await olga.get(path)).status_code == 404
        olga.client = list(Client.instances.values())[-1]
        await olga.sees('There is nothing here', 'Owner')
        assert links(olga, 'Organization')['Settings'] == f'{home}/settings'
        assert (links(olga, 'Project'), current(olga), built) == ({}, [], [])
    await olga.open(home)
    assert olga.notify.messages == []


async def test_a_question_counts_only_where_it_was_asked(visit: Visit, world: World) -> None:
    path = f'/organizations/{world.organization_id}/settings'
    adam = await visit(email_of(world.admin))
    await adam.open(path)
    adam.form('name').fill(name='Typed')
    adam.navigate.to('/organizations')
    await adam.sees('Leave without saving?')
    members.remove(world.owner, world.admin.user_id)
    await until(lambda: adam.path not in (path, '/organizations'))
    elsewhere = adam.path
    adam.press('Leave')
    await until(lambda: 'Leave without saving?' not in adam.shown)
    assert (adam.path, adam.notify.messages) == (elsewhere, ['You no longer have access to Acme.'])
