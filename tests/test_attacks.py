"""The document on attacks names only tests that are there."""

import ast
import re
from pathlib import Path

HERE = Path(__file__).parent
NAMED = re.findall(r'`(test_\w+)::(test_\w+|\*)`', (HERE / 'ATTACKS.md').read_text(encoding='utf-8'))


def test_every_test_that_the_document_names_exists() -> None:
    assert NAMED
    missing = [f'{file}::{name}' for file, name in NAMED if name not in functions(file)]
    assert missing == []


def functions(file: str) -> set[str]:
    """The tests of a file; '*' stands for all of them."""
    [path] = HERE.rglob(f'{file}.py')
    tree = ast.parse(path.read_text(encoding='utf-8'))
    found = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    return {name for name in found if name.startswith('test_')} | {'*'}
