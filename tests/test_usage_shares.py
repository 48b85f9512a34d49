"""Usage by project: the largest first, those that were erased, and what one of them has used."""

import pytest
from sqlalchemy import Engine

from data.models import Role
from data.problems import Forbidden, NotFound
from data.services import projects
from data.services.usage import Event, Metric, looking
from tests.support.months import at, exported, messages, project, store, use
from tests.support.probes import refused, run
from tests.support.world import World

pytestmark = pytest.mark.usefixtures('at_any_time')

HOSTILE = (':x', '<img src=x onerror=alert(1)>', '__proto__', '=HYPERLINK("//x")')


def test_a_month_by_project(world: World) -> None:
    at(2027, 3, 5)
    ids = [project(world, name) for name in HOSTILE]
    use(world, messages(1, 'none'), *(messages(10 * number, f'{number}', it) for number, it in enumerate(ids, 1)))
    at(2027, 3, 6)
    use(world, messages(5, 'again', ids[3]))
    month = looking.month(world.owner)
    assert [(share.project_id, share.name, share.total) for share in month.shares] == [
        (ids[3], HOSTILE[3], 45),
        (ids[2], HOSTILE[2], 30),
        (ids[1], HOSTILE[1], 20),
        (ids[0], HOSTILE[0], 10),
        ('', None, 1),
    ]
    assert [{day: it for day, it in enumerate(share.days, 1) if it} for share in month.shares] == [
        {5: 40, 6: 5},
        {5: 30},
        {5: 20},
        {},
        {},
    ]
    assert (month.others, month.rest) == (0, 0)


def test_of_many_projects_the_largest_are_named(world: World, db: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, 'MOST_PROJECTS', 2)
    at(2027, 3, 5)
    ids = [project(world, name) for name in 'ABCD']
    use(world, *(messages(10 * number, f'{number}', it) for number, it in enumerate(ids, 1)))
    month = looking.month(world.owner)
    assert [share.name for share in month.shares] == ['D', 'C']
    assert (month.others, month.rest) == (2, 30)


def test_a_project_that_was_erased_is_still_counted(world: World, db: Engine) -> None:
    at(2027, 3, 5)
    gone = project(world, 'Gone')
    use(world, messages(3, 'before', gone))
    projects.delete(world.owner, gone, 'Gone')
    assert looking.month(world.owner).shares[0].name == 'Gone', 'it can still be restored'
    run(db, 'DELETE FROM projects')
    [share] = looking.month(world.owner).shares
    assert (share.project_id, share.name, share.total) == (gone, 'A project that is gone', 3)
    [row] = [row for row in exported(world.owner) if row['metric'] == 'messages']
    assert (row['project_id'], row['project'], row['quantity']) == (gone, 'A project that is gone', 3)


def test_a_project_keeps_what_it_has_over_a_month_without_a_change(world: World) -> None:
    at(2027, 1, 30)
    one, other = project(world, 'One'), project(world, 'Other')
    store(world, 100, one)
    at(2027, 1, 31)
    store(world, 30, other)
    store(world, -30, other)
    at(2027, 3, 8)
    store(world, 7, other)
    for month, expected in (
        ('2027-01', [('One', 100), ('Other', 30)]),
        ('2027-02', [('One', 100)]),
        ('2027-03', [('One', 100), ('Other', 7)]),
    ):
        shares = looking.month(world.owner, month, Metric.STORAGE).shares
        assert [(share.name, share.total) for share in shares] == expected
    assert looking.month(world.owner).measured[Metric.STORAGE].total == 107


def test_what_one_project_has_used_is_of_this_month_and_of_this_organization(world: World) -> None:
    at(2027, 2, 28)
    shop, other = project(world, 'Shop'), project(world, 'Other')
    use(world, Event(Metric.MESSAGES, 7, 'in February', shop))
    at(2027, 3, 15)
    use(world, Event(Metric.MESSAGES, 40, 'one', shop), Event(Metric.MESSAGES, 2, 'two', shop))
    use(world, Event(Metric.MESSAGES, 900, 'of another', other), Event(Metric.MESSAGES, 50, 'of none'))
    assert [looking.of_project(world.admin, it) for it in (shop, other)] == [42, 900]
    assert [looking.of_project(world.admin, it) for it in ('abcdefghijklmnop', '', '%', "' or 1=1 --")] == [0, 50, 0, 0]
    assert [looking.of_project(world.admin, it) for it in ('a\0', '\ud800', None, [shop])] == [0] * 4  # type: ignore[arg-type]
    assert looking.of_project(world.stranger, shop) == 0, 'where they are there is none such'
    refused(NotFound, looking.of_project, world.intruder, shop)
    for role in (Role.MEMBER, Role.VIEWER):
        refused(Forbidden, looking.of_project, world.of(role), shop)
