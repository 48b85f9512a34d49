"""The knowledge of a project as people live with it: what comes, what becomes of it, what would be found, who may."""

from collections.abc import Awaitable, Callable
from typing import Any

from data.models import Project, Role
from data.services import projects, sources
from tests.support.knowledge import ANSWER, PIECES, add, fail, read
from tests.support.project_screen import NO_EDIT, path_of
from tests.support.visitors import OURS, Visitor, until
from tests.support.world import World, email_of

Visit = Callable[..., Awaitable[Visitor]]
QUESTION = 'How do I send something back?'
GONE = 'This is no longer in the knowledge.'


async def at_knowledge(visit: Visit, world: World, project: Project, role: Role = Role.MEMBER) -> Visitor:
    visitor = await visit(email_of(world.of(role)))
    await visitor.open(f'{path_of(world, project.id)}/knowledge')
    await visitor.sees('Knowledge', 'Files', 'Written answers', 'What would be found?')
    return visitor


def row(visitor: Visitor, name: str) -> dict[str, Any]:
    return next(it for it in visitor.rows if it['name'] == name)


def is_open(visitor: Visitor) -> bool:
    from components.knowledge import FileDrop

    [place] = [it for it in visitor._elements() if isinstance(it, FileDrop)]
    return not place.props['closed']


def ask(visitor: Visitor, question: str) -> None:
    """Type what somebody could ask."""
    box: Any = visitor.field('probe')
    with box:
        box.value = question


async def test_what_becomes_of_a_file_shows_everywhere_at_once(visit: Visit, world: World, project: Project) -> None:
    mia, vera = await at_knowledge(visit, world, project), await at_knowledge(visit, world, project, Role.VIEWER)
    answer = await mia.http_client.put(
        f'{path_of(world, project.id)}/files?name=terms.md', content=b'# Returns', headers=OURS
    )
    assert answer.status_code == 200
    for visitor in (mia, vera):
        await visitor.sees('terms.md', 'Waiting to be read', '1 file, 9 bytes. Nothing of it can be found yet.')
    source = sources.get(world.member, answer.json()['id']).source
    read(source)
    for visitor in (mia, vera):
        await visitor.sees('Ready', 'Markdown · 1 passage · 9 bytes', '1 file, 9 bytes, ready: 1 passage to be found.')
    assert not row(vera, 'terms.md')['open']
    mia.choose(row(mia, 'terms.md'), 'turn')
    for visitor in (vera, mia):  # what hers does next depends on what she sees
        await visitor.sees('Off')
    mia.choose(row(mia, 'terms.md'), 'turn')
    await until(lambda: 'Off' not in vera.shown)
    mia.choose(row(mia, 'terms.md'), 'read')
    await vera.sees('Waiting to be read')
    fail(source, 'encrypted')
    await vera.sees('Failed', 'It is protected by a password. Save a copy without one, and add that.')
    mia.choose(row(mia, 'terms.md'), 'remove')
    await mia.sees('Delete this file?')
    mia.press('Delete file')
    await until(lambda: 'terms.md' not in vera.shown and 'terms.md' not in mia.shown)


async def test_an_answer_is_written_changed_and_found(visit: Visit, world: World, project: Project) -> None:
    mia, vera = await at_knowledge(visit, world, project), await at_knowledge(visit, world, project, Role.VIEWER)
    mia.press('Write an answer')
    form = mia.form('answer').fill(question='x' * 301, answer='Yes.')
    form.send()
    await until(lambda: form.error('question'))
    assert form.error('question') == 'The question is too long. Use at most 300 characters.'
    form.fill(**ANSWER).send()
    await vera.sees(ANSWER['question'], ANSWER['answer'], 'Also asked in 1 other way')
    ask(vera, 'delivery to Oslo?')
    await vera.sees('An answer would be made of this.', 'Strong')
    mia.choose(row(mia, ANSWER['question']), 'change')
    form = mia.form('answer')
    assert [form[name] for name in form.names] == list(ANSWER.values())
    form.fill(answer='No, <b>never</b>.').send()
    await vera.sees('No, <b>never</b>.')
    mia.choose(row(mia, ANSWER['question']), 'remove')
    await mia.sees('Delete this answer?')
    mia.press('Delete answer')
    await vera.sees('No written answers yet.', 'Nothing would be found, so the agent would say that it doesn’t know.')


