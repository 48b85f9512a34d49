"""Forms that a passkey answers: the browser asks the person, and what it says is posted (`assets/passkeys.js`)."""

from collections.abc import Mapping

from components.kit.entry import PostForm


class PasskeyForm(PostForm):
    """A form that makes a passkey, where it is `new`, or uses one, at the address `at`, where passkeys are for.

    The browser gets what it is to ask from `ask`. The element emits `done` where nothing leads elsewhere.
    """

    def __init__(
        self,
        action: str,
        *,
        ask: str,
        at: str,
        new: bool = False,
        hidden: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(action, {}, hidden=hidden)
        self.element.props.update({'data-passkey': 'create' if new else 'get', 'data-ask': ask, 'data-at': at})
