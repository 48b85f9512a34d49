"""Answers to visitors: pages with a policy of their own, JSON that nobody keeps, and one for all that is not there."""

import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from pages.shell.errors import reference

NO_STORE = {'Cache-Control': 'no-store'}
UNLISTED = {'X-Robots-Tag': 'noindex'}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'"
)
ALONE = "frame-ancestors 'none'"
APPS = 'file: app: capacitor: ionic: content:'
"""What shells of apps call the place where their pages are: there is no host to name."""

SENTENCE = 'This chat is not available.'
NOT_AVAILABLE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Chat</title>'
    '<meta name="viewport" content="width=device-width"></head>'
    f'<body><p>{SENTENCE}</p></body></html>'
)


def html(text: str, ancestors: str, status: int = 200, policy: str = POLICY) -> Response:
    """A page, and who may show it in a frame; '' is everybody."""
    policy = f'{policy}; {ancestors}' if ancestors else policy
    return Response(
        text,
        status,
        headers={'Content-Security-Policy': policy, **UNLISTED, **NO_STORE},
        media_type='text/html; charset=utf-8',
    )


def words(content: Mapping[str, Any], status: int = 200, **headers: str) -> Response:
    """JSON."""
    text = json.dumps(content, ensure_ascii=False, separators=(',', ':'))
    headers = {'Content-Security-Policy': f"default-src 'none'; {ALONE}", **NO_STORE, **headers}
    return Response(text, status, headers=headers, media_type='application/json')


def refusal(status: int, sentence: str, wait: int = 0, *, fields: Mapping[str, str] | None = None) -> Response:
    """Why something is not done, in a sentence; with the seconds after which it may be, where it is only too often."""
    content: dict[str, Any] = {'sentence': sentence}
    if fields:
        content['fields'] = dict(fields)
    if not wait:
        return words(content, status)
    return words({**content, 'wait': wait}, status, **{'Retry-After': str(wait)})


def no_page() -> Response:
    """The page for an agent that does not answer: unknown, paused or at rest is one to whoever asks.

    It says nothing about anybody, so that any site may show it.
    """
    return html(NOT_AVAILABLE, '', 404)


def no_answer() -> Response:
    """The same where no page was asked for."""
    return refusal(404, SENTENCE)


def defect(error: Exception) -> Response:
    """What should not happen."""
    return refusal(500, f'Something went wrong on our side. Reference {reference(error)}.')
