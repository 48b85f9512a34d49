"""The theme of this browser, beside the menu that has it on every screen."""

from nicegui import ui

from components.kit.card import Card
from components.kit.fields import Fields
from components.kit.frame import THEMES
from pages.shell.access import Bookmark


def theme_card() -> None:
    """Light, dark, or as the system has it: at once in all tabs of this browser, and in no other one."""
    bookmark = Bookmark.of_page()

    def choose() -> None:
        theme = fields.values['theme']
        if theme in THEMES and theme != bookmark.theme:
            bookmark.choose_theme(theme)

    with Card('Theme', hint='How Botcadence looks in this browser.', at='theme'):
        with ui.element('div').classes('form'):
            fields = Fields({'theme': bookmark.theme}, readonly=False, on_change=choose)
            fields.choice('theme', 'Theme', THEMES)
        bookmark.follow_theme(lambda theme: fields.fill({'theme': theme}))
