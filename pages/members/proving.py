"""For those who may invite, but whose address is not proved: what to do first."""

from nicegui import ui

from components.kit.calls import call, told
from components.kit.note import Note
from components.kit.text import isolated
from data.permissions import NOT_VERIFIED, Member
from data.services.accounts import verifying


class ProofFirst:
    """A sentence that says so, and a button that sends the link once more; nothing for everybody else."""

    def __init__(self, member: Member) -> None:
        self._member = member
        with ui.element('div').classes('notice tone-info proof') as self._place:
            self._note = Note(told(self._again), look='button-quiet')
        self.ask_for('')

    def ask_for(self, address: str) -> None:
        """Ask for this address to be proved, or for none."""
        self._place.set_visibility(bool(address))
        self._note.show(f'{NOT_VERIFIED} We have sent a link to {isolated(address)}.', 'Send another link')

    async def _again(self) -> None:
        await call(verifying.resend, self._member)
        ui.notify(verifying.SENT_AGAIN)
