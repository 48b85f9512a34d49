"""A project’s own screen: everybody reads it, who may changes it, two people at once, and what is not there."""

import pytest
from sqlalchemy import Engine

from data import changes, database
from data.changes import Change
from data.database import System
from data.models import Project, Role, Status, new_id
from data.permissions import STATUS_RULES, Permission
from data.services import members, organizations, projects, usage
from data.services.audit import Topic
from data.services.usage import Metric
from tests.support.probes import run
from tests.support.project_screen import NO_EDIT, Visit, at_project, buttons, head_of, is_named, path_of
from tests.support.projects import GONE
from tests.support.visitors import until
from tests.support.world import World, email_of, inside

# what everybody reads -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize('role', list(Role))
async def test_everybody_reads_what_there_is(visit: Visit, world: World, project: Project, role: Role) -> None:
    visitor = await at_project(visit, world, project, role)
    assert is_named(visitor, 'Website')
    assert head_of(visitor) == ('Website', 'Answers.\nAlways.')
    for words in ('Active', 'It works, and what it does is counted.', 'Created by', 'mia@acme.test', 'Created'):
        assert words in visitor.shown
    form = visitor.form('project')
    assert (form['name'], form['description']) == ('Website', 'Answers.\nAlways.')
    may = role is not Role.VIEWER
    assert form.is_open('name') is form.is_open('description') is may
    assert buttons(visitor) == ({'Archive project', 'Delete project', 'Save project'} if may else set())
    assert (NO_EDIT in visitor.shown) is not may


async def test_what_an_organization_forbids_is_not_offered(visit: Visit, world: World, project: Project) -> None:
    visitors = {role: await at_project(visit, world, project, role) for role in (Role.OWNER, Role.MEMBER)}
    for status in (Status.PAST_DUE, Status.RESTRICTED, Status.SUSPENDED, Status.DELETING, Status.ACTIVE):
        organizations.change_status(world.organization_id, status, 'For a test')
        rule = STATUS_RULES[status]
        for role, visitor in visitors.items():
            may = Permission.PROJECT_EDIT in (rule.owners if role is Role.OWNER else rule.others)
            what = 'create, change or delete projects and what is in them'
            why = f'This organization is {rule.word.lower()}. Nobody can {what} now.'
            offered = {'Archive project', 'Delete project', 'Save project'} if may else set()
            await until(lambda visitor=visitor, may=may: visitor.form('project').is_open() is may)
            await until(lambda visitor=visitor, why=why, may=may: (why in visitor.shown) is not may)
            assert buttons(visitor) == offered, (status, role)
            rests = f'Nothing can be changed in it while the organization is {rule.word.lower()}.'
            works = Permission.PROJECT_EDIT in rule.others
            assert (rests in visitor.shown, 'It works, and what' in visitor.shown) == (not works, works), (status, role)


async def test_what_it_uses_is_live_for_those_who_may_see_it(visit: Visit, world: World, project: Project) -> None:
    other = projects.create(world.member, {'name': 'Other'})
    use(world, 1_200, project.id)
    use(world, 50_000, other.id)
    visitors = {role: await at_project(visit, world, project, role) for role in (Role.ADMIN, Role.MEMBER)}
    adam, mia = visitors.values()
    await adam.sees('Messages this month', '1,200')
    use(world, 34, project.id)
    await adam.sees('1,234')
    assert '1,2' not in mia.shown, 'what is used is a matter of Owners and Admins'
    members.change_role(world.owner, world.admin.user_id, Role.MEMBER, expected=Role.ADMIN)
    members.change_role(world.owner, world.member.user_id, Role.ADMIN, expected=Role.MEMBER)
    await mia.sees('1,234')
    await until(lambda: '1,234' not in adam.shown)


def use(world: World, messages: int, project_id: str) -> None:
    """Let a project have given so many answers."""
    with database.transaction(System(world.organization_id)) as tx:
        usage.record(tx, Metric.MESSAGES, messages, new_id(), project_id=project_id)


