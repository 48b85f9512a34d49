"""What is said, wherever it matters, to somebody whose address is not proved, and the button that sends a link."""

from nicegui import ui

from components.kit.calls import call, told
from components.kit.note import Note
from components.kit.text import isolated
from data.database import Actor
from data.permissions import NOT_VERIFIED
from data.services.accounts import verifying
from data.services.accounts.proof import MissingProof

SENT = 'A link is on its way. Links of before no longer work.'


class ProofNote:
    """The sentence and the button; nothing for everybody else."""

    def __init__(self, actor: Actor, *, look: str = 'button') -> None:
        self._actor = actor
        self._note = Note(told(self._send), look=look)

    def show(self, missing: MissingProof | None) -> None:
        """Say what is missing."""
        if missing is None:
            self._note.show('')
            return
        where = isolated(missing.email)
        sent = f'We have sent a link to {where}.' if missing.is_sent else f'We can send a link to {where}.'
        self._note.show(f'{NOT_VERIFIED} {sent}', 'Send another link' if missing.is_sent else 'Send link')

    async def _send(self) -> None:
        await call(verifying.resend, self._actor)
        ui.notify(SENT)
