"""The overview of an organization: where it stands, who is here, what happened last, as it happens."""

from components.kit.card import Card, screen_head
from components.kit.facts import Facts, Feed, Happened
from components.kit.status import Standing
from data.changes import Change
from data.models import Status
from data.permissions import Member, Permission
from data.services import organizations
from data.services.audit import Topic
from data.services.audit.words import happened
from data.services.organizations import Overview
from pages.shell import live
from pages.shell.screens import org_page
from pages.shell.words import show_standing

MEMBERS, HERE, PAGES = 'Members', 'Here now', 'Open pages'


@org_page(
    '',
    title='Overview',
    icon='layout-dashboard',
    permission=Permission.ORGANIZATION_VIEW,
    load=organizations.overview,
)
def overview(member: Member, picture: Overview) -> None:
    """Where the organization stands, who is here, what happened last."""
    screen_head('Overview', 'Where this organization stands, right now.')
    with Card('Status') as status:
        standing = Standing()
    with Card('People'):
        facts = Facts(MEMBERS, HERE, PAGES)
    with Card('Latest activity') as activity:
        feed = Feed()

    def show(picture: Overview) -> None:
        show_standing(standing, picture.member)
        status.set_visibility(picture.member.organization.status is Status.ACTIVE)  # else the banner says it
        facts.show({MEMBERS: str(picture.members)})
        activity.set_visibility(picture.latest is not None)
        feed.show([Happened(str(entry.seq), happened(entry), entry.at.isoformat()) for entry in picture.latest or ()])

    def show_presence() -> None:
        at = member.organization_id
        facts.show({HERE: ', '.join(live.here(at)) or '–', PAGES: str(live.pages_open(at))})

    show(picture)
    show_presence()

    @live.watch(*(topic for topic in Topic if topic not in (Topic.AUDIT, Topic.PRESENCE)), read=organizations.overview)
    def refresh(_: Member, __: Change, picture: Overview) -> None:
        show(picture)

    @live.watch(Topic.PRESENCE)
    def refresh_presence(_: Member, __: Change) -> None:
        show_presence()
