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
from pages.shell import live

MAY = Permission.ORGANIZATION_SECURE


def factor_card(member: Member) -> None:
    """What is required, said to everybody, and the button that changes it."""
    hint = 'A passkey, or a code from an app, besides the password. Without one, nothing of this organization is shown.'
    latest = member
    with Card('Second factor', hint=hint, at='second-factor'):
        note = Note(lambda: decide(latest))

    def draw(now: Member) -> None:
        nonlocal latest
        latest, is_required, refused = now, is_required_in(now), now.refused(MAY)
        state = 'It is required of everybody.' if is_required else 'It is not required.'
        label = 'Require it no longer' if is_required else 'Require a second factor'
        note.show(f'{state} {refused or ""}'.strip(), '' if refused else label)

    draw(member)

    @live.watch(Topic.ORGANIZATION, Topic.MEMBER)
    def refresh(now: Member, _: Change) -> None:
        draw(now)


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
    have = 'has' if now.without == 1 else 'have'
    who = 'Everybody has one.' if now.without == 0 else f'{now.without} of {now.people} {have} none yet.'
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
