"""The overview of an organization: what to do first, where it stands, who is here, what happened last; all live."""

from components.kit.calls import call, told
from components.kit.card import Card, screen_head
from components.kit.checklist import Checklist, Item
from components.kit.facts import Facts, Feed, Happened
from components.kit.status import Standing
from data.changes import Change
from data.models import Status
from data.permissions import Member, Permission
from data.services import first_steps, organizations
from data.services.audit import Entry, Topic
from data.services.audit.words import happened, named, remark
from data.services.first_steps import FirstStep
from data.services.organizations import Overview
from pages.shell import live
from pages.shell.screens import org_page
from pages.shell.words import faces, show_standing

MEMBERS, HERE = 'Members', 'Here now'

STEPS = {
    FirstStep.NAME: ('Name your organization', '/settings#organization-name'),
    FirstStep.INVITE: ('Invite the people you work with', '/members'),
    FirstStep.ADDRESS: ('Fill in the billing address', '/settings#billing-address'),
}
"""What each first step is called, and the screen where it is done, or the card on it."""


@org_page(
    '',
    title='Overview',
    icon='layout-dashboard',
    permission=Permission.ORGANIZATION_VIEW,
    load=organizations.overview,
)
def overview(member: Member, picture: Overview) -> None:
    """What to do first, where the organization stands, who is here, what happened last."""
    screen_head('Overview', 'How this organization is doing right now.')
    steps = Checklist('First steps', 'A few things to set up first.', 'Hide this list', lambda: put_away())
    with Card('Status') as status:
        standing = Standing()
    facts = Facts('People', MEMBERS, faces=HERE)
    with Card('Latest activity') as activity:
        feed = Feed()

    def show(picture: Overview) -> None:
        steps.show(items(picture))
        show_standing(standing, picture.member)
        status.set_visibility(picture.member.organization.status is Status.ACTIVE)  # else the banner says it
        facts.show({MEMBERS: str(picture.members)})
        activity.set_visibility(picture.latest is not None)
        feed.show([line(entry) for entry in picture.latest or ()])

    @told
    async def put_away() -> None:
        await call(first_steps.put_away, member)
        steps.show([])

    show(picture)
    facts.show_faces(faces(live.here(member.organization_id)))

    @live.watch(*(topic for topic in Topic if topic not in (Topic.AUDIT, Topic.PRESENCE)), read=organizations.overview)
    def refresh(_: Member, __: Change, picture: Overview) -> None:
        show(picture)

    @live.watch(Topic.PRESENCE)
    def refresh_presence(now: Member, _: Change) -> None:
        facts.show_faces(faces(live.here(now.organization_id)))


def items(picture: Overview) -> list[Item]:
    """The first steps of whoever looks, in words."""
    home = f'/organizations/{picture.member.organization_id}'
    return [Item(STEPS[step][0], home + STEPS[step][1], done) for step, done in picture.steps.items()]


def line(entry: Entry) -> Happened:
    """An event of the record in one line."""
    return Happened(str(entry.seq), happened(entry), entry.at.isoformat(), named(entry), remark(entry))
