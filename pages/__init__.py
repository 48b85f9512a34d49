"""The screens. Importing this package registers every route, in the order of the menu."""

from pages import auth, live, overview, plain, settings, shell, sign_in, sign_up

__all__ = ['auth', 'live', 'overview', 'plain', 'settings', 'shell', 'sign_in', 'sign_up']
