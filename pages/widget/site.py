"""The routes of visitors, an application of its own: it knows no session and no cookie, of people or of NiceGUI."""

from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.routing import Route, Router
from starlette.types import Message, Receive, Scope, Send

from data.problems import Problem
from pages.widget import acting, answers, ceilings, showing

HEADERS = [
    (b'x-content-type-options', b'nosniff'),
    (b'referrer-policy', b'same-origin'),
    (b'permissions-policy', b'camera=(), geolocation=(), microphone=(), payment=(), usb=()'),
]
POLICY = b'content-security-policy'
TOO_MANY = 'Too many requests come from your network. Try again in a minute.'
AGENT = '/widget/{agent}'

router = Router(
    [
        Route('/widget.js', showing.script),
        Route('/widget/assets/{name}', showing.asset),
        Route(AGENT, showing.hosted),
        Route(f'{AGENT}/frame', showing.frame),
        Route(f'{AGENT}/try', showing.trial),
        Route(f'{AGENT}/conversation', acting.conversation),
        Route(f'{AGENT}/conversation', acting.erase, methods=['DELETE']),
        Route(f'{AGENT}/events', acting.Events()),
        *(
            Route(f'{AGENT}/{name}', endpoint, methods=['POST'])
            for name, endpoint in {
                'messages': acting.say,
                'recognized': acting.recognized,
                'person': acting.person,
                'lead': acting.lead,
                'vote': acting.vote,
                'read': acting.read,
                'typing': acting.typing,
                'transcript': acting.transcript,
            }.items()
        ),
    ],
    redirect_slashes=False,
)


class Site:
    """All that visitors reach; whatever goes wrong in it is a sentence."""

    def __init__(self, *, secure: bool) -> None:
        self._headers = [*HEADERS, (b'strict-transport-security', b'max-age=31536000')] if secure else HEADERS

    def dressed(self, send: Send) -> Send:
        """Send with the headers that each answer to a visitor has."""

        async def dress(message: Message) -> None:
            if message['type'] == 'http.response.start':
                headers = [*message.get('headers', ()), *self._headers]
                if all(name != POLICY for name, _ in headers):
                    headers.append((POLICY, b"default-src 'none'; frame-ancestors 'none'"))
                message = {**message, 'headers': headers}
            await send(message)

        return dress

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        has_begun = False
        alone = {name: value for name, value in scope.items() if name != 'app'}  # else a wrong path is an exception

        async def noted(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        here, is_fetched = ceilings.network(HTTPConnection(scope)), scope['method'] in ('GET', 'HEAD')
        if seconds := ceilings.seconds_to_ask(here, is_fetched=is_fetched):
            return await answers.refusal(429, TOO_MANY, seconds)(scope, receive, send)
        try:
            await router(alone, receive, noted)
        except Problem as problem:
            if not has_begun:
                await answers.refusal(503, str(problem))(scope, receive, send)
        except ClientDisconnect:
            return  # nobody waits for an answer
        except Exception as error:
            answer = answers.defect(error)
            if not has_begun:
                await answer(scope, receive, send)
