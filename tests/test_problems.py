"""What goes wrong in several fields is told at once."""

import pytest

from data.problems import Invalid, NotFound, collect
from tests.support.probes import refused


def number(value: str, field: str) -> int:
    if not value.isdigit():
        raise Invalid(**{field: f'{value} is no number.'})
    return int(value)


def test_all_that_is_wrong_is_named_at_once() -> None:
    def fill_in() -> None:
        with collect() as checks:
            assert checks.of(number, '1', field='one') == 1
            checks.of(number, 'x', 'two')
            checks.of(number, 'y', 'three')
        raise AssertionError('This is not reached.')

    assert refused(Invalid, fill_in).fields == {'two': 'x is no number.', 'three': 'y is no number.'}


def test_what_is_right_passes() -> None:
    with collect() as checks:
        values = [checks.of(number, value, 'field') for value in ('1', '2')]
    assert values == [1, 2]


def test_other_problems_end_it_where_they_happen() -> None:
    with pytest.raises(NotFound), collect() as checks:
        checks.of(number, 'x', 'field')
        raise NotFound
