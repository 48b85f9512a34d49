"""Files on their way in: taken to a temporary file as they come, and put into the knowledge once they are whole.

Who sends it, whether they may, and whether there is room is asked before a byte of it is read, and again at the end.
What the request filter refuses (another site, no length, too large) never comes here.
"""

import errno
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from tempfile import TemporaryFile
from typing import IO

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from nicegui import app
from starlette.requests import ClientDisconnect

from components.kit.calls import call
from data.database import Actor, faults
from data.problems import Forbidden, Invalid, NotFound, Problem, SignedOut, TooMany, Unavailable
from data.runtime import limits
from data.runtime.logs import log
from data.services import sources
from data.services.sources import Added, NameTaken
from pages.shell import access
from pages.shell.screens import ORGANIZATION

PIECE = 256 * 1024
"""Bytes that are written at once, in a thread: the event loop never waits for a disk."""

BUSY = 'Too many files are on their way at once. This one was not taken.'
SAME = 'This file is in the knowledge already, just like this.'
STATUS: list[tuple[type[Problem], int]] = [
    (SignedOut, 401),
    (Forbidden, 403),
    (NotFound, 404),
    (TooMany, 429),
    (NameTaken, 409),
    (Invalid, 422),
    (Unavailable, 503),
    (Problem, 409),
]
"""How a request is answered that ends with a problem: by the first kind that it is of."""

_on_their_way = Counter[str]()


@app.put(f'{ORGANIZATION}/projects/{{project_id}}/files')
async def put_file(
    request: Request, organization_id: str, project_id: str, name: str = '', replaces: str = ''
) -> Response:
    """Take a file into the knowledge of a project, or in the place of another one; what became of it, as JSON."""
    actor = await access.actor_of(request)
    if actor is None:
        return refused(SignedOut())
    here, size = replace(actor, organization_id=organization_id), int(request.headers.get('content-length', 0))
    try:
        with ExitStack() as held:
            try:
                await call(sources.expect_file, here, project_id, name, size, replaces)
                held.enter_context(one_of_few(here))
            except Problem:
                await pass_over(request)  # a browser that still sends hears no answer; nobody waits for it meanwhile
                raise
            file = held.enter_context(TemporaryFile())
            await receive(request, file)
            added = await call(keep, here, project_id, name, replaces, file)
    except ClientDisconnect:
        return Response(status_code=400)  # nobody reads it
    except Problem as problem:
        return refused(problem)
    except OSError as error:
        log.warning('a file could not be taken', error=str(error))
        return refused(Unavailable(faults.FULL if error.errno in (errno.ENOSPC, errno.EDQUOT) else faults.BROKEN_DISK))
    told = {'id': added.source.id, 'is_new': added.is_new, 'sentence': '' if added.is_new else SAME}
    return JSONResponse(told, headers={'Cache-Control': 'no-store'})


def refused(problem: Problem) -> Response:
    """Say why not, in the words of the problem."""
    status = next(status for kind, status in STATUS if isinstance(problem, kind))
    headers = {'Cache-Control': 'no-store'}
    if isinstance(problem, TooMany):
        headers['Retry-After'] = str(problem.seconds)
    other = problem.source_id if isinstance(problem, NameTaken) else ''
    return JSONResponse({'sentence': str(problem), 'replaces': other}, status, headers=headers)


@contextmanager
def one_of_few(actor: Actor) -> Iterator[None]:
    """Count a file as long as it is on its way. Raises TooMany."""
    if _on_their_way.total() >= limits.UPLOADS_AT_ONCE or _on_their_way[actor.user_id] >= limits.UPLOADS_HERE:
        raise TooMany(BUSY, 60)
    _on_their_way[actor.user_id] += 1
    try:
        yield
    finally:
        _on_their_way[actor.user_id] -= 1
        if not _on_their_way[actor.user_id]:
            del _on_their_way[actor.user_id]


async def receive(request: Request, file: IO[bytes]) -> None:
    """Write what comes to a file. Raises ClientDisconnect where it is cut off, OSError where the disk is full."""
    piece = bytearray()
    async for some in request.stream():
        piece += some
        if len(piece) >= PIECE:
            await call(file.write, bytes(piece))
            piece.clear()
    await call(file.write, bytes(piece))


async def pass_over(request: Request) -> None:
    """Read what comes, and keep none of it."""
    async for _ in request.stream():
        pass


def keep(actor: Actor, project_id: str, name: str, replaces: str, file: IO[bytes]) -> Added:
    """Put the whole file into the knowledge."""
    file.seek(0)
    if replaces:
        return sources.replace_file(actor, project_id, replaces, name, file.read())
    return sources.add_file(actor, project_id, name, file.read())
