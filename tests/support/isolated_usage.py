"""Usage in the machine of two organizations: counted for projects of either, looked at and taken along from anywhere.

What is seen must be what was counted in that organization and in no other, to the last one.
"""

import csv
import io
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import Engine

from data import database
from data.database import Actor, System
from data.models import Role, new_id
from data.problems import Problem
from data.services import usage
from data.services.usage import Kind, Metric, exporting, looking
from tests.support.probes import rows

people = st.sampled_from(['olga', 'sam', 'bo', 'vera', 'vic'])
metrics = st.sampled_from(list(Metric))


class UsageRules:
    """Rules of a machine that has two places, people, and `act` to try something at an address."""

    db: Engine
    stage: Any
    homes: dict[str, dict[str, str]]
    act: Callable[[str, int, Callable[[Actor], object]], Any]
    check: Callable[..., None]

    @rule(place=st.sampled_from([0, 1]), project=st.integers(0, 5), quantity=st.integers(1, 10_000), metric=metrics)
    def use(self, place: int, project: int, quantity: int, metric: Metric) -> None:
        """Count something in one organization, for a project of either, of none, or for one that is not there."""
        there = [row[0] for row in rows(self.db, 'SELECT id FROM projects ORDER BY id')]
        project_id = ['', new_id(), *there][project % (len(there) + 2)]
        try:
            with database.transaction(System(self.stage.places[place])) as tx:
                if metric.kind is Kind.SUM:
                    usage.record(tx, metric, quantity, f'{new_id()}', project_id=project_id)
                elif metric.kind is Kind.PEAK:
                    usage.change_level(tx, metric, quantity, project_id=project_id if metric.per_project else '')
        except Problem as problem:
            self.check((str(problem), vars(problem)), [place])

    @rule(who=people, place=st.sampled_from([0, 1, 2]), metric=metrics)
    def look_at_usage(self, who: str, place: int, metric: Metric) -> None:
        """Look at a month, and compare it with what was counted there."""
        month = self.act(who, place, lambda actor: looking.month(actor, '', metric))
        if not isinstance(month, looking.Month):
            return
        assert self.homes[who][self.stage.places[place]] in (Role.OWNER, Role.ADMIN)
        assert self.counted(place) == {
            it: sum(day or 0 for day in month.measured[it].days) for it in Metric if it.kind is Kind.SUM
        }
        for it in (it for it in Metric if it.kind is Kind.PEAK):
            last = [day for day in month.measured[it].days if day is not None][-1]
            assert last in self.levels(place).get((it.value, ''), (0,))
        mine = {project_id for _, project_id in self.levels(place)} | {''}
        assert {share.project_id for share in month.shares} <= mine

    @rule(who=people, place=st.sampled_from([0, 1, 2]))
    def take_usage_along(self, who: str, place: int) -> None:
        """Take a month along as a file, and compare that as well."""
        found: list[bytes] = []

        def export(actor: Actor) -> object:
            found.append(exporting.export(actor, '', 'csv').content)
            return found[0].decode()

        self.act(who, place, export)
        for content in found:
            sums = dict.fromkeys((it for it in Metric if it.kind is Kind.SUM), 0)
            for row in csv.DictReader(io.StringIO(content.decode('utf-8-sig'))):
                if row['metric'] in sums:
                    sums[Metric(row['metric'])] += int(row['quantity'])
            assert sums == self.counted(place)

    # read around everything that is tested ----------------------------------------------------------------------------

    def counted(self, place: int) -> dict[Metric, int]:
        """What was counted in one of the two, from the events themselves."""
        query = 'SELECT metric, sum(quantity) FROM usage_events WHERE organization_id = :at GROUP BY metric'
        found = {metric: int(total) for metric, total in rows(self.db, query, at=self.stage.places[place])}
        return {it: found.get(it.value, 0) for it in Metric if it.kind is Kind.SUM}

    def levels(self, place: int) -> dict[tuple[str, str], tuple[int, int]]:
        """What each metric was on its newest day in one of the two, by project: the most, and in the end."""
        query = 'SELECT metric, project_id, quantity, closing FROM usage_days WHERE organization_id = :at ORDER BY day'
        found = rows(self.db, query, at=self.stage.places[place])
        return {(metric, project_id): (most, closing) for metric, project_id, most, closing in found}
