"""Performances: how an act or a look is performed, and what it asks for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from data.database import Actor
from data.permissions import Permission
from data.services.audit import Act
from tests.support.stage import Stage


@dataclass(frozen=True)
class Performance:
    """An act as it stands on the record (None for a look), the service that does it, and what that asks for, in order.

    `needs` makes ready what the act is done to, `how` gets the stage, whoever acts, and that; most services take
    just these. An act that asks for nothing is not done by a member: by a guest, or by whoever runs the installation.
    """

    act: Act | None
    service: Callable[..., Any]
    asks: tuple[Permission, ...]
    needs: Callable[[Stage], str] | None = None
    how: Callable[[Stage, Actor, str], object] | None = None

    @property
    def name(self) -> str:
        """The service by the names of its package and its own: `invitations.revoke`."""
        return f'{self.service.__module__.split(".")[2]}.{self.service.__name__}'

    def prepare(self, stage: Stage) -> str:
        """Make ready what it is done to: an id, a token, '' for nothing."""
        return self.needs(stage) if self.needs else ''

    def perform(self, stage: Stage, actor: Actor, ready: str) -> object:
        """Do it."""
        if self.how:
            return self.how(stage, actor, ready)
        return self.service(actor, ready) if self.needs else self.service(actor)
