"""The documents tell of what is there: rooms, files, names, steps, commands and links, each held against the code."""

import ast
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CODE = ('data', 'pages', 'components', 'tests')
CONTRIBUTING = ROOT / 'CONTRIBUTING.md'
DOCUMENTS = sorted(path for folder in ('.', 'docs', 'docs/decisions', *CODE) for path in (ROOT / folder).glob('*.md'))
EXACT = [path for path in DOCUMENTS if path.name not in {'README.md', 'CHANGELOG.md', 'ATTACKS.md'}] + [
    ROOT / folder / 'README.md' for folder in ('docs', 'pages', 'components', 'data')
]
"""Where each name in backticks is looked up: not in the history, and not where it is about commands and machines."""

HOMES_OF_NOUNS = ('pages', 'components', 'data/services')
"""In these, a folder that is not listed is a noun that needs more than one file."""

WITNESS = 'organizations'
"""A noun that has every file that the steps for a new one name."""

NEW_NOUN = {
    'data/models/<noun>.py',
    'data/models/__init__.py',
    'data/database/migrations/versions/<number>_<noun>.py',
    'data/permissions/roles.py',
    'data/services/audit/acts.py',
    'data/services/<noun>.py',
    'pages/<noun>.py',
    'pages/__init__.py',
    'tests/acts.py',
    'tests/test_<noun>.py',
    'tests/test_<noun>_page.py',
}
"""What a new noun takes: its files, and the tables that exist once."""

OF_LIBRARIES = {'Event.subscribe', 'ui.refreshable'}
"""Names of libraries that documents mention because the code does not use them."""

FILE = re.compile(r'[\w.<>-]+(/[\w.<>-]+)*(/|\.(py|md|css|js|toml|txt|html|json))')


# the code ------------------------------------------------------------------------------------------------------------


@cache
def trees() -> dict[str, ast.Module]:
    """Every module, by its dotted name."""
    files = [ROOT / 'main.py', *(path for folder in CODE for path in (ROOT / folder).rglob('*.py'))]
    return {
        '.'.join(path.relative_to(ROOT).with_suffix('').parts).removesuffix('.__init__'): ast.parse(path.read_text())
        for path in files
    }


def defined(scope: ast.Module | ast.ClassDef) -> dict[str, ast.stmt]:
    """What a module or a class defines or hands on, by name."""
    names: dict[str, ast.stmt] = {}
    for node in scope.body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names[name] = node
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                names |= {alias.asname or alias.name: node for alias in aliases}
            case ast.Assign() | ast.AnnAssign():
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                names |= {
                    each.id: node for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)
                }
    return names


def has(module: str, names: list[str]) -> bool:
    """Whether a module has what the names say: a thing in it, and what is in that where it is a class."""
    if not names:
        return True
    if f'{module}.{names[0]}' in trees():
        return has(f'{module}.{names[0]}', names[1:])
    node = defined(trees()[module]).get(names[0])
    if isinstance(node, ast.ImportFrom) and node.module in trees():
        return has(node.module, names)
    if isinstance(node, ast.ClassDef) and names[1:]:
        attributes = {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}
        return names[1] in attributes | defined(node).keys()
    return node is not None and not names[1:]


@cache
def words() -> set[str]:
    """Every identifier that stands anywhere in the code, ours or a library's."""
    found = {part for module in trees() for part in module.split('.')}
    for node in (node for tree in trees().values() for node in ast.walk(tree)):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name) | ast.keyword(arg=str(name)):
                found.add(name)
            case ast.alias(name=name):
                found.update(name.split('.'))
    return found


@cache
def texts() -> set[str]:
    """Every text that stands in the code."""
    nodes = (node for tree in trees().values() for node in ast.walk(tree))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


# the documents -------------------------------------------------------------------------------------------------------


def prose(path: Path) -> str:
    """A document without its blocks of code."""
    return re.sub(r'^```.*?^```$', '', path.read_text(encoding='utf-8'), flags=re.MULTILINE | re.DOTALL)


def marked(path: Path) -> list[str]:
    """What stands in backticks."""
    return re.findall(r'`([^`\n]+)`', prose(path))


def is_file(name: str, place: Path = ROOT) -> bool:
    """Whether a file or folder is there; with `<noun>` or `<number>` in its name, that of the witness.

    A noun that needs two files is a folder.
    """
    if '<' in name:
        of_witness = name.replace('<noun>', f'*{WITNESS}*').replace('<number>', '*')
        return any(place.glob(of_witness)) or any(place.glob(of_witness.removesuffix('.py') + '/__init__.py'))
    return (place / name).is_dir() if name.endswith('/') else (place / name).is_file()


def is_test(name: str) -> bool:
    """Whether `test_file::test_function` is there."""
    file, function = name.split('::')
    return any(has(module, [function]) for module in trees() if module.split('.')[-1] == file)


