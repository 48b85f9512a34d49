"""All projects of an organization: find one, open one, make one."""

from nicegui import ui

from components.kit.card import screen_head
from components.kit.filters import Filters
from components.kit.grid import Row
from components.kit.text import Text
from components.projects import ProjectRow, project_cards
from data.models import ProjectStatus
from data.permissions import Member, Permission
from data.services import projects
from data.services.audit import Topic
from data.services.projects import PROJECT_RULES, ProjectCard, Projects
from pages.projects import project
from pages.shell.live_list import LiveList
from pages.shell.new_project import ask_for_project
from pages.shell.screens import org_page

ANY = 'All projects'
FIRST = 'There is no project yet. A project keeps what belongs to one chat agent together, apart from all others.'


def first_portion(member: Member) -> Projects:
    """What the screen begins with."""
    return projects.portion(member)


@org_page('/projects', title='Projects', icon='folder', permission=Permission.ORGANIZATION_VIEW, load=first_portion)
def project_list(member: Member, found: Projects) -> None:
    """The cards, the filters above them, and the way to another project."""
    screen = ProjectList(member)
    with screen_head('Projects', 'The homes of this organization’s chat agents, each apart from the others.'):
        screen.button = ui.button('New project', on_click=screen.make, color=None).classes('button-primary')
    screen.draw(found)


class ProjectList:
    """The cards and what stands above them."""

    button: ui.button
    number: int
    """How many projects there are, whatever is looked for."""

    def __init__(self, member: Member) -> None:
        first = projects.PORTION
        self.listed = LiveList(member, fetch=self.fetch, words=self.words, first=first, step=3 * first)

    def draw(self, found: Projects) -> None:
        """Draw the first portion, and keep it live."""
        self.why = Text('p', '', 'muted why')
        self.filters = Filters('Filter the projects', self.listed.find)
        self.filters.search('search', 'Search')
        self.filters.choice(
            'status', 'Status', {'': ANY, **{it.value: rule.word for it, rule in PROJECT_RULES.items()}}
        )
        self.cards = project_cards(on_more=self.listed.more, on_clear=self.begin)
        self.listed.draw(self.cards, found, Topic.PROJECT, Topic.MEMBER, Topic.ORGANIZATION)

    def make(self) -> None:
        """Ask what another project is to be called."""
        ask_for_project(self.listed.reader)

    async def begin(self) -> None:
        """Where no card is drawn: make the first project, or look at all there are."""
        if self.number == 0:
            self.make()
        else:
            await self.filters.clear()

    def fetch(self, now: Member, drawn: list[Row], limit: int) -> Projects:
        """The projects that match the filters, after those that are drawn."""
        search, status = self.filters.values['search'], self.filters.values['status'] or None
        return projects.portion(now, search, status, offset=len(drawn), limit=limit)

    def words(self, found: Projects) -> list[Row]:
        """Cards in words; around them what can be done, and why not."""
        refused, self.number = found.member.refused(Permission.PROJECT_EDIT), sum(found.counts.values())
        self.why.text = refused or ''
        self.why.set_visibility(bool(refused))
        self.button.set_visibility(not refused and self.number > 0)
        self.filters.set_visibility(self.number > 1 or any(self.filters.values.values()))
        if self.number:
            self.cards.say_of_none(self.nothing())
        else:
            self.cards.say_of_none(FIRST, '' if refused else 'Create the first project', 'button-primary')
        return [card_row(found.member, card).row() for card in found.rows]

    def nothing(self) -> str:
        """What is said where there are projects, but none that matches the filters."""
        status = self.filters.values['status']
        if self.filters.values['search'] or status not in set(ProjectStatus):
            return 'No project matches these filters.'
        return f'No project is {PROJECT_RULES[ProjectStatus(status)].word.lower()}.'


def card_row(member: Member, card: ProjectCard) -> ProjectRow:
    """A project in words."""
    rule = PROJECT_RULES[card.status]
    return ProjectRow(
        id=card.id,
        path=f'/organizations/{member.organization_id}/projects/{card.id}',
        name=card.name,
        description=card.description,
        status='' if card.status is ProjectStatus.ACTIVE else rule.word,
        tone=rule.tone,
        created_at=card.created_at,
        changed_at=card.changed_at,
        erased_at=card.erased_at,
    )
