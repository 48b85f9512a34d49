"""Installing the agent of a project: the tag, the sites that may carry it, where it was seen, who visitors are."""

from collections.abc import Callable
from functools import partial

from nicegui import ui

from components.agents import Copied, Links, SeenOn
from components.kit.calls import call, told
from components.kit.card import Card, screen_head
from components.kit.choice import OPTIONAL
from components.kit.copying import copy_button
from components.kit.dialog import confirm, dialog
from components.kit.fields import Values
from components.kit.form import Form
from components.kit.note import Note
from components.kit.saved import Saved
from components.kit.text import Text
from data.changes import Change
from data.permissions import Member, Permission
from data.services import agents
from data.services.agents import AgentView, settings
from data.services.agents.forms import CHOICES, LABELS, as_form
from data.services.agents.settings import AgentSettings
from data.services.audit import Topic
from pages.shell import embedding, live
from pages.shell.screens import ORGANIZATION, Menu, org_page
from pages.shell.words import saved_meanwhile

SITES = 'sites', 'in_apps'
SITES_HINT = 'The chat appears on pages of these sites, and on no others: as long as there is none, on no site at all.'
ONE_A_LINE = 'One on each line, like https://shop.example. With *. before the name, all below it: *.shop.example'
APPS_HINT = 'Apps don’t say who they are, so they can’t be listed: with “Yes”, any app may show the chat.'
NOT_PUBLISHED = 'These sites are in the draft. They count once you publish it on the screen Agent.'
NOWHERE = 'Nobody has opened the chat on a site of yours yet. Put the tag into a page, and open it there.'
SIGNED = (
    'Your site can say who a visitor is, so that they find their conversation on every device. Its server signs a JSON '
    'Web Token (HS256) with this secret: id, agent, exp within ten minutes, perhaps name and email. The page gives it '
    'to the chat in the attribute data-visitor of the tag.'
)
RENEWED = 'What was signed with the secret before counts no longer, from this moment on. Your site needs the new one.'

Draw = Callable[[AgentView, Change | None], None]


@org_page(
    '/projects/{project_id}/install',
    title='Install',
    icon='code',
    menu=Menu.PROJECT,
    permission=Permission.ORGANIZATION_VIEW,
    load=agents.view,
)
def install(member: Member, first: AgentView, project_id: str) -> None:
    """The tag, the sites, where it was seen, pages to look at it without a site, and the secret."""
    screen_head(
        'Install',
        'One tag puts the chat into the pages of your sites. It stores nothing before somebody opens it.',
    )
    parts = [
        tag_card(first),
        sites_card(project_id, first),
        seen_card(),
        pages_card(first),
        secret_card(project_id),
    ]

    def draw(_: Member, change: Change | None, view: AgentView) -> None:
        for part in parts:
            part(view, change)

    draw(member, None, first)
    read = partial(agents.view, project_id=project_id)
    live.watch(Topic.AGENT, subject=first.id, read=read)(draw)
    live.watch(Topic.PROJECT, subject=project_id, read=read)(draw)
    live.watch(Topic.ORGANIZATION, Topic.MEMBER, read=read)(draw)


def screen_of_agent(view: AgentView) -> str:
    """The address of the screen where the agent is published."""
    return f'{ORGANIZATION.format(organization_id=view.member.organization_id)}/projects/{view.project.id}/agent'


def tag_card(first: AgentView) -> Draw:
    """The tag, to be copied; and where it answers nobody yet, what to do first."""
    with Card('The tag', hint='At the end of each page that is to show the chat, before </body>.'):
        Copied(embedding.tag(first.id), title='The tag', word='tag')
        why = Note(lambda: ui.navigate.to(screen_of_agent(first)))

    def draw(view: AgentView, _: Change | None) -> None:
        why.show(view.rests, 'Go to the agent' if view.rests else '')

    return draw


