"""The agent of a project: what it says and how it looks, as drafted and as published, with the draft to be tried."""

from collections.abc import Callable
from functools import partial

from nicegui import ui

from components.kit.card import screen_head
from data.changes import Change
from data.permissions import Member, Permission
from data.services import agents
from data.services.agents import AgentView
from data.services.audit import Topic
from pages.agent.drafting import draft_cards
from pages.agent.keeping import keeping_card
from pages.agent.publishing import Publishing, versions_card
from pages.agent.trying import trial
from pages.shell import live
from pages.shell.screens import Menu, org_page

Draw = Callable[[AgentView, Change | None], None]
"""Draws a part of the screen for whoever looks, with the change that it is drawn anew for."""


@org_page(
    '/projects/{project_id}/agent',
    title='Agent',
    icon='bot',
    menu=Menu.PROJECT,
    permission=Permission.ORGANIZATION_VIEW,
    load=agents.view,
)
def agent(member: Member, first: AgentView, project_id: str) -> None:
    """Whether it answers, its settings with the draft to be tried beside them, what is kept, and its versions."""
    publishing = Publishing(project_id)
    with screen_head('Agent', 'What answers your visitors, from the knowledge of this project.'):
        publishing.draw_button()
    parts: list[Draw] = [publishing.status_card()]
    with ui.element('div').classes('beside'):
        with ui.element('div'):
            parts += draft_cards(project_id, first)
        parts.append(trial(project_id))
    parts += [keeping_card(project_id, first), versions_card(project_id)]

    def draw(_: Member, change: Change | None, view: AgentView) -> None:
        for part in parts:
            part(view, change)

    draw(member, None, first)
    read = partial(agents.view, project_id=project_id)
    live.watch(Topic.AGENT, subject=first.id, read=read)(draw)
    live.watch(Topic.PROJECT, subject=project_id, read=read)(draw)
    live.watch(Topic.ORGANIZATION, Topic.MEMBER, read=read)(draw)
