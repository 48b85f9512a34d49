"""Botcadence as it is, plus one route that tells what goes on inside: statements, stalls, and what piles up.

A stall is how much later than asked a task that sleeps 2 ms at a time wakes up on the server's event loop: for that
long no other person was served either. It includes waiting for the interpreter's lock and for a processor.
"""

import asyncio
import gc
import runpy
import time
from collections import deque
from typing import Any, ClassVar

import psutil
from fastapi.responses import JSONResponse
from nicegui import Client, app
from sqlalchemy import Engine, event

BEAT = 0.002
"""Seconds between two heartbeats."""


class Seen:
    """What has happened since the last question."""

    stall = 0.0
    statements: ClassVar[deque[tuple[str, float]]] = deque(maxlen=200)


@event.listens_for(Engine, 'before_cursor_execute')
def _before(_: Any, __: Any, ___: str, ____: Any, context: Any, _____: bool) -> None:
    context.began = time.perf_counter()


@event.listens_for(Engine, 'after_cursor_execute')
def _after(_: Any, __: Any, statement: str, ___: Any, context: Any, _____: bool) -> None:
    Seen.statements.append((statement, 1000 * (time.perf_counter() - context.began)))


async def _beat() -> None:
    while True:
        began = time.perf_counter()
        await asyncio.sleep(BEAT)
        Seen.stall = max(Seen.stall, 1000 * (time.perf_counter() - began - BEAT))


@app.on_startup
def _begin() -> None:
    asyncio.create_task(_beat(), name='heartbeat').add_done_callback(lambda task: task.result())


@app.get('/inside')
def inside() -> JSONResponse:
    """Longest stall in ms and statements since the last call."""
    told = {'stall': Seen.stall, 'statements': list(Seen.statements)}
    Seen.stall = 0.0
    Seen.statements.clear()
    return JSONResponse(told)


@app.get('/inside/kept')
async def kept() -> JSONResponse:
    """How much there is of everything that must not grow with use, after a garbage collection."""
    from data import changes
    from pages.shell import live

    gc.collect()
    clients = list(Client.instances.values())
    watching = [len(found) for viewer in live.viewers.values() for found in viewer._watched.values()]
    handlers = [len(it.connect_handlers) + len(it.disconnect_handlers) + len(it.delete_handlers) for it in clients]
    return JSONResponse(
        {
            'clients': len(clients),
            'elements': sum(len(client.elements) for client in clients),
            'viewers': len(live.viewers),
            'subscriptions': sum(watching) + sum(handlers) + len(changes._listeners),
            'tasks': len(asyncio.all_tasks()),
            'objects': len(gc.get_objects()),
            'megabytes': psutil.Process().memory_info().rss / 1e6,
        }
    )


@app.get('/inside/use/{organization_id}')
async def use(organization_id: str, events: int) -> JSONResponse:
    """Let agents in this process record so many events in a second, fifty at a time; how long that took."""
    return JSONResponse({'seconds': await asyncio.to_thread(_use, organization_id, events)})


def _use(organization_id: str, events: int) -> float:
    from data.database import System, transaction
    from data.services import usage
    from data.services.usage import Event, Metric

    began, fifty = time.perf_counter(), 50
    for number in range(0, events, fifty):
        with transaction(System(organization_id)) as tx:
            keys = (f'burst {began} {number + each}' for each in range(fifty))
            usage.record_many(tx, [Event(Metric.MESSAGES, 1, key) for key in keys])
        time.sleep(max(0, began + (number + fifty) / events - time.perf_counter()))
    return time.perf_counter() - began


if __name__ == '__main__':
    runpy.run_path('main.py', run_name='__main__')
