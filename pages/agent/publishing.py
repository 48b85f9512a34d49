"""What visitors get of an agent: whether it answers, what is not published yet, and the versions so far."""

from collections.abc import Callable

from nicegui import ui

from components.agents import USED_NOW, Differences, VersionRow, Versions, ask_note
from components.kit.calls import call, told
from components.kit.card import Card, Fold
from components.kit.dialog import confirm
from components.kit.note import Note
from components.kit.status import Standing
from components.kit.text import Text
from data.changes import Change
from data.models import AgentState
from data.problems import Problem, Stale
from data.services import agents
from data.services.agents import AgentView, Difference, PublishedVersion
from data.services.agents.looking import LATEST

LEFT = 'Somebody who has left'
ALL_PUBLISHED = 'All of the draft is published.'
NOT_YET = 'Try the draft, then publish it.'
UNPUBLISHED = 'These changes are in the draft, and visitors don’t get them yet:'
NO_SITE = ' No site may show it yet: say which may, on the screen Install.'
CHANGED = 'The draft was changed in the meantime. Close this, look at what it is now, then publish that.'
PAUSED = 'Visitors on your sites find no chat until somebody lets it answer again. What they wrote stays.'

Draw = Callable[[AgentView, Change | None], None]


class Publishing:
    """The button that publishes, and the card that says what visitors get."""

    view: AgentView
    """As it was drawn last: what was looked at is what is published."""

    def __init__(self, project_id: str) -> None:
        self.project_id = project_id

    def draw_button(self) -> None:
        """The one primary action of the screen."""
        self.button = ui.button('Publish', on_click=self.ask, color=None).classes('button-primary')
        self.button.set_visibility(False)

    def status_card(self) -> Draw:
        """Whether it answers, what is not published yet, and the way to let it rest."""
        with Card('For visitors', hint='Whether it answers, and what of the draft they don’t get yet.'):
            self.standing = Standing()
            self.sentence = Text('p', '', 'muted unpublished')
            self.differences = Differences()
            self.note = Note(self.turn)
        return self.draw

    def draw(self, view: AgentView, _: Change | None) -> None:
        """Say where it stands."""
        self.view = view
        is_new = bool(view.unpublished) or view.published is None
        self.button.set_visibility(is_new and not view.kept_from_visitors)
        show_state(self.standing, view)
        self.sentence.text = NOT_YET if view.published is None else UNPUBLISHED if is_new else ALL_PUBLISHED
        self.differences.show(in_pairs(view.unpublished))
        label = {AgentState.LIVE: 'Pause', AgentState.PAUSED: 'Let it answer again'}.get(view.state, '')
        self.note.show(view.kept_from_visitors or '', '' if view.kept_from_visitors else label)

    def ask(self) -> None:
        """Ask for a note, and publish what is shown now."""
        view = self.view
        number = view.published.number + 1 if view.published else 1

        async def publish(note: str) -> None:
            try:
                await call(agents.publish, view.member, self.project_id, note, version=view.version)
            except Stale:
                raise Problem(CHANGED) from None

        ask_note(f'Publish version {number}?', when_published(view), in_pairs(view.unpublished), publish)

    @told
    async def turn(self) -> None:
        """Pause it, after a question, or let it answer again, without one."""
        member = self.view.member
        if self.view.state is AgentState.PAUSED:
            await call(agents.resume, member, self.project_id)
        elif await confirm('Pause the agent?', PAUSED, action='Pause agent', danger=False):
            await call(agents.pause, member, self.project_id)


def when_published(view: AgentView) -> str:
    """From when on visitors get what is published now."""
    if view.state is AgentState.PAUSED:
        return 'The agent is paused: visitors get this once somebody lets it answer again.'
    return 'From their next message on visitors get this.' if view.published else 'It answers visitors from then on.'


def show_state(standing: Standing, view: AgentView) -> None:
    """Put into words whether it answers visitors."""
    if view.published is None or view.state is AgentState.DRAFT:
        standing.show('Not published', 'quiet', None, view.rests, '')
    elif view.rests:
        is_paused = view.state is AgentState.PAUSED
        standing.show('Paused' if is_paused else 'Rests', 'warn', None, view.rests, '')
    else:
        now = view.published
        is_nowhere = not (now.settings.sites or now.settings.in_apps)
        meaning = f'Visitors get version {now.number}.' + (NO_SITE if is_nowhere else '')
        standing.show('Live', 'ok', now.published_at, meaning, '')


def versions_card(project_id: str) -> Draw:
    """All that was published, newest first, each to be used again."""
    latest: AgentView

    @told
    async def again(number: int) -> None:
        title, sentence = f'Use version {number} again?', f'It becomes the next version. {when_published(latest)}'
        if await confirm(title, sentence, action=f'Use version {number}', danger=False):
            await call(agents.use_again, latest.member, project_id, number)

    with Fold('Versions', hint='Every version that was published, what changed with it, and the way back to it.'):
        versions = Versions(again)
        nothing = Text('p', '', 'muted')

    def draw(view: AgentView, _: Change | None) -> None:
        nonlocal latest
        latest = view
        may = not view.kept_from_visitors
        versions.show([version_row(it, view.published, may=may) for it in view.versions])
        most = f'The {LATEST} newest ones are shown.' if len(view.versions) == LATEST else ''
        nothing.text = most if view.versions else 'Nothing was published yet.'

    return draw


def version_row(version: PublishedVersion, now: PublishedVersion | None, *, may: bool) -> VersionRow:
    """A version in words; what visitors get already is not offered."""
    is_now = now is not None and version.number == now.number
    return VersionRow(
        number=version.number,
        word=USED_NOW if is_now else '',
        note=version.note,
        who=version.publisher or LEFT,
        at=version.published_at,
        differences=tuple(in_pairs(version.differences)),
        offer=may and now is not None and version.settings != now.settings,
    )


def in_pairs(differences: list[Difference]) -> list[tuple[str, str]]:
    """Differences as they are drawn."""
    return [(it.label, it.words) for it in differences]
