"""The screens. Importing this package registers every route; those of an organization in the order of the menu."""

from pages import overview, members, activity, settings  # isort: skip
from pages import auth, door, guard, invitation, live, plain, shell, sign_in, sign_up

__all__ = [
    'activity',
    'auth',
    'door',
    'guard',
    'invitation',
    'live',
    'members',
    'overview',
    'plain',
    'settings',
    'shell',
    'sign_in',
    'sign_up',
]


def begin(public_url: str) -> None:
    """Let the open screens hear of changes, and links lead to where people reach this application."""
    live.begin()
    door.public_url = public_url
