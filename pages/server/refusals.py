"""Refusals of the request filter: their status, their words, and the one way on."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Refusal:
    """Why a request goes no further."""

    status: int
    title: str
    sentence: str
    wait: int = 0
    label: str = 'Go to Botcadence'
    href: str = '/'


NOT_HERE = 'Botcadence is not at this address'
UNKNOWN = Refusal(
    421,
    NOT_HERE,
    'It runs here, but for this machine only. Whoever runs it sets BOTCADENCE_PUBLIC_URL to the address that people '
    'type, such as https://bots.example.com, and starts it again.',
    href='',
)
OTHER_PORT = (
    'Where another port leads here, whoever runs it sets BOTCADENCE_PUBLIC_URL to the address that people type, and '
    'starts it again.'
)
FOREIGN = Refusal(
    403, 'That came from another site', 'This form was sent from another site. Open Botcadence itself and try again.'
)
NO_UPLOADS = Refusal(403, 'That did not work', 'Files are put into the knowledge of a project, and nowhere else.')
NO_LENGTH = Refusal(411, 'That did not work', 'The length of what was sent is missing.')
TOO_LARGE = Refusal(413, 'That did not work', 'What was sent is too large.')
NO_SOCKET = Refusal(400, 'That did not work', 'This address is for the WebSocket of an open page.')
TOO_MANY_REQUESTS = 'Too many requests come from your network. Try again in a minute.'
TOO_MANY_OPEN = Refusal(429, 'Too many pages', 'Too many pages are open in your network. Close some of them.', 60)
ALL_OPEN = Refusal(503, 'Too many pages', 'Too many pages are open here. Try again in a minute.', 60)
