"""Botcadence as it is, plus what goes wrong on purpose: for tests of its log, and of how it stops."""

import runpy
import time

from nicegui import app, background_tasks, ui

SECRET = 'Zq7-wonderful_token_of_nobody-0123456789AB'


class Mishap(Exception):
    """Nothing that was expected."""


def go_wrong() -> None:
    """Fail with a text that a log must not repeat as it is."""
    raise Mishap(f'token={SECRET}\n2026-01-01T00:00:00Z info botcadence all is well')


@app.get('/faulty/route')
def route() -> None:
    """A route that fails."""
    go_wrong()


@app.get('/faulty/slow')
def slow() -> str:
    """A route that hangs in a thread, where nothing can stop it."""
    time.sleep(60)
    return 'late'


@app.get('/faulty/task')
async def task() -> str:
    """A task in the background that fails when everybody has their answer."""

    async def later() -> None:
        go_wrong()

    background_tasks.create(later(), name='later')
    return 'started'


@ui.page('/faulty/page')
def page() -> None:
    """A page that fails while it is built."""
    go_wrong()


@ui.page('/faulty/async')
async def page_that_awaits() -> None:
    """The same in a task."""
    go_wrong()


@ui.page('/faulty/button')
def button() -> None:
    """A page whose button fails."""

    def fail() -> None:
        it.text = 'Failing'
        go_wrong()

    it = ui.button('Fail', on_click=fail)


if __name__ == '__main__':
    runpy.run_path('main.py', run_name='__main__')
