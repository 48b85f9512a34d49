"""The order in which passages are found: by BM25, the same on every database, and never one of somebody else."""

import math
import time
from collections import Counter
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from data import database
from data.database import System
from data.models import Project, Source, SourceKind
from data.services import passages, projects
from data.services.passages import Piece, words
from data.services.passages.blocks import About, Entry, block_of
from data.services.passages.index import Index
from data.services.passages.ranking import rank
from tests.support import searched
from tests.support.databases import Databases
from tests.support.world import World

VOCABULARY = ['return', 'lamp', 'lamps', 'ship', 'norway', '30', 'day', 'Vega', 'rückgabe', 'lampen', 'straße']
VOCABULARY += ['退货', '政策', '返品', 'возврат']
"""Few words: so that many passages are equally good, which is where an order differs first."""

texts = st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=8).map(' '.join)
pieces = st.builds(Piece, heading=st.sampled_from(['', 'Returns', 'Shipping > Cost']), page=st.none(), text=texts)
some_files = st.lists(st.tuples(st.sampled_from(['a.pdf', 'Ä.md', 'b.md']), st.lists(pieces, max_size=6)), max_size=4)
EXAMPLES = settings(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck))

Seen = list[tuple[object, ...]]


def asked(at: str, all_files: list[tuple[str, list[Piece]]], question: str) -> Seen:
    """What is found in a new project of this organization that has these files."""
    with database.transaction(System(at)) as tx:
        project = Project(organization_id=at, name='Order', name_key='order')
        tx.add(project)
        tx.flush()
        for name, of_it in all_files:
            searched.add(tx, project.id, name, of_it)
    found = searched.found(at, project.id, question, 9)
    return [(found.sure, found.why), *(shown(hit) for hit in found.hits)]


def shown(hit: passages.Hit) -> tuple[object, ...]:
    return hit.name, hit.heading, hit.text, hit.extract, hit.score, hit.strength, hit.words


@pytest.mark.postgres
def test_the_same_texts_come_in_the_same_order_on_both_databases(request: pytest.FixtureRequest) -> None:
    examples: list[tuple[list[tuple[str, list[Piece]]], str]] = []

    @settings(EXAMPLES, max_examples=40)
    @given(example=st.tuples(some_files, texts))
    def collect(example: tuple[list[tuple[str, list[Piece]]], str]) -> None:
        examples.append(example)

    collect()
    seen = []
    for name in ('files', 'postgres'):
        kind: Databases = request.getfixturevalue(name)
        database.connect(kind.make('order', 'world'))
        seen.append([asked(kind.world.organization_id, *example) for example in examples])
        database.close()
        kind.drop('order')
    for example, *both in zip(examples, *seen, strict=True):
        assert both[0] == both[1], example
    assert any(len(hits) > 2 for hits in seen[0])


@pytest.mark.parametrize('databases', ['sqlite'], indirect=True)
def test_the_best_is_the_best_by_bm25(world: World) -> None:
    @EXAMPLES
    @given(of_it=st.lists(pieces, min_size=1, max_size=12), question=texts)
    def is_the_best(of_it: list[Piece], question: str) -> None:
        [_, *hits] = asked(world.organization_id, [('all.md', of_it)], question)
        expected = naive(of_it, question)
        best: dict[str, float] = {}
        for piece, score in zip(of_it, expected, strict=True):
            best[piece.heading] = max(best.get(piece.heading, 0), score)
        by_heading = {str(hit[1]): float(str(hit[4])) for hit in hits}
        assert by_heading == pytest.approx({heading: score for heading, score in best.items() if score})

    is_the_best()


def naive(of_it: list[Piece], question: str) -> list[float]:
    """BM25 as it stands in books, over all passages, with headings counted twice; nothing is a part of a compound."""
    language = words.language_of('\n'.join(piece.text for piece in of_it))
    bags = [Counter([*words.stems(f'{it.heading} {it.heading} {it.text}', language)]) for it in of_it]
    average = sum(sum(bag.values()) for bag in bags) / len(bags)
    asked_in = words.language_of(question)
    terms = {
        words.stem(word, language): words.stem(word, asked_in) for word in words.question_words(question, (language,))
    }
    scores = [0.0] * len(bags)
    for term in terms:
        having = sum(term in bag for bag in bags)
        worth = math.log(1 + (len(bags) - having + 0.5) / (having + 0.5))
        for place, bag in enumerate(bags):
            norm = 1.2 * (0.25 + 0.75 * sum(bag.values()) / max(average, 1))
            scores[place] += worth * 2.2 * bag[term] / (bag[term] + norm) if bag[term] else 0
    return scores


def test_what_is_of_another_project_or_organization_is_never_found(world: World) -> None:
    here, there = world.organization_id, world.stranger.organization_id
    homes = {
        (owner.organization_id, projects.create(owner, {'name': name}).id): f'mark{number}'
        for number, (owner, name) in enumerate(
            [(world.owner, 'One'), (world.owner, 'Two'), (world.stranger, 'One'), (world.stranger, 'Two')]
        )
    }

    @settings(EXAMPLES, max_examples=12)
    @given(
        acts=st.lists(st.tuples(st.sampled_from(list(homes)), st.sampled_from(['write', 'forget']), texts), max_size=8),
        question=texts,
    )
    def stays_apart(acts: list[tuple[tuple[str, str], str, str]], question: str) -> None:
        for (at, project_id), act, text in acts:
            with database.transaction(System(at)) as tx:
                if act == 'write':
                    searched.add(tx, project_id, 'f.md', [Piece(homes[at, project_id], None, text)])
                for source in tx.exec(select(Source).where(Source.project_id == project_id)).all()[:2]:
                    if act == 'forget':
                        passages.forget(tx, source)
        for (at, project_id), mark in homes.items():
            found = searched.found(at, project_id, f'{question} {" ".join(homes.values())}', 50)
            assert {hit.heading for hit in found.hits} <= {mark}
            elsewhere = there if at == here else here
            assert searched.found(elsewhere, project_id, question, 50).hits == ()

    stays_apart()


def test_a_long_question_of_words_that_are_nowhere_takes_no_longer_than_others() -> None:
    """Each of them may be a part of any word of any source, in languages that join them."""
    known = [
        ''.join(letters) for letters in product('bdfgklmnprst', 'aeiou', 'bdfgklmnprst', 'aeiou', ('haus', 'zeit'))
    ]
    block = block_of([Entry('0', '', ' '.join(known))], joins_words=True)
    parts = [(About(str(n), '', SourceKind.FILE, 'de', 1, (str(n), '', '')), block) for n in range(200)]
    index = Index(1, tuple(parts))
    nowhere = ' '.join(''.join(letters) for letters in product('xyz', 'qw', 'xyz', 'qwxyz', 'qwxyz'))[:2000]
    chinese = ''.join(map(chr, range(0x4E00, 0x4E00 + 2000)))
    for question in (nowhere, chinese):
        began = time.process_time()
        assert rank(index, question, 3).best == ()
        assert time.process_time() - began < 0.5, question[:20]
