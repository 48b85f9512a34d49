"""Logging: one handler, one line an event, no secrets, one traceback a defect.

Everything goes through the standard library's root logger, so that lines of NiceGUI, uvicorn and asyncio look like ours
and are redacted alike. There is no access log: the web server in front keeps one (README, Deployment).
"""

import errno
import json
import logging
import re
import secrets as randomness
import sys
import threading
from asyncio import CancelledError
from collections.abc import Iterable
from traceback import StackSummary, TracebackException
from typing import Any, TextIO

from data.problems import Problem
from data.runtime import redaction
from data.runtime.plain_structlog import EventDict, structlog

DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}
"""What the machine's disk is to blame for: a line in the log, and no defect."""

ON_THE_WAY = re.compile(
    r'[/\\](?:(?:starlette|fastapi|anyio|uvicorn)[/\\]|nicegui[/\\](?:storage|middlewares|page)\.py)'
)
"""Files whose part in a traceback says nothing: every request passes them."""

_CONTROLS = re.compile('[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]')
_NOISY = {name: logging.WARNING for name in ('uvicorn.error', 'asyncio', 'alembic', 'sqlalchemy')}
_NOISY |= {name: logging.WARNING for name in ('httpx2', 'httpcore2')}  # each address that a provider is asked under
_NOISY |= {name: logging.ERROR for name in ('engineio.server', 'socketio.server', 'python_multipart')}
"""The least that is logged of what others say. Of sockets and forms: what strangers do is noted in words of ours."""


def configure(form: str = 'text', level: str = 'info', known: Iterable[str] = (), stream: TextIO | None = None) -> None:
    """Send every log of this process to `stream` (standard error), as `text` or `json`; `known` are its own secrets."""
    redaction.configure(known)
    handler = logging.StreamHandler(stream) if stream else _ErrorStream()
    handler.addFilter(_once)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder()],
            processors=[
                _complete,
                structlog.processors.TimeStamper(fmt='iso', utc=True),
                _trace,
                redaction.redact,
                structlog.processors.JSONRenderer() if form == 'json' else readable,
            ],
        )
    )
    for handler_before in [each for each in logging.root.handlers if _once in each.filters]:
        logging.root.removeHandler(handler_before)
    logging.root.addHandler(handler)
    logging.root.setLevel(level.upper())
    for name, least in _NOISY.items():  # before they are imported: engineio and socketio then add no handler
        logging.getLogger(name).setLevel(max(least, logging.root.level))
    logging.captureWarnings(True)
    structlog.configure(
        processors=[
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    if threading.excepthook is threading.__excepthook__:  # a test run has its own
        threading.excepthook = lambda args: log.error('defect', exc_info=args.exc_value)
        sys.excepthook = lambda _, error, __: log.critical('defect', exc_info=error)


class _ErrorStream(logging.StreamHandler[TextIO]):
    """Writes to what is the error stream then."""

    @property
    def stream(self) -> TextIO:
        return sys.stderr

    @stream.setter
    def stream(self, _: TextIO) -> None:
        """Ignore it: the error stream is looked up anew at every line."""


log: structlog.stdlib.BoundLogger = structlog.get_logger('botcadence')


def defect(error: BaseException) -> str:
    """Log a defect, once however often it is met, and return the number under which it is found."""
    if not getattr(error, '_logged', False):
        log.error('defect', exc_info=error)
        vars(error)['_logged'] = True  # where logging is off, too
    return _number(error)


def _number(error: BaseException) -> str:
    return str(vars(error).setdefault('_reference', randomness.token_hex(4)))


def _error_in(exc_info: Any) -> BaseException | None:
    """The exception of a record, in whichever of three ways it is given."""
    if exc_info is True:
        exc_info = sys.exc_info()
    error = exc_info[1] if isinstance(exc_info, tuple) else exc_info
    return error if isinstance(error, BaseException) else None


def _once(record: logging.LogRecord) -> bool:
    """Whether a record is news: a defect is reported by whoever meets it first.

    What people were told is none, nor is a request that was cut off because the server stops.
    """
    error = _error_in(record.msg.get('exc_info') if isinstance(record.msg, dict) else record.exc_info)
    if error is None:
        return True
    if isinstance(error, Problem | CancelledError) or getattr(error, '_logged', False):
        return False
    if isinstance(error, OSError) and error.errno in DISK and isinstance(record.msg, OSError | str):
        record.exc_info, record.levelno, record.levelname = None, logging.WARNING, 'WARNING'  # NiceGUI's own files
    vars(error)['_logged'] = True
    return True


def _complete(_: Any, __: str, event: EventDict) -> EventDict:
    """Put in who says it, how bad it is, and the number of a defect."""
    record: logging.LogRecord = event.pop('_record')
    event.pop('_from_structlog', None)
    error = _error_in(event.get('exc_info'))
    number = {'reference': _number(error)} if error is not None else {}
    rest = {key: value for key, value in event.items() if key not in ('event', 'message', 'color_message')}
    return {'level': record.levelname.lower(), 'logger': record.name, 'event': str(event['event']), **number, **rest}


def _trace(_: Any, __: str, event: EventDict) -> EventDict:
    """Put in the traceback, once, and without the way through the web server to the code that failed."""
    error = _error_in(event.pop('exc_info', None))
    if error is None:
        return event
    trace = TracebackException.from_exception(error)
    cause = error.__cause__
    if isinstance(cause, BaseExceptionGroup) and error in cause.exceptions:  # Starlette wraps it on its way
        trace.__cause__, trace.__suppress_context__ = None, True
    part: TracebackException | None = trace
    while part:
        telling = [frame for frame in part.stack if not ON_THE_WAY.search(frame.filename)]
        part.stack = StackSummary.from_list(telling or part.stack)
        part = part.__cause__ or part.__context__
    return {**event, 'exception': ''.join(trace.format())}


def readable(_: Any, __: str, event: EventDict) -> str:
    """One line for people; a traceback follows, set in so that it can't pass for a line of its own."""
    head = ' '.join(_plain(event.pop(key)) for key in ('timestamp', 'level', 'logger', 'event'))
    trace = str(event.pop('exception', '')).splitlines()
    values = [f'{key}={_quoted(value)}' for key, value in event.items()]
    return '\n'.join([' '.join([head, *values]), *(f'    | {_plain(line)}' for line in trace)])


def _plain(text: object) -> str:
    return _CONTROLS.sub(lambda control: f'\\u{ord(control[0]):04x}', str(text))


def _quoted(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return json.dumps(_plain(text), ensure_ascii=False) if re.search(r'[\s"=]', text) or not text else _plain(text)
