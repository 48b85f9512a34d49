"""`python -m tests.load.search --data FOLDER`: questions to a knowledge of 20,000 passages, with 200 projects in use.

A database is made in the folder where it is not there yet: one project with 20,000 passages of 80 words, and 200 with
100 each, of words that are as frequent as words are (Zipf). Questions are asked of the large one alone, and in turns
with the others; the exit code is 1 when a limit is missed. Times are those of the processor: what else the machine does
is not in them.
"""

import argparse
import random
import sys
import time
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path

from sqlmodel import select

from data import database
from data.database import System
from data.models import Project, Source, SourceKind, SourceState
from data.services import passages
from data.services.passages import Piece, index
from tests.load import world
from tests.load.report import Row, Times, most, ratio, table

OWNER = 'search@acme.com'
LARGE, SMALL, OTHERS = 20_000, 100, 200
ENGLISH = 'This is the one that we have, and it was what they would.'
"""So that nobody takes these words for Turkish."""

FILES, WORDS, VOCABULARY = 100, 80, 40_000
QUESTIONS, ASKED = 100, 8
"""How many questions are asked, and of how many words each is."""

MOST, SHARED = 10, 1.5
"""Milliseconds that a question takes at most, and how many times that where many projects are in use."""

dice = random.Random(7)
SYLLABLES = [one + two for one in 'bcdfghklmnprstvwz' for two in ('a', 'e', 'i', 'o', 'u', 'ar', 'en', 'il')]
NAMES = sorted({''.join(dice.choices(SYLLABLES, k=dice.randint(2, 4))) for _ in range(2 * VOCABULARY)})[:VOCABULARY]
WEIGHTS = list(accumulate(1 / (rank + 20) for rank in range(len(NAMES))))


def words(number: int) -> str:
    """So many words, the frequent ones often."""
    return ' '.join(dice.choices(NAMES, cum_weights=WEIGHTS, k=number))


def fill(folder: Path) -> None:
    """The large project first, then the others."""
    world.prepare(folder, ())
    database.connect(world.url(folder))
    actor = world.signed_up(OWNER)
    for place in range(OTHERS + 1):
        project_id = projects_made(actor.organization_id, f'Project {place:03}')
        size = LARGE // FILES if place == 0 else SMALL // 4
        for file in range(FILES if place == 0 else 4):
            write(actor.organization_id, project_id, f'file {file:03}.md', size)
    database.close()


def projects_made(at: str, name: str) -> str:
    """A project, around how many somebody may make."""
    with database.transaction(System(at)) as tx:
        project = Project(organization_id=at, name=name, name_key=name.lower())
        tx.add(project)
    return project.id


def write(at: str, project_id: str, name: str, size: int) -> None:
    """A file of so many passages."""
    with database.transaction(System(at)) as tx:
        known = {'organization_id': at, 'project_id': project_id, 'name': name, 'name_key': name}
        source = Source(**known, kind=SourceKind.FILE, state=SourceState.READY)
        tx.add(source)
        tx.flush()
        passages.write(tx, source, [Piece(words(3), None, f'{ENGLISH} {words(WORDS)}') for _ in range(size)])


def took(act: Callable[[], object]) -> float:
    """How many milliseconds of the processor it takes."""
    began = time.thread_time()
    act()
    return 1000 * (time.thread_time() - began)


def ask(at: str, project_id: str) -> None:
    """One question, as a visitor asks it."""
    with database.reading(System(at)) as tx:
        passages.find(tx, project_id, words(ASKED))


def measure(folder: Path) -> list[Row]:
    """The large project alone, then among the others, then after a change of one of its files."""
    database.connect(world.url(folder))
    with database.administrator() as tx:
        found = sorted(tx.exec(select(Project.name, Project.id, Project.organization_id)))
    [(_, large, at), *others] = found
    first = took(lambda: ask(at, large))
    alone = Times(took(lambda: ask(at, large)) for _ in range(QUESTIONS))
    worst = took(lambda: common(at, large))
    for _, other, _ in others:
        ask(at, other)
    among = Times()
    for _, other, _ in others:
        ask(at, other)
        among.append(took(lambda: ask(at, large)))
    kept, weight = len(index._kept.indexes), index._kept.weight
    write(at, large, 'one more.md', 100)
    again = took(lambda: ask(at, large))
    database.close()
    what = f'search: a question to {LARGE:,} passages'
    return [
        most(what, alone.p50, MOST, 'ms', str(alone)),
        ratio(f'{what}, {OTHERS} projects in use', among, alone, SHARED, 'alone'),
        Row('search: 32 of the most frequent words', '', f'{worst:.1f} ms'),
        Row('search: the first question after the start', '', f'{first:,.0f} ms'),
        Row('search: the first one after a file of 100 passages came', '', f'{again:.1f} ms'),
        Row('search: indexes in memory, and what they are taken for', '', f'{kept}, {weight / 1e6:,.0f} MB'),
    ]


def common(at: str, project_id: str) -> None:
    """The dearest question there is."""
    with database.reading(System(at)) as tx:
        passages.find(tx, project_id, ' '.join(NAMES[:32]))


def main() -> None:
    """Make what is missing, measure, print."""
    parser = argparse.ArgumentParser(prog='python -m tests.load.search')
    parser.add_argument('--data', type=Path, required=True, help='where the database is')
    folder = parser.parse_args().data
    if not (folder / 'made').exists():
        fill(folder)
        (folder / 'made').touch()
    rows = measure(folder)
    print(table(rows))
    sys.exit(any(row.kept is False for row in rows))


if __name__ == '__main__':
    main()