def sites_card(project_id: str, first: AgentView) -> Draw:
    """The sites that may carry it, as drafted, and whether they are published."""
    member = first.member

    def load() -> Saved:
        view = agents.view(member, project_id)
        return of_sites(view.draft, view.version)

    def save(values: Values, version: int) -> Saved:
        agent = agents.change_draft(member, project_id, values, version=version)
        return of_sites(settings.of(agent.draft), agent.version)

    with Card('Sites', hint=SITES_HINT):
        stored = of_sites(first.draft, first.version)
        form = Form(load, save, stored, refused=first.refused, kept=f'agent-sites-{project_id}')
        with form.element:
            label = LABELS['sites'] + OPTIONAL
            form.fields.text('sites', label, hint=ONE_A_LINE, lines=3, autocomplete='off', spellcheck='false')
            form.fields.choice('in_apps', LABELS['in_apps'], CHOICES['in_apps'], hint=APPS_HINT)
            form.actions('Save draft', saved='Saved in the draft')
        with ui.element('div').classes('actions below'):
            note = Note(lambda: ui.navigate.to(screen_of_agent(first)))

    def draw(view: AgentView, change: Change | None) -> None:
        form.allow(view.refused)
        if change:
            form.take(of_sites(view.draft, view.version), saved_meanwhile(change, view.member))
        published = view.published.settings if view.published else settings.FIRST
        is_other = (view.draft.sites, view.draft.in_apps) != (published.sites, published.in_apps)
        note.show(NOT_PUBLISHED if is_other else '', 'Go to the agent' if is_other else '')

    return draw


def of_sites(draft: AgentSettings, version: int) -> Saved:
    """The sites as their form wants them."""
    values = as_form(draft)
    return Saved({name: values[name] for name in SITES}, version)


def seen_card() -> Draw:
    """On which sites the chat was opened last, and when."""
    with Card('Seen on', hint='Where somebody has opened the chat, and when that was last.'):
        seen = SeenOn()

    def draw(view: AgentView, _: Change | None) -> None:
        seen.show(view.sites, '' if view.sites else NOWHERE)

    return draw


def pages_card(first: AgentView) -> Draw:
    """Where the chat can be looked at without a site of one's own; nowhere, as long as it answers nobody."""
    with Card('Without a site', hint='Pages of ours that show the chat as your visitors get it.') as card:
        Links(
            ('A page to try it on', embedding.trial(first.id), 'with the button in its corner, as on your pages'),
            ('The chat as a page', embedding.hosted(first.id), 'a plain link that you can give to anybody'),
        )

    def draw(view: AgentView, _: Change | None) -> None:
        card.set_visibility(view.answers)

    return draw


def secret_card(project_id: str) -> Draw:
    """The secret with which a site signs who its visitors are, for those who may change the agent."""
    latest: AgentView

    @told
    async def show() -> None:
        secret = await call(agents.secret, latest.member, project_id)
        show_secret(secret, latest.id)

    @told
    async def renew() -> None:
        sure = not latest.has_secret or await confirm('Renew the secret?', RENEWED, action='Renew secret')
        if sure:
            show_secret(await call(agents.renew_secret, latest.member, project_id), latest.id)

    with Card('Who visitors are', hint='For sites with accounts of their own. Nobody else needs it.'):
        Text('p', SIGNED, 'muted')
        with ui.element('div').classes('actions below'):
            showing, renewing = Note(show), Note(renew)

    def draw(view: AgentView, _: Change | None) -> None:
        nonlocal latest
        latest = view
        may = view.refused is None
        showing.show(view.refused or '', 'Show the secret' if may and view.has_secret else '')
        renewing.show('', ('Renew the secret' if view.has_secret else 'Make a secret') if may else '')

    return draw


def show_secret(secret: str, agent_id: str) -> None:
    """Show it, with the id that what is signed has to name, until the dialog is closed."""
    with dialog('The secret of this agent', 'It belongs on the server of your site, never into a page.') as box:
        with ui.element('div').classes('one-time'):
            Text('code', secret, 'one-time-text')
            copy_button(secret, 'Copy')
        Text('p', f'What is signed with it names the agent {agent_id}.', 'muted')
        with ui.element('div').classes('actions'):
            ui.button('Close', on_click=box.close, color=None).classes('button')
