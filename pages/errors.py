"""What is shown when something is not there or goes wrong: a sentence and a reference number, never an exception's text."""

import secrets

import structlog
from nicegui import ui

from components.text import Text, heading, hint
from data.problems import Problem

log = structlog.get_logger('botcadence')


def reference(error: BaseException) -> str:
    """Log a defect and return the number under which it is found."""
    number = secrets.token_hex(4)
    log.error('defect', reference=number, exc_info=error)
    return number


def gone_wrong(error: Exception) -> None:
    """In place of a screen: what happened, what to do."""
    heading('This screen could not be shown')
    if isinstance(error, Problem):
        hint(str(error))
        return
    hint(f'Something went wrong on our side. Nothing was changed. Reference {reference(error)}.')


def toast(error: Exception) -> None:
    """After an act: what happened, in a corner."""
    if isinstance(error, Problem):
        ui.notify(str(error), type='warning')
        return
    ui.notify(f'Something went wrong on our side. Reference {reference(error)}.', type='negative')


def no_such_screen() -> None:
    """For a path that no screen has."""
    heading('There is nothing here')
    hint('The address may be mistyped, or what was here is gone.')
    link = Text('a', 'Go to your organizations', 'link')
    link.props['href'] = '/organizations'
