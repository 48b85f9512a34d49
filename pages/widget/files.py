"""The files of the chat: read once, without what only people who read them need, and compressed once."""

import gzip
import hashlib
import json
import re
from dataclasses import dataclass
from functools import lru_cache

from jinja2 import DictLoader, Environment, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response

from components.kit.theme import ASSETS
from data.services.agents.serving import Serving
from pages.shell import embedding
from pages.widget.colors import ink

FOLDER = ASSETS / 'widget'
KINDS = {'css': 'text/css', 'js': 'text/javascript'}
NAMES = ('panel.css', 'panel.js', 'trial.css')
"""What has an address of its own."""

FOR_GOOD = 'public, max-age=31536000, immutable'
SCRIPT_AGE = 'public, max-age=300'
"""How long a site may go on with the button as it was: five minutes after a pause, it is gone everywhere."""

PATH = '/widget/assets/'


@dataclass(frozen=True)
class File:
    """A file as it is sent."""

    content: bytes
    zipped: bytes
    tag: str
    media_type: str

    @classmethod
    def of(cls, text: str, kind: str) -> 'File':
        """The file with this text."""
        content = text.encode()
        tag = hashlib.sha256(content).hexdigest()[:16]
        return cls(content, gzip.compress(content, mtime=0), tag, KINDS[kind])


def answer(request: Request, file: File, keep: str) -> Response:
    """The file, or that it is still the same, for a browser that may keep it so long."""
    headers = {'Cache-Control': keep, 'ETag': f'"{file.tag}"', 'Vary': 'Accept-Encoding'}
    headers['Cross-Origin-Resource-Policy'] = 'cross-origin'
    if file.tag in request.headers.get('if-none-match', ''):
        return Response(status_code=304, headers=headers)
    if 'gzip' not in request.headers.get('accept-encoding', ''):
        return Response(file.content, media_type=file.media_type, headers=headers)
    headers['Content-Encoding'] = 'gzip'
    return Response(file.zipped, media_type=file.media_type, headers=headers)


def lean(text: str, kind: str) -> str:
    """The text without indentation and the lines that are a comment, which browsers skip anyway."""
    lines = (line.strip() for line in text.splitlines())
    kept = '\n'.join(line for line in lines if line and not line.startswith('//'))
    return tight(kept) if kind == 'css' else re.sub('(?<= = `)[^`]+(?=`)', lambda css: tight(css[0]), f'{kept}\n')


def tight(css: str) -> str:
    """Rules without the spaces that part nothing."""
    parted = re.sub(r'\s*([{};,])\s*', r'\1', re.sub(r'(?<=[a-z]): (?!\w*[:{])', ':', css))
    return parted.replace(';}', '}')


@lru_cache
def text_of(name: str) -> str:
    """What one of the files says, as it is sent."""
    return lean((FOLDER / name).read_text(encoding='utf-8'), name.rpartition('.')[2])


@lru_cache
def file(name: str) -> File:
    """One of NAMES."""
    return File.of(text_of(name), name.rpartition('.')[2])


def address(name: str) -> str:
    """The path of one of NAMES; another content has another one."""
    return f'{PATH}{name}?{file(name).tag}'


NO_SCRIPT = File.of('// This chat is not available.\n', 'js')
"""What stands in for the button of an agent that does not answer, whatever the reason."""


def script(serving: Serving) -> File:
    """The script that a page embeds: the button in the agent's color, and where its chat is."""
    settings = serving.settings
    return _script(
        json.dumps(
            {
                'agent': serving.agent_id,
                'url': embedding.url,
                'color': settings.color,
                'ink': ink(settings.color),
                'side': settings.side,
                'label': settings.label,
                'theme': 'light dark' if settings.theme == 'auto' else settings.theme,
            },
            separators=(',', ':'),
        )
    )


@lru_cache(256)
def _script(chat: str) -> File:
    return File.of(text_of('launcher.js').replace('__CHAT__', chat), 'js')


@lru_cache
def _pages() -> Environment:
    texts = {name: lean((FOLDER / name).read_text(encoding='utf-8'), 'html') for name in ('panel.html', 'trial.html')}
    return Environment(loader=DictLoader(texts), autoescape=True, undefined=StrictUndefined)


def page(template: str, /, **words: object) -> str:
    """A page made of one of the templates; whatever is put in is text."""
    return _pages().get_template(template).render(**words)
