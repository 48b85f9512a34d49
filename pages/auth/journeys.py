"""What a browser remembers of whom it has sent to a provider: in its signed cookie, for several tabs side by side."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from fastapi import Request

from data import clock
from data.runtime.providers import Provider
from data.services.accounts.journeys import Purpose
from pages.shell import access

MOST = 4
"""Journeys of one browser at once; of more, the oldest is over. A cookie has 4 kB."""

LONGEST_PATH = 200
BACK = ('/sign-in', '/sign-up')
"""Where somebody may have set out, besides an invitation and their account."""


@dataclass(frozen=True)
class Journey:
    """Where somebody wants to go, `then`, with which invitation (its token), and where it is told what went wrong.

    A session that is not `kept` ends with the browser.
    """

    provider: str
    purpose: Purpose
    then: str
    invitation: str
    back: str
    kept: bool
    at: int

    @property
    def began_at(self) -> datetime:
        """When they set out, to the second."""
        return datetime.fromtimestamp(self.at, UTC)

    @classmethod
    def of(cls, request: Request, provider: Provider) -> 'Journey':
        """What the link says that somebody has followed; what can't be meant is left out."""
        said = request.query_params
        purpose = said.get('purpose', '')
        then = access.own_path(said.get('next'))
        invitation = said.get('invitation', '') if access.own_path(f'/invitations/{said.get("invitation")}') else ''
        from_invitation = f'/invitations/{invitation}' if invitation else ''
        return cls(
            provider=provider.name,
            purpose=Purpose(purpose) if purpose in {each.value for each in Purpose} else Purpose.SIGN_IN,
            then=then if len(then) <= LONGEST_PATH else '',
            invitation=invitation,
            back=from_invitation or (said['back'] if said.get('back') in BACK else BACK[0]),
            kept=said.get('kept') != 'off',
            at=int(clock.now().timestamp()),
        )


def remember(request: Request, state: str, journey: Journey) -> None:
    """Let this browser come back with this state."""
    known = {**_known(request), state: asdict(journey)}
    request.session['journeys'] = dict(list(known.items())[-MOST:])


def ended(request: Request, state: str) -> Journey | None:
    """The journey with this state, which is over now; None where it was none of this browser."""
    known = _known(request)
    facts = known.pop(state, None)
    if facts is None:
        return None
    request.session['journeys'] = known
    try:
        return Journey(**{**facts, 'purpose': Purpose(facts['purpose'])})
    except (TypeError, ValueError, KeyError):  # another version has written it
        return None


def others(request: Request) -> dict[str, Any]:
    """Those that go on when somebody comes in: to be put back behind `coming.come_in`."""
    return _known(request)


def keep(request: Request, journeys: dict[str, Any]) -> None:
    """Put them back."""
    if journeys:
        request.session['journeys'] = journeys


def tell(request: Request, notice: str) -> None:
    """Say this on the next screen."""
    request.session['notice'] = notice


def refuse(request: Request, sentence: str) -> None:
    """Say this above the form that is shown next."""
    request.session['tried'] = {'errors': {'': sentence}, 'email': ''}


def _known(request: Request) -> dict[str, Any]:
    known = request.session.get('journeys')
    return dict(known) if isinstance(known, dict) else {}
