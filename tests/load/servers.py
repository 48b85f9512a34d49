"""Processes that serve, started on free ports of this machine only and ended again."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

PATIENCE = 30
"""Seconds until a server that does not answer is given up."""


class Server:
    """A subprocess that serves HTTP; ready as soon as `probe` answers 200."""

    def __init__(self, folder: Path, probe: str, *command: str) -> None:
        self.port = free_port()
        self.url = f'http://127.0.0.1:{self.port}'
        self.seconds = 0.0
        self._folder, self._probe = folder, probe
        self._command = [sys.executable, *(part.replace('{port}', str(self.port)) for part in command)]

    async def __aenter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        began = time.perf_counter()
        with open(self._folder / 'log', 'ab') as log:
            self.process = subprocess.Popen(self._command, env=self._environment(), stdout=log, stderr=log)
        try:
            while not await self._answers():
                await asyncio.sleep(0.004)
                if self.process.poll() is not None or time.perf_counter() - began > PATIENCE:
                    raise RuntimeError(f'{self._command} does not serve:\n{(self._folder / "log").read_text()[-2000:]}')
        except BaseException:
            self.stop()
            raise
        self.seconds = time.perf_counter() - began
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End the process, by force where it does not go."""
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def megabytes(self) -> float:
        """Resident memory now."""
        return psutil.Process(self.process.pid).memory_info().rss / 1e6

    def processor_time(self) -> float:
        """Milliseconds that its processors have worked for it so far."""
        times = psutil.Process(self.process.pid).cpu_times()
        return 1000 * (times.user + times.system)

    def _environment(self) -> dict[str, str]:
        ours = 'BOTCADENCE_', 'NICEGUI_', 'PYTEST'
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        return kept | {
            'BOTCADENCE_PORT': str(self.port),
            'BOTCADENCE_DATA_DIR': str(self._folder),
            'NICEGUI_STORAGE_PATH': str(self._folder / 'browsers'),
        }

    async def _answers(self) -> bool:
        try:
            reader, writer = await asyncio.open_connection('127.0.0.1', self.port)
        except OSError:
            return False
        try:
            writer.write(f'GET {self._probe} HTTP/1.0\r\nHost: 127.0.0.1:{self.port}\r\n\r\n'.encode())
            return b' 200 ' in await reader.readline()
        except OSError:
            return False
        finally:
            writer.close()


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as it:
        it.bind(('127.0.0.1', 0))
        return int(it.getsockname()[1])


def bare(folder: Path) -> Server:
    """The application that ratios are measured against."""
    return Server(folder, '/', '-m', 'tests.load.bare', '{port}')


def botcadence(folder: Path) -> Server:
    """Botcadence as `make run` starts it, on the data in `folder`."""
    return Server(folder, '/sign-in', 'main.py')


def transparent(folder: Path) -> Server:
    """Botcadence with a route that tells what goes on inside."""
    return Server(folder, '/healthz', '-m', 'tests.load.inside')
