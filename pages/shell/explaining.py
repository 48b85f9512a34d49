"""In place of a screen that somebody may not see: why not, and what they can do about it, until they may."""

from collections.abc import Callable

from components.kit.entry import way_on
from components.kit.text import heading, hint
from data.changes import Change
from data.permissions import Member
from data.problems import Forbidden, NeedsSecondFactor
from data.services.audit import Topic
from pages.shell import live
from pages.shell.screens import Screen

ACCOUNT = '/account#second-factor'
"""Where one sets up a second factor, and proves it."""


def explain(screen: Screen, title: str, problem: Forbidden, look_again: Callable[[], object]) -> None:
    """Say why a screen is not shown, and look again once it may be."""
    heading(title)
    hint(str(problem))
    if isinstance(problem, NeedsSecondFactor):
        way_on('Prove your second factor' if problem.has_one else 'Set up a second factor', ACCOUNT)

    @live.watch(Topic.ORGANIZATION, Topic.MEMBER)
    def look(now: Member, _: Change) -> None:
        is_other = isinstance(problem, NeedsSecondFactor) and now.kept_out and now.kept_out.has_one != problem.has_one
        if is_other or (screen.permission and now.may(screen.permission)):
            look_again()
