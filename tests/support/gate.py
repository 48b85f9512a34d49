"""The gate by itself, with an application behind it that remembers what reached it."""

from typing import Any

from data.runtime.settings import Settings

Message = dict[str, Any]
ID = '125a3271-8924-4d17-8acf-4c5d286f1409'
"""The id of a page, and whatever else has one."""


class Inside:
    """An application that remembers what reached it."""

    def __init__(self) -> None:
        self.scopes: list[Message] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scopes.append(scope)
        await send({'type': 'http.response.start', 'status': 200, 'headers': []})


async def status(
    settings: Settings,
    *,
    kind: str = 'http',
    method: str = 'GET',
    path: str = '/x',
    client: str = '',
    query: str = '',
    **headers: str,
) -> int:
    """How a request is answered, 200 where the gate lets it through."""
    from pages.server.request_filter import RequestFilter

    sent: list[Message] = []

    async def send(message: Any) -> None:
        sent.append(message)

    given = [
        (name.replace('_', '-').encode(), text.encode('latin-1'))
        for name, text in {'host': 'localhost', **headers}.items()
        if text != '-'
    ]
    scope = {'type': kind, 'method': method, 'path': path, 'headers': given, 'query_string': query.encode()}
    await RequestFilter(Inside(), settings)({**scope, 'client': (client, 1) if client else None}, None, send)
    return int(sent[0]['status'])
