"""What would be found? A question, and live what the knowledge has for it: nothing is counted, nobody is answered."""

from components.kit.calls import call, told
from components.kit.card import Card
from components.kit.fields import LOOK
from components.kit.grid import Row
from components.kit.text import Text
from components.kit.text_boxes import TextBox
from components.knowledge import hit_rows
from data.changes import Change
from data.models import SourceKind
from data.permissions import Member
from data.problems import Invalid
from data.services import sources
from data.services.audit import Topic
from data.services.passages import Found, Hit, small_talk
from pages.knowledge.words import home
from pages.shell import live

WHAT = 'Ask as a visitor would, and see which passages an answer would be made of, and why.'
NOTHING = 'Nothing would be found, so the agent would say that it doesn’t know.'
UNSURE = 'It would not be sure enough: the agent would say that it doesn’t know.'
POLITE = 'This asks nothing: the agent would greet back.'
SURE = 'An answer would be made of this.'
TONES = {'Strong': 'ok', 'Fair': 'info'}


class ProbeCard:
    """The box for a question, and what would be found."""

    def __init__(self, member: Member, project_id: str) -> None:
        self.member, self.project_id = member, project_id
        self.asked = ''

    def draw(self) -> None:
        """Draw the box; what it finds follows what changes in the knowledge."""
        with Card('What would be found?', hint=WHAT):
            box = TextBox('A question', value='')
            box.props.update(LOOK, type='search', debounce=300, autocomplete='off', name='probe', enterkeyhint='search')
            box.on_value_change(lambda event: self.ask(event.value))
            self.verdict = Text('p', '', 'probe-verdict').props('role=status')
            self.rows = hit_rows()
            self.rows.say_of_none('', '')
            self.show(None)
        live.watch(Topic.SOURCE, Topic.PROJECT, read=self.look)(self.follow)

    def look(self, now: Member) -> tuple[str, Found | None]:
        """What would be found now for what was asked last."""
        asked = self.asked
        return asked, sources.would_find(now, self.project_id, asked) if asked.strip() else None

    def follow(self, now: Member, _: Change, read: tuple[str, Found | None]) -> None:
        """Draw what was found meanwhile, unless something else has been asked."""
        self.member = now
        if read[0] == self.asked:
            self.show(read[1])

    @told
    async def ask(self, typed: object) -> None:
        """Look for what was typed."""
        self.asked = typed if isinstance(typed, str) else ''
        try:
            asked, found = await call(self.look, self.member)
        except Invalid as problem:
            self.show(None)
            self.verdict.text = str(problem)
            self.verdict.set_visibility(True)
            return
        if asked == self.asked:
            self.show(found)

    def show(self, found: Found | None) -> None:
        """Draw what was found; nothing as long as nothing is asked."""
        hits = found.hits if found else ()
        sentence = verdict(self.asked, found) if found else ''
        self.verdict.text = sentence
        self.verdict.set_visibility(bool(sentence))
        self.rows.show([hit_row(hit, home(self.member, self.project_id)) for hit in hits])


def verdict(asked: str, found: Found) -> str:
    """What an agent would do about a question, and why."""
    if not found.sure and small_talk(asked):
        return POLITE
    return f'{(SURE if found.sure else UNSURE) if found.hits else NOTHING} {found.why}'


def hit_row(hit: Hit, path: str) -> Row:
    """A passage that would be found, in words."""
    heading = '' if hit.kind is SourceKind.ANSWER and hit.heading == hit.name else hit.heading
    where = [it for it in (heading, f'Page {hit.page}' if hit.page else '') if it]
    return {
        'id': hit.passage_id,
        'path': f'{path}/{hit.source_id}',
        'name': hit.name,
        'where': ' · '.join(where),
        'text': hit.extract,
        'strength': hit.strength,
        'tone': TONES.get(hit.strength, 'quiet'),
        'words': ', '.join(hit.words),
    }
