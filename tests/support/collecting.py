"""How the tests are found and shared out among the processes that run them: hooks of pytest."""

import gc
import os
from collections.abc import Iterator

import pytest

WORKERS = 4
"""Twice the cores of the machine that this was measured on: half of its time, a test waits for a clock or a browser."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """How many processes `-n auto` means: none where only some tests are chosen, for each takes seconds to begin."""
    is_chosen = config.option.keyword or config.option.markexpr or config.args_source == config.ArgsSource.ARGS
    return 0 if is_chosen else WORKERS


def pytest_collection() -> None:
    """Next to nothing of what is collected is garbage: looking for it takes a tenth of that."""
    gc.disable()


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    """Each process begins with another share of the files, so that each file is compiled by one, and read by all."""
    report = yield
    if isinstance(collector, pytest.Directory) and report.result:
        share = int(os.environ.get('PYTEST_XDIST_WORKER', 'gw0').removeprefix('gw')) % WORKERS
        begin = len(report.result) * share // WORKERS
        report.result = report.result[begin:] + report.result[:begin]
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take long come first: begun last, one would keep a process busy while the others are done."""
    slow = {item.path for item in items if item.get_closest_marker('slow')}
    browser = {item.path for item in items if item.get_closest_marker('browser')}
    items.sort(key=lambda item: (item.path not in slow, item.path not in browser, item.path))


def pytest_collection_finish() -> None:
    """What is there now stays to the end: the garbage collector need not walk through it, and looks less often."""
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
    gc.enable()