def is_target(command: str) -> bool:
    """Whether make knows what it is told to make."""
    return f'\n{command.split()[1]}:' in (ROOT / 'Makefile').read_text(encoding='utf-8')


def is_module(command: str) -> bool:
    """Whether `python -m` finds what it is told to run."""
    return f'{command.split()[2]}.__main__' in trees() or command.split()[2] in trees()


def is_name(name: str) -> bool:
    """Whether a dotted name is there: by its whole path, by the end of one, or as a name of a library that we use."""
    parts = name.removesuffix('()').split('.')
    if name in OF_LIBRARIES:
        return True
    if parts[0] in {*CODE, 'main'}:
        return has(parts[0], parts[1:])
    modules = [module for module in trees() if module.split('.')[-1] == parts[0]]
    homes = [module for module, tree in trees().items() if isinstance(defined(tree).get(parts[0]), ast.ClassDef)]
    if modules or homes:
        return any(has(module, parts[1:]) for module in modules) or any(has(module, parts) for module in homes)
    return set(parts) <= words()


LOOK_UP: tuple[tuple[str, Callable[[str], bool]], ...] = (
    (r'test_\w+::test_\w+', is_test),
    (r'make \w+( .*)?', is_target),
    (r'python -m .*', is_module),
    (r'BOTCADENCE_\w+', lambda name: name in texts() or f'`{name}`' in (ROOT / 'README.md').read_text()),
    (r'[a-z_]+:[a-z_]+', lambda name: name in texts()),
    (r'[A-Za-z_]\w*(\.[A-Za-z_]\w*)+(\(\))?', is_name),
    (r'[A-Za-z_]\w*(\(\))?', lambda name: name.removesuffix('()') in words() | texts()),
)
"""How what stands in backticks is looked up, by what it looks like; the rest, such as SQL, is no name."""


def is_there(name: str, folder: Path) -> bool:
    """Whether what stands in backticks in a document of this folder exists."""
    if FILE.fullmatch(name):
        return is_file(name) or is_file(name, folder)
    return next((look(name) for pattern, look in LOOK_UP if re.fullmatch(pattern, name)), True)


# rooms, steps, names, links ------------------------------------------------------------------------------------------


def rooms() -> list[str]:
    """The folders in the list of rooms."""
    listed = prose(CONTRIBUTING).split('<!-- rooms -->')[1].split('<!-- /rooms -->')[0]
    cells = [line.split('|')[1] for line in listed.splitlines() if line.startswith('| `')]
    return [name.removesuffix('/') for cell in cells for name in re.findall('`([^`]+)`', cell)]


def test_every_room_that_is_listed_is_there() -> None:
    assert [room for room in rooms() if not (ROOT / room).exists()] == []
    assert len(set(rooms())) == len(rooms())


def test_every_folder_of_the_code_is_in_the_list_of_rooms() -> None:
    folders = {path.parent.relative_to(ROOT) for folder in CODE for path in (ROOT / folder).rglob('*.py')}
    unlisted = {path for path in folders if path.as_posix() not in rooms()}
    assert sorted(path.as_posix() for path in unlisted if path.parent.as_posix() not in HOMES_OF_NOUNS) == []


@pytest.mark.parametrize('path', EXACT, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_name_in_a_document_is_there(path: Path) -> None:
    missing = [name for name in marked(path) if not is_there(name, path.parent)]
    assert not missing, missing


def test_every_step_to_a_new_noun_names_its_files() -> None:
    section = CONTRIBUTING.read_text(encoding='utf-8').split('\n## Add a noun\n')[1].split('\n## ')[0]
    steps = re.findall(r'^\d+\. (.*(?:\n   .*)*)', section, flags=re.MULTILINE)
    named: list[str] = []
    for step in steps:
        files = [name for name in re.findall('`([^`]+)`', step) if FILE.fullmatch(name)]
        assert files, step
        assert [name for name in files if not is_file(name)] == [], step
        named += files
    assert NEW_NOUN - set(named) == set()


@pytest.mark.parametrize('path', DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(path: Path) -> None:
    for target in re.findall(r'\]\(([^)\s]+)\)', prose(path)):
        name, _, anchor = target.partition('#')
        there = path.parent / name if name else path
        assert there.exists(), target
        assert not anchor or anchor in headings(there), target


def headings(path: Path) -> set[str]:
    """The anchors of a document."""
    titles = re.findall(r'^#+ (.+)$', prose(path), flags=re.MULTILINE)
    return {re.sub(r'[^\w -]', '', title).strip().lower().replace(' ', '-') for title in titles}


def test_the_index_leads_to_every_document() -> None:
    index = (ROOT / 'docs/README.md').read_text(encoding='utf-8')
    documents = [path.relative_to(ROOT / 'docs').as_posix() for path in (ROOT / 'docs').rglob('*.md')]
    assert [name for name in documents if name != 'README.md' and f'({name})' not in index] == []
