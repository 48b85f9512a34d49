"""Output of the command line: results on the output stream, for people or as JSON; everything else on the other."""

import errno
import io
import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import typer
from sqlalchemy.exc import DBAPIError

from data import database
from data.database import faults, schema
from data.operations.sqlite_backup import BackupError
from data.problems import Problem, Unavailable
from data.runtime import account_rules, instance_lock, logs, number_book
from data.runtime.settings import ConfigError, Settings
from data.services.usage import days

OK, WRONG, MISUSED, UNAVAILABLE = range(4)
"""Exit codes: in order; something is not; asked for something that can't be; not now."""


_UNSAFE = re.compile(
    '[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb'
    '\ud800-\udfff\U000e0000-\U000e007f]'
)
"""What moves the cursor, turns text around (UAX #9) or is not seen, but for line breaks."""


def plain(text: str) -> str:
    """A text that does nothing to a terminal: what is not to be seen is written as its code."""
    return _UNSAFE.sub(lambda sign: f'\\u{ord(sign[0]):04x}', text)


def name(text: str) -> str:
    """Somebody's text on one line."""
    return plain(text).replace('\n', '\\n')


class Terminal:
    """One command at work."""

    def __init__(self, *, as_json: bool) -> None:
        self._json = as_json
        self._width = 0

    def progress(self, text: str) -> None:
        """Show on one line what is being done, where somebody is looking."""
        if sys.stderr.isatty():
            print(f'\r{text:<{self._width}}', end='', file=sys.stderr, flush=True)
            self._width = len(text)

    def tell(self, text: str, **values: Any) -> None:
        """The result: a sentence, or the same as JSON."""
        self.clear()
        try:
            print(json.dumps(values) if self._json else plain(text), flush=True)
        except OSError as error:
            if error.errno == errno.EPIPE:  # whoever reads has enough
                raise
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else it is tried once more at the end
            print(f'What was asked for is done, but the answer cannot be written ({error.strerror}).', file=sys.stderr)
            raise typer.Exit(WRONG) from None

    def fail(self, sentence: str, code: int) -> NoReturn:
        """The end of a command that could not do what it was asked for."""
        self.clear()
        if self._json:
            print(json.dumps({'error': sentence}))
        else:
            print(name(sentence), file=sys.stderr)
        raise typer.Exit(code)

    def clear(self) -> None:
        """Take the line of progress away."""
        if self._width:
            print(f'\r{" " * self._width}\r', end='', file=sys.stderr, flush=True)
            self._width = 0


def speak_plainly() -> None:
    """Write letters that the output has no place for as their codes, as the error stream does by itself."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors='backslashreplace')


@contextmanager
def terminal(as_json: bool) -> Iterator[Terminal]:
    """A command's work; every failure that can be expected ends it with a sentence and a code."""
    output = Terminal(as_json=as_json)
    try:
        yield output
    except (instance_lock.Busy, Unavailable) as problem:
        output.fail(str(problem), UNAVAILABLE)
    except (ConfigError, schema.SchemaError, Problem) as problem:
        output.fail(str(problem), MISUSED)
    except BackupError as problem:
        output.fail(str(problem), WRONG)
    except DBAPIError as error:
        if unavailable := faults.explain(error):
            output.fail(str(unavailable), UNAVAILABLE)
        raise
    finally:
        output.clear()


def settings() -> Settings:
    """The settings, as the server would read them. Raises ConfigError."""
    loaded = Settings.load()
    logs.configure(loaded.log_format, 'error', loaded.secrets)
    account_rules.configure(loaded.account_rules)
    return loaded


def opened() -> Settings:
    """The settings, and the database open in the form that this version wants. Raises ConfigError, SchemaError."""
    loaded = settings()
    url = loaded.database_url.get_secret_value()
    if loaded.database_path and not loaded.database_path.exists():
        raise schema.SchemaError(f'There is no database {loaded.database_path} yet. Run: python -m data migrate')
    revision = schema.revision(url)
    if revision != schema.HEAD:
        if revision:
            schema.refuse_newer(revision)
        raise schema.SchemaError('The database has an older schema than this version. Run: python -m data migrate')
    database.connect(url)
    number_book.configure(loaded.data_dir)
    days.adopt(loaded.time_zone)
    return loaded
