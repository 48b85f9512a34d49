"""A certified OpenID Connect provider: the npm package oidc-provider under Node, installed in the virtual environment.

Its issuer is `localhost`, the application's address 127.0.0.1: to a browser the two are different sites.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

HERE = Path(__file__).parent / 'oidc_provider'
FILES = 'package.json', 'package-lock.json', 'provider.js'
CACHE = Path(sys.prefix) / 'oidc_provider'
PATIENCE = 30
CLIENT, SECRET = 'botcadence', 'provider-secret-4711'


def settings(name: str, port: int, **more: str) -> dict[str, str]:
    """The settings that name it."""
    own = {'ISSUER': f'http://localhost:{port}', 'CLIENT_ID': CLIENT, 'CLIENT_SECRET': SECRET, **more}
    return {f'BOTCADENCE_OIDC_{name}_{key}': value for key, value in own.items()}


def installed() -> Path:
    """The folder in which it is; skips where there is no Node, unless BOTCADENCE_REQUIRE_NODE is set."""
    if not shutil.which('node') or not shutil.which('npm'):
        if os.environ.get('BOTCADENCE_REQUIRE_NODE'):
            pytest.fail('Node is not installed.')
        pytest.skip('Node is not installed: the tests with a certified provider need node and npm.')
    wanted = hashlib.sha256(b''.join((HERE / name).read_bytes() for name in FILES)).hexdigest()
    stamp = CACHE / 'installed'
    if not stamp.is_file() or stamp.read_text() != wanted:
        shutil.rmtree(CACHE, ignore_errors=True)
        CACHE.mkdir()
        for name in FILES:
            shutil.copy(HERE / name, CACHE)
        install = ['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
        done = subprocess.run(install, cwd=CACHE, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        stamp.write_text(wanted)
    return CACHE


@contextmanager
def certified_provider(port: int, redirect_uri: str) -> Iterator[str]:
    """It runs at this port; what it calls itself."""
    folder, issuer = installed(), f'http://localhost:{port}'
    process = subprocess.Popen(
        ['node', 'provider.js', str(port), redirect_uri], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        end = time.monotonic() + PATIENCE
        while not _answers(issuer):
            assert process.poll() is None and time.monotonic() < end, process.stderr and process.stderr.read()
            time.sleep(0.05)  # between two questions, not instead of one
        yield issuer
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


def _answers(issuer: str) -> bool:
    try:
        with urllib.request.urlopen(f'{issuer}/.well-known/openid-configuration', timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
