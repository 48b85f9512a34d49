"""The signed-out screens: one narrow card with one real HTML form, which the browser posts by itself.

Passwords travel by HTTP only. These inputs are not bound to the server: nothing typed here goes over the socket.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from nicegui import ui

from components.kit.text import Text


@contextmanager
def entry_card(title: str, sentence: str = '') -> Iterator[None]:
    """The mark, one task, and what is built inside."""
    with ui.element('div').classes('entry'):
        Text('div', 'Botcadence', 'mark')
        with ui.element('section').classes('card'):
            Text('h1', title, 'screen-title')
            if sentence:
                Text('p', sentence, 'muted')
            yield


class PostForm:
    """A form that the browser posts to `action`; `errors` are shown at their fields, those without one above them."""

    def __init__(self, action: str, errors: Mapping[str, str], *, hidden: Mapping[str, str] | None = None) -> None:
        self.errors = dict(errors)
        self.element = ui.element('form').classes('form entry-form').props('method=post novalidate')
        self.element.props['action'] = action
        with self.element:
            if sentence := self.errors.pop('', ''):
                Text('p', sentence, 'notice tone-danger').props('role=alert')
            for name, value in (hidden or {}).items():
                box = ui.element('input').props('type=hidden')
                box.props['name'], box.props['value'] = name, value

    def field(
        self,
        name: str,
        label: str,
        *,
        kind: str,
        autocomplete: str,
        value: str = '',
        hint: str = '',
        fixed: bool = False,
    ) -> None:
        """A labelled input with its hint and its error; one that is `fixed` can’t be changed."""
        with self.element, ui.element('div').classes('entry-field'):
            caption = Text('label', label)
            box = ui.element('input').props('required')
            caption.props['for'] = box.html_id
            box.props.update({'name': name, 'type': kind, 'autocomplete': autocomplete, 'value': value})
            box.props['autocapitalize'] = 'none'
            box.props['readonly'] = fixed
            error = self.errors.get(name)
            if error or hint:
                below = Text('p', error or hint, 'field-error' if error else 'muted')
                box.props['aria-describedby'] = below.html_id
            if error:
                box.props['aria-invalid'] = 'true'
                box.props['autofocus'] = True

    def submit(self, label: str, busy: str, *, quiet: bool = False) -> None:
        """The one button; it says `busy` while the browser waits."""
        with self.element:
            button = Text('button', label, 'button wide' if quiet else 'button-primary wide').props('type=submit')
            button.props['data-busy'] = busy


def way_on(label: str, path: str) -> None:
    """The next step, where it is a link and no form."""
    link = Text('a', label, 'button-primary wide')
    link.props['href'] = path


def way_to(sentence: str, label: str, path: str) -> None:
    """The one way to the other task."""
    with ui.element('p').classes('other-way'):
        Text('span', sentence)
        link = Text('a', label, 'link')
        link.props['href'] = path
