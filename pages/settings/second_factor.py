"""Whether everybody in an organization must have a second factor: for its Owners to decide."""

from nicegui import ui

from components.kit.calls import call, told
from components.kit.card import Card
from components.kit.dialog import confirm
from components.kit.note import Note
from data.changes import Change
from data.permissions import Member, Permission
from data.services import second_factors
from data.services.audit import Topic
from data.services.second_factors import Requirement
from pages.shell import live

MAY = Permission.ORGANIZATION_SECURE


def factor_card(member: Member, stored: Requirement | None) -> None:
    """What is required, of how many, and the button that changes it; what is required is said to everybody."""
    hint = 'A passkey, or a code from an app, besides the password. Without one, nothing of this organization is shown.'
    latest = member
    with Card('Second factor', hint=hint, at='second-factor'):
        note = Note(lambda: decide(latest))

    def draw(now: Member, stored: Requirement | None) -> None:
        nonlocal latest
        latest, is_required = now, is_required_in(now)
        label = 'Require it no longer' if is_required else 'Require a second factor'
        note.show(in_words(is_required, stored, now.refused(MAY)), label if stored and now.may(MAY) else '')

    draw(member, stored)

    @live.watch(Topic.ORGANIZATION, Topic.MEMBER, read=visible_requirement)
    def refresh(now: Member, _: Change, stored: Requirement | None) -> None:
        draw(now, stored)


def visible_requirement(member: Member) -> Requirement | None:
    """What is required, with who would be kept out, for those who may decide it."""
    return second_factors.requirement(member) if member.may(MAY) else None


def in_words(is_required: bool, stored: Requirement | None, refused: str | None) -> str:
    """How it stands, and why this person can’t change it."""
    state = 'It is required of everybody.' if is_required else 'It is not required.'
    if stored is None:
        return f'{state} {refused or ""}'.strip()
    if stored.without == 0:
        return f'{state} Everybody has one.'
    return f'{state} {stored.without} of {stored.people} {"has" if stored.without == 1 else "have"} none.'


def is_required_in(member: Member) -> bool:
    """Whether it is required where this member is."""
    return member.organization.second_factor_since is not None


async def decide(member: Member) -> None:
    """Require it, or require it no longer."""
    await (ask_to_waive(member) if is_required_in(member) else ask_to_require(member))


@told
async def ask_to_require(member: Member) -> None:
    """Require it, after a question."""
    now = await call(second_factors.requirement, member)
    who = 'Everybody has one.' if now.without == 0 else f'{now.without} of {now.people} have none yet.'
    sentence = f'{who} Whoever has not proved one sees nothing of this organization until they do, at once.'
    if await confirm('Require a second factor?', sentence, action='Require it', danger=False):
        await call(second_factors.require, member)
        ui.notify('A second factor is required now.')


@told
async def ask_to_waive(member: Member) -> None:
    """Require it no longer, after a question."""
    sentence = 'Everybody gets in with one factor again. Those who have two are still asked for both.'
    if await confirm('Require it no longer?', sentence, action='Require it no longer'):
        await call(second_factors.waive, member)
        ui.notify('A second factor is not required any more.')
