"""The signed-out screens: one narrow card with one real HTML form, which the browser posts.

Passwords travel by HTTP only. These inputs are not bound to the server: nothing typed here goes over the socket. Where
the script runs (`assets/entry.js`), it posts the form and stays on the page when something is refused; where it does
not, the browser posts it, and the page comes anew.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from nicegui import ui
from nicegui.element import Element

from components.kit.text import Text
from components.kit.theme import prefer

SHORTEST = 8
"""Characters of a new password at least, said before it is sent; the server says it in any case."""

GOOD = f'At least {SHORTEST} characters. A few unrelated words make a good one.'
NEW = {'missing': 'Enter a password.', 'shortest': str(SHORTEST), 'short': f'Use at least {SHORTEST} characters.'}
AGAIN = {'same': 'password', 'differs': 'The two passwords are not the same.'}
ADDRESS = 'Enter an email address like name@example.com.'
EMAIL = {'inputmode': 'email', 'autocorrect': 'off', 'spellcheck': 'false', 'dir': 'auto', 'enterkeyhint': 'next'}


@contextmanager
def entry_card(title: str, sentence: str = '', *, theme: str) -> Iterator[None]:
    """The mark, one task, and what is built inside, in the theme that this browser was last used with."""
    prefer(theme)
    with ui.element('div').classes('entry'):
        Text('div', 'Botcadence', 'mark')
        with ui.element('section').classes('card'):
            Text('h1', title, 'screen-title').props('dir=auto')
            if sentence:
                Text('p', sentence, 'muted')
            yield


class PostForm:
    """A form that is posted to `action`; `errors` are shown at their fields, those without one above them."""

    def __init__(self, action: str, errors: Mapping[str, str], *, hidden: Mapping[str, str] | None = None) -> None:
        self.errors = dict(errors)
        self._wrong = next((name for name in self.errors if name), '')
        self.element = ui.element('form').classes('form entry-form').props('method=post novalidate')
        self.element.props['action'] = action
        with self.element:
            Text('p', self.errors.get('', ''), 'notice tone-danger').props('role=alert')
            for name, value in (hidden or {}).items():
                box = ui.element('input').props('type=hidden')
                box.props['name'], box.props['value'] = name, value

    def email(self, value: str = '', *, fixed: bool = False, like: str = '', hint: str = '') -> None:
        """The address; one that is `fixed` can’t be changed. `like` is said at once of what can be none."""
        kind = {**EMAIL, 'type': 'email', 'autocomplete': 'username', 'value': value}
        field = self._box('email', 'Email', kind, hint=hint)
        field.props.update({'readonly': fixed, 'data-missing': 'Enter an email address.', 'data-like': like})

    def typed(self, name: str, label: str, *, missing: str) -> None:
        """An address that somebody types in a dialog to show that they mean it; no browser fills it in."""
        field = self._box(name, label, {**EMAIL, 'type': 'text', 'autocomplete': 'off', 'enterkeyhint': 'go'})
        field.props.update({'data-missing': missing, 'autofocus': True})

    def password(self, *, first: bool = False) -> None:
        """The password somebody has; in a dialog, where it is the `first` thing to fill in, the cursor is there."""
        field = self._secret('password', 'Password', 'current-password', {'missing': 'Enter a password.'})
        field.props['autofocus'] = first or field.props.get('autofocus')

    def stay(self, label: str) -> None:
        """A box to tick off whether to be signed in longer than the browser is open: posted as `kept`, on or off."""
        with self.element:
            ui.element('input').props('type=hidden name=kept value=off')  # of two, the last one counts
            with Text('label', label, 'stay'):
                ui.element('input').props('type=checkbox name=kept value=on checked')

    def current_password(self) -> None:
        """The password somebody has, where they type another one as well."""
        self._secret('current', 'Current password', 'current-password', {'missing': 'Enter the password you have now.'})

    def new_password(self, label: str = 'Password') -> None:
        """A password to be, twice, with what makes a good one."""
        self._secret('password', label, 'new-password', NEW, hint=GOOD)
        self._secret('confirmation', 'Confirm password', 'new-password', AGAIN)

    def code(self, hint: str) -> None:
        """A code of an app or on paper."""
        props = {'autocomplete': 'one-time-code', 'autocorrect': 'off', 'spellcheck': 'false', 'enterkeyhint': 'go'}
        field = self._box('code', 'Code', {**props, 'type': 'text', 'dir': 'auto'}, hint=hint)
        field.props.update({'data-missing': 'Enter a code.'})

    def text(self, name: str, label: str, value: str, missing: str) -> None:
        """A line of text that must not be empty."""
        # ^: an attribute. As a property, Vue would put it over what is typed whenever it draws anew.
        props = {'autocomplete': 'off', 'type': 'text', 'dir': 'auto', '^value': value}
        self._box(name, label, props).props['data-missing'] = missing

    def on_done(self, handler: Callable[[], object]) -> None:
        """Call this once what a script of ours has posted is done, and the page goes on by itself."""
        self.element.on('done', handler, [])

    def on_confirm(self, handler: Callable[[], Awaitable[None]]) -> None:
        """Call this where somebody has to show who they are before what they posted is done."""
        self.element.on('confirm', handler, [])

    def _secret(
        self, name: str, label: str, autocomplete: str, checks: Mapping[str, str], *, hint: str = ''
    ) -> Element:
        keys = {'autocorrect': 'off', 'spellcheck': 'false', 'enterkeyhint': 'go'}
        kind = {**keys, 'type': 'password', 'autocomplete': autocomplete}
        field = self._box(name, label, kind, hint=hint, shows=name)
        field.props.update({f'data-{key}': text for key, text in checks.items()})
        field.props['data-secret'] = 'true'
        return field

    def _box(self, name: str, label: str, props: Mapping[str, str], *, hint: str = '', shows: str = '') -> Element:
        """A labelled input with its error, its hint, and where it hides what is typed the button that `shows` it."""
        with self.element, ui.element('div').classes('entry-field'):
            caption = Text('label', label)
            with ui.element('div').classes('secret' if shows else 'plain'):
                box = ui.element('input').props('required aria-required=true autocapitalize=none')
                if shows:
                    with Text('button', 'Show', 'show-password').props('type=button') as button:
                        Text('span', f' {shows}', 'unseen')
                    button.props['aria-controls'] = box.html_id
            error = self.errors.get(name, '')
            below = [Text('p', error, 'field-error'), *([Text('p', hint, 'muted')] if hint else ())]
        caption.props['for'] = box.html_id
        box.props.update({**props, 'name': name, 'aria-describedby': ' '.join(it.html_id for it in below)})
        if error:
            box.props.update({'aria-invalid': 'true', 'autofocus': name == self._wrong})
        return box

    def submit(self, label: str, busy: str, *, look: str = 'button-primary', wide: bool = True) -> None:
        """The one button; it says `busy` while the browser waits."""
        with self.element:
            button = Text('button', label, f'{look} wide' if wide else look).props('type=submit')
            button.props['data-busy'] = busy


@contextmanager
def second_step(label: str) -> Iterator[None]:
    """What is built inside lies under `label` until somebody opens it, for what can’t be undone; it needs no script."""
    with ui.element('details').classes('second-step'):
        Text('summary', label, 'button wide')
        yield


def way_on(label: str, path: str) -> None:
    """The next step, where it is a link and no form."""
    link = Text('a', label, 'button-primary wide')
    link.props['href'] = path


def other_ways(ways: Sequence[tuple[str, str, str]], *, are_all: bool = False) -> None:
    """Links to other ways in, each a label, a path and the address of a picture; `are_all` where there is no form."""
    with ui.element('div').classes('other-ways'):
        if not are_all:
            Text('p', 'or', 'or')
        for label, path, picture in ways:
            with ui.element('a').classes('wide') as link:
                if picture:
                    ui.element('span').classes('brand').props['style'] = f'--brand: url("{picture}")'
                Text('span', label)
            link.props.update({'href': path} if picture else {'href': path, 'data-icon': 'key'})


def way_to(sentence: str, label: str, path: str) -> None:
    """The one way to the other task."""
    with ui.element('p').classes('other-way'):
        if sentence:
            Text('span', sentence)
        link = Text('a', label, 'link')
        link.props['href'] = path
