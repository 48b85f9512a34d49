"""Logging as it was before a test that configures it."""

import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog


@contextmanager
def kept() -> Iterator[None]:
    """Put back afterwards what `logs.configure` changes for the whole process."""
    handlers, level, configured = list(logging.root.handlers), logging.root.level, structlog.get_config()
    hooks = sys.excepthook, threading.excepthook
    try:
        yield
    finally:
        logging.root.handlers[:] = handlers
        logging.root.setLevel(level)
        logging.captureWarnings(False)
        structlog.configure(**configured)
        sys.excepthook, threading.excepthook = hooks
