"""The titled sections that a screen is made of: its head, and its cards."""

from components.kit.part import Part


def screen_head(title: str, sentence: str, *, way: tuple[str, str] | None = None) -> Part:
    """Title, what this screen is for, and at the right whatever is built inside: the one primary action.

    `way` leads up to the screen from which this one was chosen: its label, and its path.
    """
    label, path = way or ('', '')
    return Part('head', title=title, hint=sentence, label=label, path=path)


class Card(Part):
    """A titled section with one hint; what is built inside `with` stands under them.

    An address that ends in `#` and `at` leads to it.
    """

    def __init__(self, title: str, *, hint: str = '', at: str = '') -> None:
        super().__init__('card', title=title, hint=hint, at=at)


class Fold(Part):
    """A titled section that is folded until somebody opens it; it is folded again on the next visit."""

    def __init__(self, title: str, *, hint: str = '') -> None:
        super().__init__('fold', title=title, hint=hint)
