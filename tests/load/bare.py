"""NiceGUI 3.18 with nothing on it: what every ratio of the benchmark is measured against."""

import sys

from nicegui import ui

CARDS = 20


@ui.page('/')
def hello() -> None:
    """One label."""
    ui.label('hello')


@ui.page('/event')
def event() -> None:
    """One event that changes one element."""
    label = ui.label('0')
    ui.button('Count', on_click=lambda: label.set_text(str(int(label.text) + 1)))


@ui.page('/cards')
@ui.page('/cards/{_:path}')
def cards() -> None:
    """An application of two sub pages: cards, and the screen that a card leads to."""
    ui.sub_pages({'/cards': choose, '/cards/{number}': show})


def choose() -> None:
    """Twenty cards, each one link."""
    for number in range(CARDS):
        with ui.link(target=f'/cards/{number}').classes('org-card'), ui.card():
            ui.label(f'Card {number}')
            ui.label('Owner, active, 3 members')


def show(number: str) -> None:
    """A heading and a sentence."""
    ui.label('Overview').classes('screen-title')
    ui.label(f'This is number {number}.')


if __name__ == '__main__':
    ui.run(port=int(sys.argv[1]), reload=False, show=False, show_welcome_message=False)
