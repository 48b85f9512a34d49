"""What a form shows and stores, and where it is between two saves."""

from dataclasses import dataclass
from enum import Enum

from components.kit.fields import Values


@dataclass(frozen=True)
class Saved:
    """What a form shows: its values and the version they were read at, which a save must still find."""

    values: Values
    version: int


NOTHING = Saved({}, 0)
"""What a form for something new starts from."""


class Phase(Enum):
    """Where a form is between two saves."""

    IDLE = 0
    SAVING = 1
    SAVED = 2
