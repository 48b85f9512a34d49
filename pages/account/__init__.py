"""The account of whoever is signed in, one function a card: who they are, how they come in, where they are."""

from dataclasses import dataclass

from components.kit.card import screen_head
from data.database import Actor
from data.services.accounts import linking, moving, own_events, own_sessions, reauthentication
from data.services.accounts.closing import ClosingOutlook, closing_outlook
from data.services.accounts.linking import LinkedIdentity
from data.services.accounts.moving import Address
from data.services.accounts.own_events import OwnEvent
from data.services.accounts.own_sessions import OpenSessions
from data.services.accounts.passkeys import OwnPasskey, passkeys_of
from data.services.accounts.profile import Profile
from data.services.accounts.reauthentication import WaysIn
from data.services.accounts.second_factor import SecondFactors, factors_of
from data.services.accounts.sessions import own_picture
from data.services.portions import Step
from pages.account.address import address_card
from pages.account.closing import closing_card
from pages.account.download import download_card
from pages.account.events import events_card
from pages.account.passkeys import passkeys_card
from pages.account.password import password_card
from pages.account.profile import dates_card, name_card, stored_profile
from pages.account.providers import providers_card
from pages.account.second_factor import second_factor_card
from pages.account.sessions import sessions_card
from pages.account.theme import theme_card
from pages.shell.screens import user_page


@dataclass(frozen=True)
class Account:
    """What the screen begins with: a field for each card that reads something, in the order of the screen."""

    ways: WaysIn
    profile: Profile
    identities: list[LinkedIdentity]
    passkeys: list[OwnPasskey]
    factors: SecondFactors
    address: Address
    sessions: OpenSessions
    events: Step[OwnEvent]
    closing: ClosingOutlook


def stored(actor: Actor) -> Account:
    """What is stored about the actor, all of it as it was in one moment. Raises SignedOut."""
    with own_picture(actor):
        return Account(
            ways=reauthentication.ways_in(actor),
            profile=stored_profile(actor),
            identities=linking.of_actor(actor),
            passkeys=passkeys_of(actor),
            factors=factors_of(actor),
            address=moving.address_of(actor),
            sessions=own_sessions.sessions_of(actor),
            events=own_events.events_of(actor),
            closing=closing_outlook(actor),
        )


@user_page('/account', title='Your account', icon='user', menu=None, load=stored)
def account(actor: Actor, stored: Account) -> None:
    """Profile, address, password, providers, passkeys, second factor, sessions, what has happened, and the way out."""
    screen_head('Your account', 'Who you are, how you sign in, and where you are signed in.')
    name_card(actor, stored.profile)
    dates_card(actor, stored.profile)
    theme_card()
    address_card(actor, stored.address)
    password_card(actor, stored.ways)
    providers_card(actor, stored.identities)
    passkeys_card(actor, stored.passkeys)
    second_factor_card(actor, stored.factors)
    sessions_card(actor, stored.sessions)
    events_card(actor, stored.events)
    download_card(actor)
    closing_card(actor, stored.closing)
