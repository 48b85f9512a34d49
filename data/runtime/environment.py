"""The environment: what stands in variables whose names begin with BOTCADENCE_, as it was meant.

Files with variables are written by hand, also on Windows, and docker takes each line as it is: with a carriage return
at its end, and with the quotes that a shell would take off.
"""

import os
import re
from difflib import get_close_matches
from pathlib import Path

from data.runtime.data_dir import ConfigError, text_of

PREFIX = 'BOTCADENCE_'
FOR_TESTS = re.compile(r'BOTCADENCE_(REQUIRE_BROWSER|REQUIRE_NODE|REQUIRE_POSTGRES|TEST_\w+)')
MAY_HAVE_QUOTES = 'BOTCADENCE_SECRET_KEY'
"""Any text is a key, and another one would end every session."""


def given(names: list[str]) -> dict[str, str]:
    """What is given for each of these variables, where something is, by itself or as NAME_FILE. Raises ConfigError."""
    _refuse_unknown([*names, *(f'{name}_FILE' for name in names)])
    return {name: text for name in names if (text := _file_of(name) or _text_of(name))}


def beginning_with(prefix: str) -> list[str]:
    """The names of all variables that begin so, also in small letters, as they would be in capitals."""
    return sorted(name.upper() for name in os.environ if name.upper().startswith(prefix))


def _text_of(name: str) -> str:
    text = os.environ.get(name, '').strip()
    if text[:1] in ('"', "'") and text[:1] == text[-1:] and name != MAY_HAVE_QUOTES:
        raise ConfigError(f'{name} stands in quotes, which docker keeps as a part of it. Leave them out.')
    return text


def _file_of(name: str) -> str:
    """The content of the file that NAME_FILE names; no message shows that name, it may be the secret itself."""
    path = _text_of(f'{name}_FILE')
    if path and _text_of(name):
        raise ConfigError(f'{name} and {name}_FILE are both set. Keep one of them.')
    return text_of(Path(path), f'{name}_FILE: the file') if path else ''


def _refuse_unknown(known: list[str]) -> None:
    """Raise ConfigError for a variable that is no setting, also in small letters, and name the nearest one."""
    for name in sorted(os.environ):
        if name.upper().startswith(PREFIX) and name not in known and not FOR_TESTS.fullmatch(name):
            near = get_close_matches(name.upper(), known, n=1)
            raise ConfigError(f'{name} is not a setting.' + (f' Did you mean {near[0]}?' if near else ''))
