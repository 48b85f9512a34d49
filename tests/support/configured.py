"""Settings that a test makes in its environment: taken, or refused in a sentence."""

import os
from pathlib import Path

import pytest

from data.runtime.settings import ConfigError, Settings

PASSWORD = 'open-sesame-4711'
KEY = 'k3y-' * 10
DATABASE = f'postgresql+psycopg://bot:{PASSWORD}@localhost/bots'


def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Start in an empty folder with no setting made."""
    for name in list(os.environ):
        if name.startswith('BOTCADENCE_'):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def loaded(monkeypatch: pytest.MonkeyPatch, **settings: str) -> Settings:
    """Settings from the environment, with these made."""
    for name, value in settings.items():
        monkeypatch.setenv(f'BOTCADENCE_{name}', value)
    return Settings.load()


def refused(monkeypatch: pytest.MonkeyPatch, **settings: str) -> str:
    """The one sentence with which these settings are refused; it holds no password."""
    with pytest.raises(ConfigError) as caught:
        loaded(monkeypatch, **settings)
    sentence = str(caught.value)
    assert len(sentence.splitlines()) == 1
    assert sentence.endswith(('.', '?'))
    assert PASSWORD not in sentence
    return sentence
