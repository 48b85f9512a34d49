"""A few rounds of what `python -m tests.load.crash` does forty times."""

import tempfile
from pathlib import Path

import pytest

from tests.load import crash


@pytest.mark.slow
@pytest.mark.parametrize('kind', ['sqlite', pytest.param('postgresql', marks=pytest.mark.postgres)])
def test_what_was_shown_as_saved_survives_kill_9(kind: str, request: pytest.FixtureRequest) -> None:
    if kind == 'postgresql':
        request.getfixturevalue('postgres')  # it skips where there is none
    with tempfile.TemporaryDirectory(prefix='botcadence-crash-', ignore_cleanup_errors=True) as folder:
        outcome = crash.run(3, kind, Path(folder))
    assert outcome.good and outcome.rounds == 3, str(outcome)
    assert outcome.saved >= 3 * crash.PEOPLE
