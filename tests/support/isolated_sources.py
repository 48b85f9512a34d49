"""Knowledge in the machine of two organizations: put into either, asked for from anywhere, by the ids of both.

Whatever is put into one carries its mark, so what is found, read or told somewhere says whose it is.
"""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import Engine

from data.database import Actor
from data.models import SourceKind, new_id
from data.services import sources
from tests.support.probes import rows

people = st.sampled_from(['olga', 'sam', 'bo', 'vera', 'vic'])
anywhere, numbers = st.sampled_from([0, 1, 2]), st.integers(0, 9)
ACTS: dict[str, Callable[[Actor, str, str, str], object]] = {
    'add': lambda actor, project, _, mark: sources.add_file(actor, project, f'{mark} {new_id()}.txt', mark.encode()),
    'expect': lambda actor, project, source, mark: sources.expect_file(actor, project, f'{mark}.txt', 1, source),
    'replace': lambda actor, project, source, mark: sources.replace_file(
        actor, project, source, f'{mark} {new_id()}.txt', new_id().encode()
    ),
    'again': lambda actor, _, source, __: sources.read_again(actor, source),
    'write': lambda actor, project, _, mark: sources.write_answer(
        actor, project, {'question': f'What of {mark} {new_id()}?', 'answer': f'All of {mark}.', 'also': mark}
    ),
    'change': lambda actor, _, source, mark: sources.change_answer(
        actor, source, {'question': f'Why {mark} {new_id()}?', 'answer': f'Because of {mark}.'}, version=1
    ),
    'off': lambda actor, _, source, __: sources.switch_off(actor, source),
    'on': lambda actor, _, source, __: sources.switch_on(actor, source),
    'remove': lambda actor, _, source, __: sources.remove(actor, source),
    'files': lambda actor, project, _, __: sources.portion(actor, project, SourceKind.FILE),
    'answers': lambda actor, project, _, __: sources.portion(actor, project, SourceKind.ANSWER),
    'see': lambda actor, _, source, __: sources.get(actor, source),
    'passages': lambda actor, _, source, __: sources.passages_of(actor, source),
    'find': lambda actor, project, _, mark: sources.would_find(actor, project, f'What of {mark}?'),
}


class SourceRules:
    """Rules of a machine that has two places, people, and `act` to try something at an address."""

    db: Engine
    act: Callable[[str, int, Callable[[Actor], object]], Any]
    mark: Callable[[str, int], str]

    @rule(who=people, place=anywhere, project=numbers, source=numbers, what=st.sampled_from(sorted(ACTS)))
    def know(self, who: str, place: int, project: int, source: int, what: str) -> None:
        """Do something with a project and a source of either organization, or with what is none."""
        at, of = (
            [new_id(), *(row[0] for row in rows(self.db, f'SELECT id FROM {table} ORDER BY id'))]
            for table in ('projects', 'sources')
        )
        ids, mark = (at[project % len(at)], of[source % len(of)]), self.mark(who, place)
        self.act(who, place, lambda actor: ACTS[what](actor, *ids, mark))