async def test_what_would_be_found_follows_what_changes(visit: Visit, world: World, project: Project) -> None:
    vera = await at_knowledge(visit, world, project, Role.VIEWER)
    ask(vera, 'Good morning!')
    await vera.sees('This asks nothing: the agent would greet back.')
    ask(vera, QUESTION)
    await vera.sees('Nothing would be found')
    source = add(world.member, project.id)
    read(source)
    await vera.sees('Returns · Page 2', PIECES[0].text)
    sources.remove(world.member, source.id)
    await until(lambda: PIECES[0].text not in vera.shown)
    ask(vera, 'x' * 2001)
    await vera.sees('What you ask is too long. Use at most 2000 characters.')
    ask(vera, '')
    await until(lambda: 'too long' not in vera.shown)


async def test_who_may_not_and_where_nothing_works_it_says_why(visit: Visit, world: World, project: Project) -> None:
    add(world.member, project.id)
    mia, vera = await at_knowledge(visit, world, project), await at_knowledge(visit, world, project, Role.VIEWER)
    await vera.sees(NO_EDIT)
    assert is_open(mia)
    assert not is_open(vera)
    projects.archive(world.owner, project.id)
    await mia.sees('This project is archived: nothing can be changed in it until it is taken out again.')
    await until(lambda: not is_open(mia))
    assert not row(mia, 'terms.md')['open']
    projects.reopen(world.owner, project.id)
    await until(lambda: is_open(mia))


async def test_a_source_shows_its_passages_until_it_is_gone(visit: Visit, world: World, project: Project) -> None:
    source = add(world.member, project.id)
    vera = await visit(email_of(world.viewer))
    here = f'{path_of(world, project.id)}/knowledge'
    await vera.open(f'{here}/{source.id}')
    await vera.sees('terms.md', 'Nothing was found in it yet: it waits to be read.', 'mia@acme.test')
    read(source, PIECES * 21)
    sources.switch_off(world.member, source.id)
    await vera.sees('Off', 'It is kept, and answers nobody.', 'Returns · Page 2', 'Show more (20 of 21)', 'English')
    vera.press('Show more (20 of 21)')
    await until(lambda: len([it for it in vera.rows if it.get('text')]) == 21)
    sources.remove(world.member, source.id)
    await vera.sees('There is nothing here', GONE, 'Go to Knowledge')


async def test_a_source_is_found_in_its_own_project_only(visit: Visit, world: World, project: Project) -> None:
    other = projects.create(world.member, {'name': 'Other'})
    theirs = add(world.stranger, projects.create(world.stranger, {'name': 'Theirs'}).id, 'secret.md')
    vera = await visit(email_of(world.viewer))
    for strange in (add(world.member, other.id).id, theirs.id, 'x', 'abcdefghijklmnop', '%00'):
        await vera.open(f'{path_of(world, project.id)}/knowledge/{strange}')
        await vera.sees('There is nothing here', GONE)
        assert 'secret.md' not in vera.shown
    sam = await visit(email_of(world.stranger))
    answer = await sam.get(f'{path_of(world, project.id)}/knowledge')
    assert answer.status_code == 303


async def test_names_are_text(visit: Visit, world: World, project: Project) -> None:
    mia = await at_knowledge(visit, world, project)
    for name in ('<img src=x onerror=alert(1)>.md', '{{ 7 * 7 }} {0} %s.md', 'مساعد الموقع.md'):
        add(world.member, project.id, name, name.encode())
        await mia.sees(name)


def test_every_language_that_is_told_has_a_name() -> None:
    from data.services.passages import words as told
    from pages.knowledge.words import LANGUAGES

    assert {*told.LANGUAGES, *told._SCRIPTS} - LANGUAGES.keys() == set()
