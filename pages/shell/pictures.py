"""Pictures: all that a screen shows, read at once: who is asking, where, and the screen's own data.

Each function here runs in a thread, once for a screen: one hop, and one transaction in the organization.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from data.database import Actor
from data.models import Project
from data.permissions import Member, Permission, refusal
from data.problems import Forbidden, NeedsSecondFactor, NotFound, Problem
from data.services import organizations, projects
from data.services.accounts import sessions
from pages.shell.screens import Screen

Read = Callable[[Member], Any]
"""Reads what a part of a screen shows, for whoever looks at it."""


class RowGone(Problem):
    """What a screen is about does not exist any more, in an organization that this person still belongs to."""


@dataclass(frozen=True)
class Picture:
    """What was read for a screen.

    `member` is in the screen's organization; around a screen of the person, where they were last (None: nowhere).
    `problem` is Forbidden where they may not see it, RowGone where what it is about is not there. `project` is the one
    in the path, None where there is none, or not this one.
    """

    member: Member | None
    data: Any = None
    problem: Problem | None = None
    project: Project | None = None


@dataclass(frozen=True)
class Opening:
    """What a request for a screen began with: whoever sent it, what was read for them, or why that did not work."""

    actor: Actor
    picture: Picture | Problem | None = None


def opening(token: object, network: str, last: str, screen: Screen | None, ids: dict[str, str]) -> Opening | None:
    """Whoever sends a request, and what the screen in its path shows; None when they are not signed in."""
    actor = sessions.of_token(token, network)
    if actor is None or screen is None:
        return Opening(actor) if actor else None
    try:
        return Opening(actor, of_screen(actor, screen, ids, last))
    except Problem as problem:
        return Opening(actor, problem)


def of_screen(actor: Actor, screen: Screen, ids: dict[str, str], last: str | None) -> Picture:
    """What a screen shows, with the ids in its path.

    For a screen of the person, `last` is where they were last as far as the browser knows, None where nobody asks.
    Raises SignedOut, NotFound (no such organization, or not theirs).
    """
    if screen.permission is None:
        member = latest(actor, last) if last is not None else None
        here = replace(actor, organization_id=member.organization_id) if member else actor
        return Picture(member, screen.load(here, **ids) if screen.load else None)
    others = dict(ids)
    here = replace(actor, organization_id=others.pop('organization_id'))
    read = partial(screen.load, **others) if screen.load else _nothing
    if project_id := others.get('project_id'):
        return _in_project(here, screen.permission, project_id, read)
    return of_member(here, screen.permission, read)


def _in_project(here: Actor, permission: Permission, project_id: str, read: Read) -> Picture:
    """A screen of a project: what that is called is for everybody who may see the organization."""

    def both(member: Member) -> tuple[Project, Any]:
        return project(member, project_id), read(member)

    picture = of_member(here, permission, both)
    if picture.problem is None:
        at, data = picture.data
        return replace(picture, data=data, project=at)
    if isinstance(picture.problem, NeedsSecondFactor):
        return picture
    alone = of_member(here, Permission.ORGANIZATION_VIEW, partial(project, project_id=project_id))
    return replace(picture, project=alone.data)


def project(member: Member, project_id: str) -> Project:
    """A project of the organization. Raises NotFound."""
    return projects.get(member, project_id).project


def of_member(actor: Actor, permission: Permission, read: Read) -> Picture:
    """What `read` reads in the actor's organization, for those who have the permission. Raises SignedOut, NotFound."""

    def attempt(member: Member) -> tuple[Any, Problem | None]:
        try:
            return read(member), None
        except NotFound as gone:  # the organization is there
            return None, RowGone(str(gone))

    try:
        member, (data, problem) = organizations.picture(actor, permission, attempt)
    except Forbidden as refused:
        return Picture(organizations.whereabouts(actor), problem=refused)
    return Picture(member, data, problem)


def of_parts(member: Member, permission: Permission, parts: Sequence[Read | None]) -> Picture:
    """What the parts of a screen show now, None for those that read nothing. Raises SignedOut, NotFound.

    Nobody tried anything: where they may see it no longer, that is not for the record.
    """

    def read(now: Member) -> tuple[list[Any], Problem | None]:
        if refused := refusal(now.role, now.organization.status, permission):
            return [], refused
        try:
            return [part(now) if part else None for part in parts], None
        except NotFound as gone:
            return [], RowGone(str(gone))

    try:
        now, (data, problem) = organizations.picture(member, Permission.ORGANIZATION_VIEW, read)
    except NeedsSecondFactor as refused:
        return Picture(organizations.whereabouts(member), problem=refused)
    return Picture(now, data, problem)


def latest(actor: Actor, preferred: str) -> Member | None:
    """The actor where they were last; `preferred` wins where it is still theirs. Raises SignedOut."""
    for organization_id in (preferred, None):
        at = organizations.latest_of(actor) if organization_id is None else organization_id
        if at:
            try:
                return organizations.whereabouts(replace(actor, organization_id=at))
            except NotFound:  # no longer, or not in this moment
                continue
    return None


def _nothing(_: Member) -> None:
    return None
