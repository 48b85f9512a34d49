"""The data folder: for its owner only, with the secret key in it."""

import os
import secrets
from contextlib import suppress
from functools import partial
from pathlib import Path

KEY_LENGTH = 32


class ConfigError(Exception):
    """A setting with which Botcadence can't start: one line that names it and holds no secret."""

    def __init__(self, sentence: str) -> None:
        super().__init__(' '.join(sentence.split()))


def text_of(path: Path, what: str) -> str:
    """Give a file's text, stripped; raises ConfigError where there is none."""
    try:
        text = path.read_text(encoding='utf-8-sig').strip()
    except (OSError, ValueError) as error:
        raise ConfigError(f'{what} is not readable ({getattr(error, "strerror", "not text")}).') from None
    if not text:
        raise ConfigError(f'{what} is empty.')
    return text


def make_private(folder: Path) -> None:
    """Make the data folder, for its owner only; an existing one with something in it keeps its mode."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not any(folder.iterdir()):
            folder.chmod(0o700)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise OSError(0, 'no permission')
    except OSError as error:
        raise ConfigError(f'BOTCADENCE_DATA_DIR: {folder} is not a folder to write in ({error.strerror}).') from None


def kept_key(folder: Path) -> str:
    """Give the data folder's secret key, made at the first start for its owner's eyes only."""
    make_private(folder)
    path = folder / 'secret_key'
    try:
        with suppress(FileExistsError):
            _write_new(path, secrets.token_urlsafe(48))
    except OSError as error:
        raise ConfigError(f'The secret key {path} cannot be written ({error.strerror}).') from None
    key = text_of(path, f'The secret key {path}')
    if len(key) < KEY_LENGTH:
        raise ConfigError(f'The secret key {path} is too short. Delete it for a new one; all sessions then end.')
    return key


def _write_new(path: Path, text: str) -> None:
    """Write a file that was not there, whole or not at all."""
    with open(path, 'x', opener=partial(os.open, mode=0o600)) as file:
        try:
            file.write(text)
            file.flush()
        except OSError:
            path.unlink()
            raise
