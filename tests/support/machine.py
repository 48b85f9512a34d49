"""Random acts in any order: how a state machine is run, each time from a copy of one database."""

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test
from sqlalchemy import Engine

from data import database
from tests.support.databases import Databases

STEPS = 25
"""How many acts a run has at most."""


class Machine(RuleBasedStateMachine):
    """Rules on a database that nobody has touched since it was filled."""

    databases: Databases
    filled: str

    def __init__(self) -> None:
        super().__init__()
        self.db: Engine = database.connect(self.databases.make('test', self.filled))

    def teardown(self) -> None:
        self.db.dispose()
        self.databases.drop('test')


def drive(machine: type[Machine], databases: Databases, filled: str, examples: int, **given: object) -> type[Machine]:
    """Let a machine run so often from copies of the database `filled`, which goes in the end; what was run.

    What is `given` becomes attributes of its class.
    """
    driven = type(machine.__name__, (machine,), {'databases': databases, 'filled': filled, **given})
    run_state_machine_as_test(
        driven,
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    databases.drop(filled)
    return driven
