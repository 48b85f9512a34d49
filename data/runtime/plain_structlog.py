"""structlog without rich, which it would load to draw tracebacks in color: 65 modules, 3 MB, a thirtieth of a start."""

import sys

_is_loaded = 'rich' in sys.modules  # by Typer, which draws the help of a command with it
if not _is_loaded:
    sys.modules['rich'] = None  # type: ignore[assignment]  # so it is not found

import structlog  # noqa: E402  # only now
from structlog.typing import EventDict  # noqa: E402  # only now

if not _is_loaded:
    del sys.modules['rich']

__all__ = ['EventDict', 'structlog']
