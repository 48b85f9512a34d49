"""Billing: periods are closed, drafts become final, documents are made and mailed, and what is overdue is chased.

Each step finds its own work by how things stand, so that a round that ends in between goes on with the next one. A
failure at one organization never holds up the others.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from data.database import accounts
from data.jobs.worker import Worker
from data.problems import Unavailable
from data.runtime import number_book
from data.runtime.logs import log
from data.runtime.settings import Settings
from data.services import plans
from data.services.invoices import closing, documents, finalizing, numbering, rounds
from data.services.invoices.addressing import NoAddress
from data.services.invoices.numbering import BookUnreadable, NumberGone
from data.services.payments import dunning
from data.services.subscriptions import operating
from data.services.usage import days

AGAIN = 600.0
"""Seconds between two rounds: nobody waits for an invoice."""

AFTER_FAILURE = 60.0
"""Seconds until the next round after one in which the database was away."""


@dataclass(frozen=True)
class Step:
    """Part of a round: what is `due`, each time the arguments of `act`, the organization first."""

    name: str
    due: Callable[[], Iterable[tuple[str, ...]]]
    act: Callable[..., object]


STEPS = (
    Step('begin', lambda: [(each,) for each in rounds.to_begin()], operating.start),
    Step('tell of trials', lambda: [(each,) for each in operating.trials_to_tell()], operating.tell_of_trial),
    Step('close', lambda: [(each,) for each in rounds.to_close(days.today())], closing.close),
    Step('finalize', rounds.to_finalize, finalizing.finalize),
    Step('documents', documents.missing, documents.make),
    Step('chase', lambda: [(each,) for each in dunning.to_chase()], dunning.chase),
)
"""What a round consists of, in this order."""


class Billing(Worker):
    """Does a round every ten minutes, where there is a catalogue of plans."""

    def __init__(self) -> None:
        super().__init__('billing', self.round, every=AGAIN, after_failure=AFTER_FAILURE)

    def round(self) -> None:
        """Do all steps once, one organization after the other, until told to stop. Raises Unavailable."""
        with accounts(writes=False) as tx:
            if plans.current(tx) is None:
                return
        numbering.write_book()
        for step in STEPS:
            for arguments in step.due():
                if self.is_stopping or not _done(step, arguments):
                    break


def _done(step: Step, arguments: tuple[str, ...]) -> bool:
    """Do a step for one organization; False where it makes no sense to go on with the others."""
    try:
        step.act(*arguments)
    except (NumberGone, BookUnreadable) as problem:  # nobody’s draft can become final then
        log.error('no invoice becomes final', reason=str(problem))
        return False
    except NoAddress:  # its people were told
        return True
    except Unavailable:
        raise
    except Exception as error:
        log.exception(
            'a step of billing has failed', step=step.name, organization=arguments[0], error=type(error).__name__
        )
    return True


def job(settings: Settings) -> Worker:
    """What does it; the numbers that it gives are written down in the data folder."""
    number_book.configure(settings.data_dir)
    return Billing()
