"""The overview of an organization: first steps, how it stands, projects, usage, who is here, what happened last."""

from collections.abc import Sequence

from components.kit.calls import call, told
from components.kit.card import Card, screen_head
from components.kit.checklist import Checklist, Item
from components.kit.digest import Digest, Place
from components.kit.facts import Facts, Feed, Happened
from components.kit.figures import Figure, Figures
from components.kit.status import Standing
from data.changes import Change
from data.models import Status
from data.permissions import Member, Permission
from data.services import first_steps, organizations
from data.services.audit import Entry, Topic
from data.services.audit.words import happened, named, remark
from data.services.first_steps import FirstStep
from data.services.organizations import Overview
from data.services.projects import PROJECT_RULES, ProjectCard, ProjectStates
from data.services.usage import Metric
from data.services.usage import Standing as UsageStanding
from pages.shell import limits, live
from pages.shell.screens import org_page
from pages.shell.words import faces, show_standing

MEMBERS, HERE = 'Members', 'Here now'

STEPS = {
    FirstStep.NAME: ('Name your organization', '/settings#organization-name'),
    FirstStep.PROJECT: ('Make your first project', '/projects'),
    FirstStep.INVITE: ('Invite the people you work with', '/members'),
    FirstStep.ADDRESS: ('Fill in the billing address', '/settings#billing-address'),
}
"""What each first step is called, and the screen where it is done, or the card on it."""

NO_PROJECTS = 'No projects yet. A project is the home of a chat agent: what it knows, and whom it talks to.'


@org_page(
    '',
    title='Overview',
    icon='layout-dashboard',
    permission=Permission.ORGANIZATION_VIEW,
    load=organizations.overview,
)
def overview(member: Member, picture: Overview) -> None:
    """What to do first, how the organization stands, projects, usage, who is here, what happened last; all live."""
    screen_head('Overview', 'How this organization is doing right now.')
    cards = Cards(member)
    cards.show(picture)
    cards.show_people(member)

    @live.watch(*(topic for topic in Topic if topic not in (Topic.AUDIT, Topic.PRESENCE)), read=organizations.overview)
    def refresh(_: Member, __: Change, picture: Overview) -> None:
        cards.show(picture)

    @live.watch(Topic.PRESENCE)
    def refresh_presence(now: Member, _: Change) -> None:
        cards.show_people(now)


class Cards:
    """All that the overview shows, each part of which is drawn anew only where it says something else."""

    def __init__(self, member: Member) -> None:
        self.member = member
        self.steps = Checklist(
            'First steps', 'A few things to set up first.', 'Hide this list', lambda: self.put_away()
        )
        with Card('Status') as self.status:
            self.standing = Standing()
        self.projects = Digest('Projects', since='Changed')
        self.usage = Figures('Usage', 'What is used this month.', 'See the usage')
        self.facts = Facts('People', MEMBERS, faces=HERE)
        with Card('Latest activity') as self.activity:
            self.feed = Feed()

    def show(self, picture: Overview) -> None:
        """Draw what was read."""
        self.steps.show(items(picture))
        show_standing(self.standing, picture.member)
        self.status.set_visibility(picture.member.organization.status is Status.ACTIVE)  # else the banner says it
        self.show_projects(picture.member, picture.projects)
        self.usage.set_visibility(picture.usage is not None)
        self.usage.show(figures(picture.usage or ()), f'/organizations/{picture.member.organization_id}/billing')
        self.facts.show({MEMBERS: str(picture.members)})
        self.activity.set_visibility(picture.latest is not None)
        self.feed.show([line(entry) for entry in picture.latest or ()])

    def show_projects(self, member: Member, states: ProjectStates) -> None:
        """Draw the projects that changed last, and say how many there are."""
        path = f'/organizations/{member.organization_id}/projects'
        if sum(states.counts.values()):
            self.projects.show([place(card, path) for card in states.latest], how_many(states), 'All projects', path)
        else:
            may = member.may(Permission.PROJECT_EDIT)
            self.projects.show([], NO_PROJECTS, 'Make your first project' if may else '', path)

    def show_people(self, member: Member) -> None:
        """Draw who is here now."""
        self.facts.show_faces(faces(live.here(member.organization_id)))

    @told
    async def put_away(self) -> None:
        """Offer no first steps any more."""
        await call(first_steps.put_away, self.member)
        self.steps.show([])


def items(picture: Overview) -> list[Item]:
    """The first steps of whoever looks, in words."""
    home = f'/organizations/{picture.member.organization_id}'
    return [Item(STEPS[step][0], home + STEPS[step][1], done) for step, done in picture.steps.items()]


def place(card: ProjectCard, path: str) -> Place:
    """A project as a link, with where it stands."""
    rule = PROJECT_RULES[card.status]
    return Place(card.name, f'{path}/{card.id}', rule.word, rule.tone, card.changed_at)


def how_many(states: ProjectStates) -> str:
    """How many projects stand where: “12 active, 1 archived”."""
    words = [f'{count:,} {PROJECT_RULES[status].word.lower()}' for status, count in states.counts.items() if count]
    return ', '.join(words)


def figures(usage: Sequence[UsageStanding]) -> list[Figure]:
    """What is used: what no other card says, and all that is limited."""
    return [figure(it) for it in usage if it.metric in (Metric.MESSAGES, Metric.STORAGE) or it.cap is not None]


def figure(used: UsageStanding) -> Figure:
    """A metric in words, with what it was in the month before, and a bar where it is limited."""
    number, _, unit = used.metric.amount(used.used).partition(' ')
    before = f'{used.before:,} last month' if used.before else ''
    if used.cap is None:
        return Figure(used.metric.label, number, unit, before)
    measured = f'{used.share:,}\N{NO-BREAK SPACE}% of {used.metric.amount(used.cap)}'
    return Figure(used.metric.label, number, unit, before, used.share, measured, limits.tone(used))


def line(entry: Entry) -> Happened:
    """An event of the record in one line."""
    return Happened(str(entry.seq), happened(entry), entry.at.isoformat(), named(entry), remark(entry))
