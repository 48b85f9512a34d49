"""Moments in words."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from data.inputs import moments


@pytest.mark.parametrize(
    ('moment', 'words'),
    [
        (datetime(2026, 11, 6, 7, 6, tzinfo=UTC), '6 November 2026, 07:06 UTC'),
        (datetime(2026, 11, 26, 23, 59, 59, tzinfo=UTC), '26 November 2026, 23:59 UTC'),
        (datetime(2027, 1, 1, 1, 30, tzinfo=timezone(timedelta(hours=2))), '31 December 2026, 23:30 UTC'),
    ],
)
def test_a_moment_in_words(moment: datetime, words: str) -> None:
    assert moments.in_words(moment) == words