async def test_who_made_it_and_has_left_is_not_named(visit: Visit, world: World, project: Project) -> None:
    olga = await at_project(visit, world, project, Role.OWNER)
    members.remove(world.owner, world.member.user_id)
    await olga.sees('Somebody who has left')
    assert 'mia@acme.test' not in olga.shown


# renaming ------------------------------------------------------------------------------------------------------------


async def test_a_new_name_is_everywhere_at_once_and_what_is_half_typed_stays(
    visit: Visit, world: World, project: Project
) -> None:
    mia, adam = await at_project(visit, world, project), await at_project(visit, world, project, Role.ADMIN)
    vera = await at_project(visit, world, project, Role.VIEWER)
    adam.form('project').fill(description='Half typed')
    mia.form('project').fill(name='  Shop  ').send()
    await mia.sees('Saved')
    for visitor in (mia, adam, vera):
        await until(lambda visitor=visitor: is_named(visitor, 'Shop'))
        assert visitor.form('project')['name'] == 'Shop'
    assert adam.form('project')['description'] == 'Half typed'
    assert 'while you were typing' not in adam.shown, 'nobody has saved another description'
    adam.form('project').send()
    await until(lambda: head_of(vera) == ('Shop', 'Half typed'))
    adam.form('project').fill(description='').send()
    await until(lambda: head_of(vera)[1] == 'What this project is for is not described yet.')


async def test_the_second_to_save_sees_what_the_first_one_saved(visit: Visit, world: World, project: Project) -> None:
    mia, adam = await at_project(visit, world, project), await at_project(visit, world, project, Role.ADMIN)
    adam.form('project').fill(name='Adam’s')
    mia.form('project').fill(name='Mia’s').send()
    await adam.sees('mia@acme.test saved this while you were typing.', 'Saved in the meantime: Mia’s')
    assert (adam.form('project')['name'], head_of(adam)[0]) == ('Adam’s', 'Mia’s')
    adam.press('Use what is saved')
    assert adam.form('project')['name'] == 'Mia’s'


