"""The documents on attacks, and on what a standard asks, name only tests that are there."""

import ast
import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
DOCUMENTS = HERE / 'ATTACKS.md', HERE.parent / 'docs' / 'asvs.md'


@pytest.mark.parametrize('document', DOCUMENTS, ids=lambda path: path.name)
def test_every_test_that_the_document_names_exists(document: Path) -> None:
    named = re.findall(r'`(test_\w+)::(test_\w+|\*)`', document.read_text(encoding='utf-8'))
    assert named
    assert [f'{file}::{name}' for file, name in named if name not in functions(file)] == []


def test_each_file_of_tests_has_a_name_of_its_own() -> None:
    names = [path.stem for path in HERE.rglob('test_*.py')]
    assert sorted(names) == sorted(set(names))


def test_every_requirement_on_accounts_is_answered() -> None:
    rows = re.findall(r'^\| (\d[^|]*)\|[^|]*\|([^|]*)\|(.*)\|$', DOCUMENTS[1].read_text(encoding='utf-8'), re.MULTILINE)
    assert {number[:2].strip('.') for number, _, _ in rows} == {'6', '7', '10'}
    assert [number for number, requirement, answer in rows if not (requirement.strip() and answer.strip())] == []


def functions(file: str) -> set[str]:
    """The tests of a file; '*' stands for all of them."""
    [path] = HERE.rglob(f'{file}.py')
    tree = ast.parse(path.read_text(encoding='utf-8'))
    found = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    return {name for name in found if name.startswith('test_')} | {'*'}
