"""How what is done to the knowledge of a project is performed, and what each asks for."""

from data.database import Actor
from data.permissions import Permission
from data.services import projects, sources
from data.services.audit import Act
from data.services.sources import switching
from tests.support.knowledge import ANSWER, add, fail
from tests.support.performances import Performance
from tests.support.probes import value
from tests.support.stage import PROJECT, Stage

VIEW, EDIT = (Permission.ORGANIZATION_VIEW,), (Permission.PROJECT_EDIT,)
FILE = 'terms.md'


def empty(stage: Stage) -> str:
    """A project that knows nothing."""
    return projects.create(stage.world.owner, {'name': PROJECT}).id


def file(stage: Stage) -> str:
    """A file that waits to be read."""
    return add(stage.world.owner, empty(stage), FILE).id


def failed(stage: Stage) -> str:
    """A file that could not be read."""
    source = add(stage.world.owner, empty(stage), FILE)
    fail(source, 'broken')
    return source.id


def off(stage: Stage) -> str:
    """A file that answers nobody."""
    return sources.switch_off(stage.world.owner, file(stage)).id


def answer(stage: Stage) -> str:
    """A written answer."""
    return sources.write_answer(stage.world.owner, empty(stage), ANSWER).id


def add_one(_: Stage, actor: Actor, project: str) -> object:
    return add(actor, project, FILE)


def expect(_: Stage, actor: Actor, project: str) -> object:
    return sources.expect_file(actor, project, FILE, 1)


def replace(stage: Stage, actor: Actor, source: str) -> object:
    project = value(stage.db, 'SELECT project_id FROM sources WHERE id = :id', id=source)
    return sources.replace_file(actor, project, source, FILE, b'Something else')


def write(_: Stage, actor: Actor, project: str) -> object:
    return sources.write_answer(actor, project, ANSWER)


def change(_: Stage, actor: Actor, source: str) -> object:
    return sources.change_answer(actor, source, {**ANSWER, 'answer': 'No.'}, version=1)


def list_files(_: Stage, actor: Actor, project: str) -> object:
    return sources.portion(actor, project, 'file')


def ask(_: Stage, actor: Actor, project: str) -> object:
    return sources.would_find(actor, project, 'Do you ship to Norway?')


def switch_off(_: Stage, actor: Actor, source: str) -> object:
    return sources.switch_off(actor, source)


def switch_on(_: Stage, actor: Actor, source: str) -> object:
    return sources.switch_on(actor, source)


ACTS = {
    'add a file': Performance(Act.SOURCE_ADD, sources.add_file, EDIT, empty, add_one),
    'replace a file': Performance(Act.SOURCE_REPLACE, sources.replace_file, EDIT, file, replace),
    'have a file read again': Performance(Act.SOURCE_READ, sources.read_again, EDIT, failed),
    'switch a file off': Performance(Act.SOURCE_SWITCH_OFF, switching._switch, EDIT, file, switch_off),
    'switch a file on': Performance(Act.SOURCE_SWITCH_ON, switching._switch, EDIT, off, switch_on),
    'delete a file': Performance(Act.SOURCE_REMOVE, sources.remove, EDIT, file),
    'write an answer': Performance(Act.SOURCE_WRITE, sources.write_answer, EDIT, empty, write),
    'change an answer': Performance(Act.SOURCE_CHANGE, sources.change_answer, EDIT, answer, change),
}

LOOKS = {
    'ask whether a file may come': Performance(None, sources.expect_file, EDIT, empty, expect),
    'list files': Performance(None, sources.portion, VIEW, empty, list_files),
    'see a source': Performance(None, sources.get, VIEW, answer),
    'see passages': Performance(None, sources.passages_of, VIEW, answer),
    'see what would be found': Performance(None, sources.would_find, VIEW, empty, ask),
}
