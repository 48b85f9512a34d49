"""`python -m tests.load.billing --data FOLDER`: a thousand organizations whose month is over, closed and made final.

Each has Team, seven members, and messages beyond what that includes. The database is made in the folder, which has none
yet. The exit code is 1 when a limit is missed.
"""

import argparse
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from data import clock, database
from data.runtime import number_book
from data.services import billing_address, organizations, plans
from data.services.invoices import closing, finalizing, rounds
from tests.load import world
from tests.load.report import Row, most, table
from tests.support import billed, catalogues
from tests.support.world import inside

ORGANIZATIONS, ALLOWED = 1_000, 60.0
"""How many are closed, and how many seconds that may take."""

OWNER = 'usage@acme.com'
MEMBERS = [('2026-01-01', None)] * 7


def fill(folder: Path, number: int) -> None:
    """So many organizations of one Owner, which begin on 1 March 2027 and use something until its end."""
    world.prepare(folder, ())
    engine = database.connect(world.url(folder))
    _stand(datetime(2027, 3, 1, 12, tzinfo=UTC))
    plans.apply(catalogues.changed(('review_hours = 24', 'review_hours = 0')))
    owner = world.signed_up(OWNER)
    for each in range(number):
        at = organizations.create(owner, f'Number {each}').id
        billing_address.set_address(inside(owner, at), world.ADDRESS, version=0)
        billed.begin(at)
        billed.seat(engine, at, MEMBERS)
        billed.use(at, 10_000 + each, 'all of them')


def measure(folder: Path, number: int) -> list[Row]:
    """Close them all, then make all drafts final; both one after the other, as the job does."""
    number_book.configure(folder)
    _stand(datetime(2027, 4, 1, 12, tzinfo=UTC))
    began = time.perf_counter()
    closed = closing.close_all(progress=lambda done, of: print(f'\r{done} of {of}', end='', file=sys.stderr))
    taken = time.perf_counter() - began
    assert not closed.failed and sum(it.total is not None for it in closed.closed) == number
    began = time.perf_counter()
    for organization_id, invoice_id in rounds.to_finalize():
        finalizing.finalize(organization_id, invoice_id)
    final = time.perf_counter() - began
    return [
        most(f'billing: {number:,} periods closed', taken, ALLOWED, 's', f'{1000 * taken / number:.1f} ms each'),
        most(f'billing: {number:,} drafts made final', final, ALLOWED, 's', f'{1000 * final / number:.1f} ms each'),
    ]


def _stand(moment: datetime) -> None:
    clock.source = lambda: moment


def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--data', type=Path, required=True, help='an empty folder for the database')
    parser.add_argument('--organizations', type=int, default=ORGANIZATIONS)
    wanted = parser.parse_args()
    fill(wanted.data, wanted.organizations)
    found = measure(wanted.data, wanted.organizations)
    print(table(found))
    sys.exit(0 if all(row.kept for row in found) else 1)


if __name__ == '__main__':
    main()
