"""The screens. Importing this package registers every route; those of an organization in the order of the menu."""

from pages import overview, members, activity, settings  # isort: skip
from pages import auth, guard, live, plain, shell, sign_in, sign_up

__all__ = [
    'activity',
    'auth',
    'guard',
    'live',
    'members',
    'overview',
    'plain',
    'settings',
    'shell',
    'sign_in',
    'sign_up',
]
