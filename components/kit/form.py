"""A form: fields bound to one service call, with what others do meanwhile taken in and nothing typed ever lost."""

import asyncio
from collections.abc import Callable

from nicegui import ui
from nicegui.events import GenericEventArguments

from components.kit.calls import call
from components.kit.dialog import give_up
from components.kit.fields import Fields, Values
from components.kit.part import Part
from components.kit.saved import Phase, Saved
from data.problems import Doubtful, Invalid, Problem, Stale

SLOW, PRAISE = 0.1, 2
"""Seconds that a save may take before it is said that it takes a while, and that it is said to be saved."""

SURE = 'sure'
"""Under this name a save gets the fields about which the person is sure, though they look wrong."""

USE_SAVED = 'Use what is saved'
MAYBE_RIGHT = 'It may still be right: rules change, and ours may be out of date.'


class Form:
    """Fields, one save button, one service call.

    `load()` tells what is stored, `save(values, version)` stores and tells the same; both run in a thread and raise
    `Problem`s. `refused` is the sentence why this person may not change anything, None when they may. `kept` names the
    form's draft in the browser, which outlives a reload the person did not ask for.
    """

    def __init__(
        self,
        load: Callable[[], Saved],
        save: Callable[[Values, int], Saved],
        stored: Saved,
        *,
        refused: str | None,
        kept: str,
        on_saved: Callable[[], object] | None = None,
    ) -> None:
        self._load, self._save, self._on_saved = load, save, on_saved
        self.stored = stored
        self._late: tuple[Saved, str] | None = None
        self._refused, self._phase = refused, Phase.IDLE
        self._praise: asyncio.TimerHandle | None = None
        self._doubted: Values = {}
        self.fields = Fields(stored.values, readonly=bool(refused), on_change=self.changed)
        self.element = Part('form', **{'data-form': kept})
        self.element.on('submit.prevent', self.submit)
        self.element.on('restore', lambda event: self.restore(event.args.get('detail')), args=['detail'])
        self.element.on('back', self._go_back, ['detail'])
        self._remedy: Callable[[], object] = self.discard
        self.element.on('remedy', lambda: self._remedy(), [])

    def actions(
        self, label: str = 'Save', dialog: ui.dialog | None = None, cancel: str = 'Cancel', saved: str = 'Saved'
    ) -> None:
        """What stands under the fields: save, discard, and how it went (`saved`); or the sentence why not.

        In a dialog there is `cancel` instead of Discard, and while something is typed, nothing else closes it.
        """
        self._label, self._dialog, self._cancel, self._saved_word = label, dialog, cancel, saved
        self.show_state()

    # state -----------------------------------------------------------------------------------------------------------

    @property
    def touched(self) -> set[str]:
        """Names of the fields that show something else than what is stored."""
        return self.fields.unlike(self.stored.values)

    @property
    def unsaved(self) -> bool:
        """Whether leaving would lose something."""
        return not self._refused and bool(self.touched)

    def changed(self) -> None:
        """A field holds something else; forms whose fields depend on each other add to this."""
        if self._doubted and not self._doubted.items() <= self.fields.values.items():
            self.notify('')  # another value is looked at anew
        self.show_state()

    def show_state(self) -> None:
        """Draw buttons and marks as they have to be now."""
        unsaved, idle = self.unsaved, self._phase is not Phase.SAVING
        word = {Phase.SAVING: 'Saving…', Phase.SAVED: self._saved_word}.get(self._phase, self._label)
        word, discard = (self._label, 'Discard') if unsaved and idle else (word, '')
        save, back = '' if self._refused else word, self._cancel if self._dialog else discard
        self.element.tell(save=save, ready=unsaved and idle, back=back, busy=not idle, why=self._refused or '')
        still = 'Nothing has changed yet.' if self.stored.version else 'Nothing has been filled in yet.'
        is_still = save and not unsaved and self._phase is Phase.IDLE
        self.element.tell(still=still if is_still else '', **{'data-unsaved': 'true' if unsaved else None})

    def allow(self, refused: str | None) -> None:
        """Open or close the form when the person's role or the organization's status has changed."""
        if refused == self._refused:
            return
        self._refused = refused
        self.fields.lock(bool(refused))
        if self.touched:
            sentence = 'This is what you had typed. It is not saved, and you can’t save it now.' if refused else ''
            self.notify(sentence, 'warn', remedy='Show what is saved')
        self.show_state()

    def notify(
        self, sentence: str, tone: str = 'info', *, remedy: str = '', act: Callable[[], object] | None = None
    ) -> None:
        """Say something above the buttons, with a button that acts, or else discards; '' takes it away."""
        self._remedy, self._doubted = act or self.discard, {}
        self.element.tell(notice=sentence, tone=tone, remedy=remedy)

    def fill(self, values: Values) -> None:
        """Put values into the fields; a form whose fields depend on a value overrides this."""
        self.fields.fill(values)

    # acts ------------------------------------------------------------------------------------------------------------

    async def insist(self) -> None:
        """Save what looks wrong: whoever typed it is sure."""
        await self.submit(sure=tuple(self._doubted))

    async def submit(self, _: object = None, *, sure: tuple[str, ...] = ()) -> None:
        """Call the service once with what the fields hold, and show how it went."""
        if self._phase is Phase.SAVING or not self.unsaved or not self.fields.decided():
            return
        self._phase = Phase.SAVING
        self.fields.clear_errors()
        slow = asyncio.get_running_loop().call_later(SLOW, self._wait)
        try:
            phase = await self._attempt(self.fields.values, sure)
        except Exception:  # ScreenGone is none: it has left nothing to draw on
            self._go_on(Phase.IDLE)
            raise
        finally:
            slow.cancel()
        self._go_on(phase)
        if phase is Phase.SAVED:
            (self._on_saved or self._celebrate)()
        if self._late:
            self.take(*self._late)

    def _wait(self) -> None:
        if not self.element.is_deleted:
            self.show_state()

    def _go_on(self, phase: Phase) -> None:
        self._phase = phase
        self.show_state()

    async def _attempt(self, values: Values, sure: tuple[str, ...]) -> Phase:
        asked = {**values, SURE: sure} if sure else values
        try:
            self.stored = await call(self._save, asked, self.stored.version)
        except Invalid as problem:
            if rest := self.fields.show_errors(problem):
                self.notify(rest, 'danger')
            elif isinstance(problem, Doubtful):
                self.notify(MAYBE_RIGHT, 'warn', remedy='Save it anyway', act=self.insist)
                self._doubted = {name: values[name] for name in problem.fields}
        except Stale as problem:
            await self._catch_up(problem)
        except Problem as problem:
            self.notify(f'{problem} What you typed is still here.', 'danger')
        else:
            self._settle(values)
            return Phase.SAVED
        return Phase.IDLE

    def _settle(self, sent: Values) -> None:
        """Show what was stored (spaces trimmed, codes in capitals), except where somebody has typed on meanwhile."""
        self.fields.reset_hints()
        self.notify('')
        typed_on = {name: value for name, value in self.fields.shown.items() if value != sent.get(name)}
        self.fill({**self.stored.values, **typed_on})

    def _celebrate(self) -> None:
        if self._praise:
            self._praise.cancel()  # of the save before
        self._praise = asyncio.get_running_loop().call_later(PRAISE, self._rest)

    def _rest(self) -> None:
        if self._phase is Phase.SAVED and not self.element.is_deleted:
            self._go_on(Phase.IDLE)

    async def _go_back(self, event: GenericEventArguments) -> None:
        if self._phase is Phase.SAVING:
            return
        shown = (event.args or {}).get('detail')  # the browser knows better: what it says may be on its way
        if not self._dialog:
            self.discard()
        elif self._refused or not self.fields.unlike(self.stored.values, shown) or await give_up():
            self._dialog.close()

    def discard(self) -> None:
        """Go back to what is stored."""
        self.fields.reset_hints()
        self.fields.clear_errors()
        self.notify('')
        self.fill(self.stored.values)
        self.show_state()

    def restore(self, draft: object) -> None:
        """Put back what was typed before the page came anew, or the connection."""
        if self._refused or not isinstance(draft, dict):
            return
        known = self.fields.values
        self.fill({**self.stored.values, **{name: text for name, text in draft.items() if isinstance(text, str)}})
        if self.unsaved and self.fields.values != known:
            self.notify('This is what you had typed. It is not saved yet.')
        self.show_state()

    # others ----------------------------------------------------------------------------------------------------------

    def take(self, stored: Saved, sentence: str) -> None:
        """It was saved elsewhere: show it where nothing was typed, and where something was, say this sentence."""
        if self._phase is Phase.SAVING:
            self._late = stored, sentence
            return
        self._late = None
        if stored.version <= self.stored.version:
            return
        if self._join(stored):
            self.notify(sentence, 'warn', remedy=USE_SAVED)

    async def _catch_up(self, problem: Stale) -> None:
        """Something was saved first: show what, and let the next save be on top of it."""
        try:
            self._join(await call(self._load))
        except Problem as gone:
            self.notify(str(gone), 'danger')
        else:
            self.notify(str(problem), 'warn', remedy=USE_SAVED)

    def _join(self, stored: Saved) -> bool:
        """Show what is stored now, but what was typed on top of it; whether that collides with it.

        Where it does, it stands under the field what is saved.
        """
        mine = {name: self.fields.shown[name] for name in self.touched}
        before, now = self.stored.values, stored.values
        collided = {name for name in mine if (now.get(name) or '') != (before.get(name) or '')}
        self.stored = stored
        self.fill({**now, **mine})
        for name in collided & self.fields.values.keys():
            self.fields.remark(name, now.get(name))
        self.show_state()
        return bool(collided)
