"""What can go wrong in a way a person can understand and act on.

`str(problem)` is the sentence they read. Everything that is not a `Problem` is a defect of ours: it is logged with a
reference number and shown as one.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

_P = ParamSpec('_P')
_R = TypeVar('_R')


class Problem(Exception):
    """An expected failure; its text is written for the person in front of the screen."""


class Invalid(Problem):
    """One or more fields hold something unusable; `fields` maps each field's name to its sentence."""

    def __init__(self, **fields: str) -> None:
        super().__init__(' '.join(fields.values()))
        self.fields = fields


class Doubtful(Invalid):
    """One or more fields hold what looks wrong by rules that may be out of date, and nothing else is wrong.

    Whoever typed it may say that it is right all the same.
    """


class Checks:
    """Checks of several fields, each of which may find something wrong."""

    def __init__(self) -> None:
        self.wrong: dict[str, str] = {}

    def of(self, check: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
        """What this check makes of its field; what it finds wrong is kept for the end of the block."""
        try:
            return check(*args, **kwargs)
        except Invalid as problem:
            self.wrong |= problem.fields
            return None  # type: ignore[return-value]  # nobody sees it outside of a block that ends with Invalid


@contextmanager
def collect() -> Iterator[Checks]:
    """Check several fields and name all that are wrong at once: raises one Invalid at the end of the block."""
    checks = Checks()
    yield checks
    if checks.wrong:
        raise Invalid(**checks.wrong)


class Forbidden(Problem):
    """The role or the organization's status does not allow it; `rule` says which said no."""

    def __init__(self, sentence: str, *, action: str, rule: str) -> None:
        super().__init__(sentence)
        self.action = action
        self.rule = rule


class NeedsSecondFactor(Forbidden):
    """The organization requires a second factor, and in this session none is proved; `has_one` is whether there is one.

    To look at it is no attempt at anything: only acts that are refused so are put on the record.
    """

    def __init__(self, *, action: str, has_one: bool) -> None:
        todo = 'Prove yours to go on.' if has_one else 'Set one up to go on.'
        super().__init__(f'This organization requires a second factor. {todo}', action=action, rule='second_factor')
        self.has_one = has_one


class NotFound(Problem):
    """There is no such thing, or not for this person: the two are never told apart."""

    def __init__(self, sentence: str = 'This doesn’t exist, or you don’t have access to it.') -> None:
        super().__init__(sentence)


class SignedOut(Problem):
    """The session has ended."""

    def __init__(self, sentence: str = 'You are signed out. Sign in to go on.') -> None:
        super().__init__(sentence)


class Reauthenticate(Problem):
    """It could lock somebody out or hand something over, and too long ago they showed who they are.

    `second` is whether only a second factor shows it: they have one, and have not proved it in this session.
    """

    def __init__(self, *, second: bool = False) -> None:
        super().__init__('Confirm that it is you first. Nothing was changed.')
        self.second = second


class Stale(Problem):
    """Something was saved first, by somebody else or in another window of the same person; nothing was written."""

    def __init__(self) -> None:
        super().__init__('This was changed in the meantime. What you typed is still here: compare it, then save again.')


class Unavailable(Problem):
    """The database can't be used right now; nothing was changed."""

    def __init__(self, sentence: str = 'The database is not available. Nothing was changed. Try again soon.') -> None:
        super().__init__(sentence)


class TooMany(Problem):
    """Somebody tries too often; `seconds` from now it will be all right again."""

    def __init__(self, sentence: str, seconds: int) -> None:
        minutes = -(-seconds // 60)
        when = 'a minute' if minutes == 1 else f'{minutes} minutes'
        super().__init__(f'{sentence} Try again in {when}.')
        self.seconds = seconds
