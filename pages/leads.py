"""Leads of a project: the addresses that visitors left, with what they agreed to, and the file with all of them."""

from nicegui import ui

from components.kit.calls import busy, call, told
from components.kit.card import screen_head
from components.kit.filters import Filters
from components.kit.grid import Row
from components.kit.text import Text
from components.leads import LeadRow, lead_rows
from data import clock
from data.permissions import Member, Permission
from data.services import exports, leads
from data.services.audit import Topic
from data.services.leads import LeadRow as Lead
from data.services.leads import Leads
from pages.shell.downloads import MEDIA_TYPES, TELLS_ZONE, habits_of
from pages.shell.live_list import LiveList
from pages.shell.screens import Menu, org_page

FIRST = (
    'Nobody has left an address yet. The chat offers that to whoever has written, where the agent’s settings say so.'
)
NO_MATCH = 'No lead matches this.'


@org_page(
    '/projects/{project_id}/leads',
    title='Leads',
    icon='contact',
    menu=Menu.PROJECT,
    permission=Permission.CONVERSATION_VIEW,
    load=leads.portion,
)
def all_leads(member: Member, found: Leads, project_id: str) -> None:
    """The newest first, what narrows them down, and the way to take them along."""
    screen = LeadList(member, project_id)
    hint = 'Visitors who left an address, with the sentence they agreed to and when.'
    with screen_head('Leads', hint):
        screen.button = ui.button('Export CSV', color=None).classes('button')
        screen.button.on('click', screen.export, js_handler=TELLS_ZONE)
    screen.draw(found)


class LeadList:
    """The rows and what stands above them."""

    button: ui.button

    def __init__(self, member: Member, project_id: str) -> None:
        self.project_id = project_id
        first = leads.PORTION
        self.listed = LiveList(member, fetch=self.fetch, words=self.words, first=first, step=2 * first)

    def draw(self, found: Leads) -> None:
        """Draw the first portion, and keep it live."""
        self.why = Text('p', '', 'muted why')
        self.filters = Filters('Find a lead', self.listed.find)
        self.filters.search('search', 'Search')
        self.rows = lead_rows(on_more=self.listed.more, on_clear=self.filters.clear)
        self.listed.draw(self.rows, found, Topic.LEAD, Topic.CONVERSATION, Topic.MEMBER, Topic.ORGANIZATION)

    def fetch(self, now: Member, drawn: list[Row], limit: int) -> Leads:
        """The leads that match, after those that are drawn."""
        search = self.filters.values['search']
        return leads.portion(now, self.project_id, search, offset=len(drawn), limit=limit)

    def words(self, found: Leads) -> list[Row]:
        """Leads in words; around them whether they can be taken along, and why not."""
        refused, is_searched = found.member.refused(Permission.LEAD_EXPORT), bool(self.filters.values['search'])
        self.why.text = refused or ''
        self.why.set_visibility(bool(refused) and bool(found.total))
        self.button.set_visibility(not refused and (bool(found.total) or is_searched))
        self.filters.set_visibility(is_searched or (found.total or 0) > 1)
        self.rows.say_of_none(*((NO_MATCH,) if is_searched else (FIRST, '')))
        return [lead_row(found.member, self.project_id, it).row() for it in found.rows]

    @told
    async def export(self, event: object) -> None:
        """Hand over a file with all of them; that somebody took it is on the record."""
        member = self.listed.reader
        zone = str(getattr(event, 'args', ''))
        with busy(self.button):
            file = await call(leads.export, member, self.project_id, habits_of(member, zone))
        name = exports.file_name('leads', member.organization.name, f'{clock.now():%Y-%m-%d}', kind='csv')
        ui.download(file.content, name, MEDIA_TYPES['csv'])
        ui.notify(exported(file))


def exported(file: leads.Export) -> str:
    """How much is in a file."""
    if file.complete:
        return f'Exported {file.leads:,} {"lead" if file.leads == 1 else "leads"}.'
    return f'Exported the newest {file.leads:,} leads.'


def lead_row(member: Member, project_id: str, lead: Lead) -> LeadRow:
    """A lead in words."""
    home = f'/organizations/{member.organization_id}/projects/{project_id}'
    path = f'{home}/conversations/{lead.conversation_id}'
    return LeadRow(lead.id, lead.email, lead.name, lead.consent, lead.at, path)
