"""The account of whoever is signed in, one function a card: who they are, how they come in, where they are."""

from components.kit.card import screen_head
from data.database import Actor
from data.services.accounts import reauthentication
from data.services.accounts.reauthentication import WaysIn
from pages.shell.screens import user_page


@user_page('/account', title='Your account', icon='user', menu=None, load=reauthentication.ways_in)
def account(actor: Actor, ways: WaysIn) -> None:
    """Name, address, ways to sign in, sessions, what has happened, and the way out."""
    screen_head('Your account', 'Who you are, how you sign in, and where you are signed in.')
