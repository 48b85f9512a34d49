"""The number book: the last number of each series beside the database, in `numbers.json` of the data folder.

An older backup of the database knows nothing of the invoices that were sent since. This file does, for no backup holds
it: with it, no number is given twice.
"""

import json
import os
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

FILE = 'numbers.json'

_writing = Lock()


class Unreadable(Exception):
    """The file is there and does not say what it should."""


class _Book:
    """Where it is in this process, None where nobody keeps one."""

    path: Path | None = None


def configure(folder: Path | None) -> None:
    """Keep the book in this folder from now on; in none for None."""
    _Book.path = None if folder is None else folder / FILE


def path() -> Path | None:
    """Where the book is."""
    return _Book.path


def numbers() -> dict[str, int]:
    """The last number of each series that was ever committed here. Raises Unreadable."""
    return {series: entry['last'] for series, entry in _read().items()}


def note(series: str, last: int, issued_on: str) -> None:
    """Write down that this number is given, where none that is higher is known. Raises OSError, Unreadable."""
    if _Book.path is None:
        return
    with _writing:
        known = _read()
        if series in known and known[series]['last'] >= last:
            return
        _write(_Book.path, {**known, series: {'last': last, 'issued_on': issued_on}})


def _read() -> dict[str, dict[str, Any]]:
    if _Book.path is None:
        return {}
    try:
        found = json.loads(_Book.path.read_text(encoding='utf-8'))
        if all(isinstance(entry['last'], int) for entry in found.values()):
            return dict(found)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        pass
    raise Unreadable


def _write(path: Path, known: dict[str, dict[str, Any]]) -> None:
    """Replace the file by a whole one, on the disk before it takes the place of the other."""
    new = path.with_name(f'{path.name}.{os.getpid()}')  # another process may write as well
    try:
        with open(new, 'w', encoding='utf-8', opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            json.dump(known, file, indent=1, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError:
        with suppress(OSError):
            new.unlink()
        raise
