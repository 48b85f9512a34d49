"""The server: how it starts, and how it stops."""

import errno
import gc
import os
import resource
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from urllib.parse import urlsplit

from nicegui import app, helpers, run, ui

from components.kit import theme
from components.kit.calls import on_reauthenticate
from data import jobs
from data.integrations import oidc
from data.runtime.logs import log
from data.runtime.own_address import LOOPBACK
from data.runtime.settings import ConfigError, Settings
from data.security import passwords
from pages.server import routes, sockets  # noqa: F401  # routes registers those that draw nothing
from pages.server.kept_files import KeptFiles
from pages.shell import access, answerers, dashboard, embedding, live, reauthentication
from pages.shell.new_day import LOOK_EVERY, NewDay
from pages.widget import streams

THREADS = 16
"""For service functions: those who wait for a locked database must not keep others from reading."""

FILES = 10_240
"""Files and sockets that may be open at once, where the machine allows it; macOS allows no more."""

WARMS_UP_AFTER = 1
"""Seconds from the start until what nobody waits for is loaded: the first answers are out by then."""

LET_FINISH = 4
"""Seconds that requests have to end by themselves once the server is told to stop."""

LET_GO = 4
"""Seconds after those until the process ends, whatever still runs in it."""

COOKIE_DAYS = 30
"""Days that a browser keeps our cookie, which has the theme in it, too; longer where sessions live longer."""


def serve(settings: Settings) -> None:
    """Register the screens and serve them until stopped. Raises ConfigError where the port can't be had."""
    theme.apply(app)
    dashboard.register()
    live.start()
    answerers.start()
    streams.start()
    on_reauthenticate(reauthentication.ask)
    access.public_url = settings.public_url
    embedding.configure(settings.widget_url or settings.public_url)
    _make_room_for_sockets()
    sockets.install(settings)
    app.on_startup(lambda: print(f'Botcadence is at {settings.public_url}', flush=True))
    if advice := _advice(settings):
        app.on_startup(lambda: print(advice, flush=True))
    with suppress(OSError):  # a full disk: NiceGUI would try while it builds a page
        app.storage.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if helpers.is_user_simulation():
        _settle()
    else:
        _be_a_server(settings)
    _run(settings)


def _run(settings: Settings) -> None:
    ui.run(
        host=settings.host,
        port=settings.port,
        title='Botcadence',
        favicon=theme.ASSETS / 'mark.svg',
        dark=None,
        language='en-US',
        storage_secret=settings.secret_key.get_secret_value(),
        session_middleware_kwargs={
            'session_cookie': '__Host-session' if settings.secure else 'session',
            'https_only': settings.secure,
            'max_age': max(COOKIE_DAYS, settings.session_days) * 24 * 3600,
        },
        reconnect_timeout=30,
        binding_refresh_interval=None,
        tailwind=False,
        reload=False,
        show=False,
        show_welcome_message=False,
        log_config=None,  # `data.runtime.logs` has said what is logged, and how
        access_log=False,
        gzip_middleware_factory=KeptFiles,
        timeout_graceful_shutdown=LET_FINISH,
        **sockets.server_options(settings),
    )


def _be_a_server(settings: Settings) -> None:
    """What only a process of its own does: it takes the port, works in the background, and ends in time."""
    _make_sure_of_port(settings.host, settings.port)
    run.thread_pool = ThreadPoolExecutor(THREADS, thread_name_prefix='service')
    app.on_startup(lambda: jobs.start(settings))
    app.on_startup(_settle)
    app.on_startup(lambda: sockets.again_and_again(NewDay().look, LOOK_EVERY))
    app.on_startup(lambda: _later(WARMS_UP_AFTER, passwords.warm_up))
    if settings.providers:
        app.on_startup(lambda: _later(WARMS_UP_AFTER, oidc.warm_up))
    app.on_shutdown(jobs.stop)
    app.on_shutdown(lambda: _later(LET_GO, _end))


def _advice(settings: Settings) -> str:
    """A sentence for the start where others are listened to and none of them is answered, else ''."""
    host = f'[{settings.host}]' if ':' in settings.host else settings.host
    url = urlsplit(settings.public_url)
    public = url.netloc.removesuffix(f':{url.port}')
    if LOOPBACK.fullmatch(host) or not LOOPBACK.fullmatch(public):
        return ''
    return (
        f'It listens on {settings.host}, but only this machine can use it: set BOTCADENCE_PUBLIC_URL to the address '
        f'that people type, such as https://bots.example.com, or http://{_address()}:{settings.port} with '
        'BOTCADENCE_ALLOW_INSECURE=1.'
    )


def _address() -> str:
    """The address by which its network knows this machine; nothing is sent for that."""
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(('192.0.2.1', 9))  # nobody has it (RFC 5737)
        return str(probe.getsockname()[0])
    return '127.0.0.1'


def _make_sure_of_port(host: str, port: int) -> None:
    """Try the port before anything starts: uvicorn itself would notice last, and say it with a number."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does
            probe.bind(address)
    except OSError as error:
        why = 'another program is using it' if error.errno == errno.EADDRINUSE else error.strerror
        raise ConfigError(f'BOTCADENCE_PORT: port {port} of {host} cannot be had ({why}).') from None


def _make_room_for_sockets() -> None:
    """Every open page takes a file descriptor, and systemd begins with 1,024: one network could use them up."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < (most := min(FILES, hard)):
        with suppress(OSError, ValueError):  # it goes on with fewer
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _later(seconds: float, act: Callable[[], None]) -> None:
    timer = threading.Timer(seconds, act)
    timer.daemon = True
    timer.start()


def _settle() -> None:
    """Keep the garbage collector from walking through what stays anyway: its pauses fall from 50 to 3 ms."""
    gc.freeze()
    gc.enable()


def _end() -> None:
    """Threads can't be stopped: one that hangs must not keep the process from ending."""
    log.warning('stopped before everything had ended')
    os._exit(0)
