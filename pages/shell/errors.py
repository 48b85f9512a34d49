"""What is shown when something is not there or goes wrong: a sentence and a number, never an exception's text."""

from html import escape

from fastapi import Request
from fastapi.responses import HTMLResponse
from nicegui import app, ui
from starlette.exceptions import HTTPException

from components.kit import theme
from components.kit.frame import Item
from components.kit.text import Text, heading, hint
from data.problems import Problem
from data.runtime.logs import defect as reference

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} · Botcadence</title>
<meta name="viewport" content="width=device-width, initial-scale=1">{head}</head><body><main class="entry">
<div class="mark">Botcadence</div><section class="card"><h1 class="screen-title">{title}</h1>
<p class="muted">{sentence}</p>{way}</section></main></body></html>"""

NOT_POSSIBLE = {400: 'What was sent could not be read.', 405: 'This address is not meant to be used like that.'}
NOT_ANSWERED = 'This request can’t be answered.'


def gone_wrong(error: Exception) -> None:
    """In place of a screen: what happened, what to do."""
    heading('This screen could not be shown')
    if isinstance(error, Problem):
        hint(str(error))
    else:
        hint(f'Something went wrong on our side. Nothing was changed. Reference {reference(error)}.')
    _way_to('Try again', ui.context.client.sub_pages_router.current_path)


def toast(error: Exception) -> None:
    """After an act: what happened, in a corner."""
    if isinstance(error, Problem):
        ui.notify(str(error))
        return
    ui.notify(f'Something went wrong on our side. Reference {reference(error)}.')


def no_such_screen() -> None:
    """For a path inside the dashboard that no screen has."""
    heading('There is nothing here')
    hint('The address may be mistyped, or what was here is gone.')
    _way_to('Go to your organizations', '/organizations')


def row_gone(problem: Problem, way: Item) -> None:
    """For a screen about something that is not there, in an organization that is: why, and where to look for it."""
    heading('There is nothing here')
    hint(str(problem))
    _way_to(f'Go to {way.label}', way.path)


def _way_to(label: str, path: str) -> None:
    Text('a', label, 'link').props['href'] = path


def page(
    status: int, title: str, sentence: str, *, then: str = '', label: str = 'Go to Botcadence', href: str = '/'
) -> HTMLResponse:
    """A page without a client behind it, so that a thousand of them cost nothing; with `then` it goes there at once.

    Its one link has a label and leads to `href`; where that is '' there is none.
    """
    head = theme.head() + (f'<meta http-equiv="refresh" content="0; url={escape(then)}">' if then else '')
    way = f'<p><a class="link" href="{escape(href)}">{escape(label)}</a></p>' if href else ''
    text = PAGE.format(head=head, title=escape(title), sentence=escape(sentence), way=way)
    return HTMLResponse(text, status, headers={'Cache-Control': 'no-store'})


@app.exception_handler(404)
def not_found(_: Request, __: Exception) -> HTMLResponse:
    """For a path that leads nowhere."""
    return page(404, 'There is nothing here', 'The address may be mistyped, or what was here is gone.')


@app.exception_handler(HTTPException)
def not_possible(_: Request, error: HTTPException) -> HTMLResponse:
    """For what the libraries below refuse by themselves: their headers stay, their words do not."""
    answer = page(error.status_code, 'That did not work', NOT_POSSIBLE.get(error.status_code, NOT_ANSWERED))
    answer.headers.update(error.headers or {})
    return answer


@app.exception_handler(Problem)
def problem(_: Request, error: Problem) -> HTMLResponse:
    """For what a person can understand, where there is no screen yet to show it on."""
    return page(503, 'That did not work', str(error))


@app.exception_handler(Exception)
def defect(_: Request, error: Exception) -> HTMLResponse:
    """For what should not happen."""
    sentence = f'Something went wrong on our side. Reference {reference(error)}.'
    return page(500, 'That did not work', sentence)