async def test_who_saves_what_they_have_not_seen_is_told(
    visit: Visit, world: World, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pages.shell import live

    mia = await at_project(visit, world, project)
    monkeypatch.setattr(live, 'spread', lambda _: None)
    monkeypatch.setattr('data.changes._listeners', [])  # as if the change were still on its way
    projects.change(world.admin, project.id, {'name': 'Adam’s'}, version=project.version)
    mia.form('project').fill(name='Mia’s').send()
    await mia.sees('This was changed in the meantime.', 'Saved in the meantime: Adam’s')
    assert projects.get(world.member, project.id).project.name == 'Adam’s'
    mia.form('project').send()
    await until(lambda: projects.get(world.member, project.id).project.name == 'Mia’s')
    await mia.sees('Saved')  # else it would still be on its way when everything is taken down


async def test_what_can_not_be_is_said_at_its_field(visit: Visit, world: World, project: Project) -> None:
    mia = await at_project(visit, world, project)
    for field, typed, sentence in (
        ('name', '', 'The name is required.'),
        ('name', '\u3164', 'The name is required.'),
        ('name', 'x' * 81, 'The name is too long. Use at most 80 characters.'),
        ('description', 'x' * 501, 'The description is too long. Use at most 500 characters.'),
    ):
        mia.form('project').fill(**{field: typed}).send()
        await until(lambda field=field: mia.form('project').error(field))
        assert mia.form('project').error(field) == sentence
        assert mia.form('project')[field] == typed, 'what was typed stays'
        assert is_named(mia, 'Website')
        mia.press('Discard')
        await until(lambda field=field: not mia.form('project').error(field))


async def test_names_are_text(visit: Visit, world: World, project: Project) -> None:
    mia = await at_project(visit, world, project)
    for name in ('<b>{who}</b>', '{0} %s ${x}', '“[link](javascript:1)”', 'مساعد الموقع'):
        mia.form('project').fill(name=name).send()
        await until(lambda name=name: is_named(mia, name) and mia.form('project').has_saved)


# what is not there ---------------------------------------------------------------------------------------------------


STRANGE = [
    'abcdefghijklmnop',
    'ABCDEFGHIJKLMNOP',
    'x',
    '7',
    '%00',
    '%F0%9F%90%99',
    "'or'1'='1",
    '{project_id}',
    'a' * 400,
]


async def test_what_is_no_project_here_is_told_as_that(visit: Visit, world: World) -> None:
    vera = await visit(email_of(world.viewer))
    for strange in STRANGE:
        await vera.open(path_of(world, strange))
        await vera.sees('There is nothing here', GONE, 'Go to Projects')
        assert vera.title == 'Not found · Acme · Botcadence'
        assert [it.text for it in vera._elements() if it.props.get('aria-current') == 'page'] == []


async def test_a_project_of_another_organization_is_as_unknown_as_one_that_never_was(
    visit: Visit, world: World, project: Project
) -> None:
    theirs = projects.create(world.stranger, {'name': 'Secret', 'description': 'Hidden words'})
    mine = organizations.create(world.owner, 'Second').id
    own = projects.create(inside(world.owner, mine), {'name': 'Of the second', 'description': ''})
    olga = await visit(email_of(world.owner))
    for foreign in (theirs.id, own.id):
        await olga.open(path_of(world, foreign))
        await olga.sees('There is nothing here', GONE, 'Go to Projects')
        assert olga.title == 'Not found · Acme · Botcadence'
    await olga.open(path_of(world, project.id))
    for foreign in (theirs.id, own.id, 'x', 'abcdefghijklmnop'):  # the same over the socket, where no request is sent
        await olga.go(path_of(world, foreign))
        await olga.sees('There is nothing here', GONE)
        await olga.go(path_of(world, project.id))
        await until(lambda: 'There is nothing here' not in olga.shown and is_named(olga, 'Website'))
    for secret in ('Secret', 'Hidden words', 'Of the second'):
        assert secret not in (await olga.get(path_of(world, theirs.id))).text
        assert secret not in olga.shown


async def test_a_stranger_finds_nothing_at_its_address(visit: Visit, world: World, project: Project) -> None:
    sam = await visit(email_of(world.stranger))
    answer = await sam.get(path_of(world, project.id))
    assert (answer.status_code, answer.headers['location']) == (303, f'/organizations/{world.stranger.organization_id}')
    assert 'Website' not in answer.text
    await sam.open(f'/organizations/{world.stranger.organization_id}')
    sam.navigate.to(path_of(world, project.id))
    await sam.is_told('That organization doesn’t exist, or you don’t have access to it.')
    assert 'Website' not in sam.shown
    signed_out = await visit()
    answer = await signed_out.get(path_of(world, project.id))
    assert answer.headers['location'].startswith('/sign-in?next=')


async def test_who_is_removed_while_they_look_is_led_away(visit: Visit, world: World, project: Project) -> None:
    mia = await at_project(visit, world, project)
    members.remove(world.owner, world.member.user_id)
    await until(lambda: world.organization_id not in mia.path)
    await until(lambda: 'Website' not in mia.shown and 'Website' not in mia.title)


async def test_who_is_kept_out_learns_no_name(visit: Visit, world: World, project: Project, db: Engine) -> None:
    mia = await at_project(visit, world, project)
    run(db, 'UPDATE organizations SET second_factor_since = created_at WHERE id = :id', id=world.organization_id)
    changes.publish([Change(world.organization_id, Topic.ORGANIZATION)])
    await mia.sees('This organization requires a second factor.')
    await until(lambda: 'Website' not in mia.shown and mia.title == 'Overview · Acme · Botcadence')
    vera = await visit(email_of(world.viewer))
    answer = await vera.get(path_of(world, project.id))
    assert 'requires a second factor' in answer.text
    assert 'Website' not in answer.text
