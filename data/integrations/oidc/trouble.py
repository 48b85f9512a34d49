"""What goes wrong with a provider: a sentence for whoever wants to sign in, and a cause for whoever runs Botcadence."""

from data.problems import Problem
from data.runtime.providers import Provider

LONGEST = 200


class ProviderProblem(Problem):
    """Nobody was signed in through this provider; `cause` is for the log and holds nothing secret."""

    def __init__(self, sentence: str, cause: str) -> None:
        super().__init__(sentence)
        self.cause = cause


class ProviderDown(ProviderProblem):
    """The provider gives no answer, or none in time."""

    def __init__(self, provider: Provider, cause: str, *, late: bool = False) -> None:
        how = 'takes too long to answer' if late else 'does not answer'
        super().__init__(f'{provider.label} {how}. Try again in a moment, or sign in another way.', cause)


class ProviderRefused(ProviderProblem):
    """The provider does not say who somebody is: they did not want it, it may not, or it was asked too late."""


class ProviderWrong(ProviderProblem):
    """What the provider sent can't be trusted."""

    def __init__(self, provider: Provider, cause: str) -> None:
        super().__init__(
            f'What {provider.label} sent can’t be trusted, so nobody was signed in. Try again; if this stays, tell '
            'whoever runs Botcadence.',
            cause,
        )


def printable(text: object) -> str:
    """What a provider wrote, short and on one line, for the log."""
    return ''.join(letter if letter.isprintable() else ' ' for letter in str(text)[:LONGEST])
