"""Copying: buttons that put a text into the clipboard and say “Copied” only when it is there."""

from nicegui import ui


def copy_button(text: str, label: str = 'Copy', *, icon: bool = False, classes: str = 'button') -> ui.button:
    """A button that copies `text`; as an icon, `label` is its name.

    All of it happens in the browser (`assets/copying.js`): a clipboard that is missing or refuses is said there. In the
    template of a row the same is `<q-btn … :data-copy="props.row.link">`.
    """
    button = ui.button('' if icon else label, color=None).classes('button-icon' if icon else classes)
    button.props['data-copy'] = text
    if icon:
        button.props.update({'flat': True, 'data-icon': 'copy', 'aria-label': label, 'title': label})
    return button
