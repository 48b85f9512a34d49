"""What an authenticator app is set up with, and recovery codes: both are shown once."""

from collections.abc import Sequence

from nicegui import ui

from components.kit.copying import copy_button
from components.kit.qr_code import qr_code
from components.kit.text import Text

IN_GROUPS_OF = 4


def app_secret(secret: str, uri: str) -> None:
    """What an app reads from the screen, and the same to type."""
    Text('p', 'Scan this with the app on your phone.', 'muted')
    qr_code(uri, 'QR code for your authenticator app. The text below says the same.')
    Text('p', 'Or type this into the app:', 'muted')
    with ui.element('div').classes('one-time'):
        groups = (secret[at : at + IN_GROUPS_OF] for at in range(0, len(secret), IN_GROUPS_OF))
        Text('code', ' '.join(groups), 'one-time-text')
        copy_button(secret, 'Copy')


def recovery_codes(codes: Sequence[str]) -> None:
    """The codes to write down."""
    with ui.element('ol').classes('recovery-codes').props('aria-label="Recovery codes"'):
        for code in codes:
            Text('li', code)
