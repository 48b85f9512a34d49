"""How a project ends on its own screen: put away, deleted by its name, restored, erased while it is open."""

from datetime import timedelta
from typing import Any

from nicegui import ui

from components.kit.dialog import Question
from components.kit.part import Part
from components.kit.switcher import Switcher
from data import clock
from data.models import Project, ProjectStatus, Role
from data.services import members, projects
from data.services.projects import KEPT
from tests.support.project_screen import NO_EDIT, Visit, at_project, buttons, is_named, path_of
from tests.support.projects import GONE
from tests.support.visitors import Visitor, until
from tests.support.waiting import at_rest
from tests.support.world import World


def question_of(visitor: Visitor) -> tuple[list[Any], Any]:
    """The fields of the question that is open, and the button that does what it asks about."""
    [box] = [it for it in visitor._elements() if isinstance(it, Question)]
    inside_it = list(box.descendants())
    return [it for it in inside_it if isinstance(it, ui.input)], [it for it in inside_it if isinstance(it, ui.button)][
        -1
    ]


def answer(visitor: Visitor, typed: str = '') -> bool:
    """Do what the question asks about, once that may be pressed; whether it may be, after this is typed."""
    fields, go = question_of(visitor)
    for field in fields:
        with field:
            field.value = typed
    if go.enabled:
        visitor._fire(go, 'click')
    return bool(go.enabled)


def delete_long_ago(world: World, project: Project) -> None:
    """Let it have been deleted so long ago that it can't be restored any more, and nobody have erased it yet."""
    before, then = clock.source, clock.now() - KEPT - timedelta(seconds=1)
    clock.source = lambda: then
    projects.delete(world.admin, project.id, project.name)
    clock.source = before


async def test_it_is_put_away_and_taken_out_again(visit: Visit, world: World, project: Project) -> None:
    mia, vera = await at_project(visit, world, project), await at_project(visit, world, project, Role.VIEWER)
    mia.press('Archive project')
    await mia.sees('Archive this project?')
    mia.press('Cancel')
    await until(lambda: 'Archive this project?' not in mia.shown)
    assert projects.get(world.member, project.id).project.status is ProjectStatus.ACTIVE
    mia.press('Archive project')
    await mia.sees('Archive this project?')
    assert answer(mia)
    for visitor in (mia, vera):
        await visitor.sees('Archived', 'It answers nobody and counts nothing. All of it stays.')
    assert buttons(mia) == {'Take out of the archive', 'Delete project', 'Save project'}
    assert mia.form('project').is_open(), 'it may be named while it is put away'
    mia.press('Take out of the archive')
    for visitor in (mia, vera):
        await visitor.sees('Active', 'It works, and what it does is counted.')
    assert buttons(mia) == {'Archive project', 'Delete project', 'Save project'}


async def test_it_is_deleted_by_its_name_and_restored_by_another(visit: Visit, world: World, project: Project) -> None:
    mia, adam = await at_project(visit, world, project), await at_project(visit, world, project, Role.ADMIN)
    vera = await at_project(visit, world, project, Role.VIEWER)
    adam.form('project').fill(name='Half typed')
    mia.press('Delete project')
    until_when = f'{clock.now() + KEPT:%-d %B %Y, }'
    await mia.sees('Delete this project?', 'Website', until_when, 'Type Website to confirm')
    assert [answer(mia, typed) for typed in ('', 'Web', 'Website 2', ' website ')] == [False, False, False, True]
    for visitor in (mia, adam, vera):
        await visitor.sees('Being deleted', 'It answers nobody and counts nothing.', 'It can be restored until')
        assert visitor.path == path_of(world, project.id)
        assert not visitor.form('project').is_open()
    assert (buttons(mia), buttons(adam), buttons(vera)) == ({'Restore project'}, {'Restore project'}, set())
    await adam.sees('This project is being deleted. Restore it first.', 'you can’t save it now')
    assert adam.form('project')['name'] == 'Half typed'
    adam.press('Restore project')
    for visitor in (mia, adam, vera):
        await visitor.sees('It works, and what it does is counted.')
    assert adam.form('project').is_open()
    adam.form('project').send()
    await until(lambda: is_named(vera, 'Half typed'))


async def test_what_was_archived_is_so_again(visit: Visit, world: World, project: Project) -> None:
    projects.archive(world.admin, project.id)
    projects.delete(world.admin, project.id, 'Website')
    mia = await at_project(visit, world, project)
    mia.press('Restore project')
    await mia.sees('Archived', 'Take out of the archive')


async def test_two_who_do_the_same_are_both_answered(visit: Visit, world: World, project: Project) -> None:
    mia = await at_project(visit, world, project)
    mia.press('Archive project')
    await mia.sees('Archive this project?')
    projects.archive(world.admin, project.id)
    assert answer(mia)
    await mia.is_told('This project is archived already.')
    mia.press('Delete project')
    await mia.sees('Delete this project?')
    projects.change(world.admin, project.id, {'name': 'Renamed'}, version=project.version)
    assert answer(mia, 'Website')
    await mia.is_told('Type the name of the project: “Renamed”.')
    assert projects.get(world.member, project.id).project.status is ProjectStatus.ARCHIVED


async def test_who_may_no_longer_is_told_and_changes_nothing(visit: Visit, world: World, project: Project) -> None:
    mia = await at_project(visit, world, project)
    mia.press('Archive project')
    await mia.sees('Archive this project?')
    members.change_role(world.owner, world.member.user_id, Role.VIEWER, expected=Role.MEMBER)
    await until(lambda: not mia.form('project').is_open())
    assert answer(mia)
    await mia.is_told(NO_EDIT)
    assert buttons(mia) == set()
    assert projects.get(world.member, project.id).project.status is ProjectStatus.ACTIVE
    members.change_role(world.owner, world.member.user_id, Role.MEMBER, expected=Role.VIEWER)
    await until(lambda: buttons(mia) == {'Archive project', 'Delete project', 'Save project'})


async def test_a_viewer_who_sends_what_no_button_says_changes_nothing(
    visit: Visit, world: World, project: Project
) -> None:
    vera = await at_project(visit, world, project, Role.VIEWER)
    vera.form('project').fill(name='Mine', description='Mine')
    for event in ('click', 'submit', 'remedy', 'back', 'restore', 'zone', 'input'):
        for element in [it for it in vera._elements() if isinstance(it, Part)]:
            vera._fire(element, event, {'detail': {'name': 'Mine'}})
    await at_rest()
    assert 'this project?' not in vera.shown
    now = projects.get(world.viewer, project.id).project
    assert (now.name, now.description, now.status) == ('Website', 'Answers.\nAlways.', ProjectStatus.ACTIVE)


async def test_who_restores_it_too_late_is_told(visit: Visit, world: World, project: Project) -> None:
    delete_long_ago(world, project)
    mia = await at_project(visit, world, project)
    mia.press('Restore project')
    await mia.is_told(GONE)


async def test_what_is_erased_while_it_is_open_leaves_the_way_to_the_list(
    visit: Visit, world: World, project: Project
) -> None:
    vera = await at_project(visit, world, project, Role.VIEWER)
    delete_long_ago(world, project)
    assert projects.erase_due() == 1
    await vera.sees('There is nothing here', GONE, 'Go to Projects')
    assert vera.title == 'Not found · Acme · Botcadence'
    assert [it.props['project'] for it in vera._elements() if isinstance(it, Switcher)] == ['']
