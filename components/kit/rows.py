"""Lists of rows: drawn by one element, with what can be done to each row and the way to more of them."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from components.kit.calls import busy, told
from components.kit.grid import Grid, Row
from components.kit.note import Note


@dataclass(frozen=True)
class RowAct:
    """What can be done to a row: `handler(row)` does it, or `handler(row, value)` where something is to be chosen.

    `when` names what in the row says whether this is offered, `among` what in the row lists the `choices()`.
    """

    handler: Callable[..., Any]
    when: str = ''
    among: str = ''


def choices(labels: Mapping[str, str]) -> list[Row]:
    """What can be chosen in the menu of a row, as its template and its act read it."""
    return [{'value': value, 'label': label} for value, label in labels.items()]


def row_menu(name: str, *entries: tuple[str, ...], when: str = '') -> str:
    """The menu in the template of a row: for each entry its event, what it says, and what in the row lets it be there.

    `name` is what in the row says which one it is, `when` what lets there be a menu; without one, there always is.
    """
    items = ''.join(_menu_item(*entry) for entry in entries)
    title = f"'Actions for ' + props.row.{name}"
    return (
        f'<q-btn{_only(when)} flat data-icon="ellipsis" class="button-icon" aria-haspopup="menu" :aria-label="{title}" '
        f':title="{title}"><q-menu auto-close><q-list role="none">{items}</q-list></q-menu></q-btn>'
    )


def _menu_item(event: str, says: str, when: str = '') -> str:
    click = f"$parent.$emit('{event}', props.row.id)"
    head = f'<q-item{_only(when)} clickable role="menuitem" @click="{click}">'
    return f'{head}<q-item-section>{says}</q-item-section></q-item>'


def _only(when: str) -> str:
    """`not ` before the name of what is in the row turns it round."""
    is_not = when.startswith('not ')
    return f' v-if="{"!" * is_not}props.row.{when.removeprefix("not ")}"' if when else ''


Ask = Callable[[], Awaitable[None]]


class Tail:
    """What stands below the rows: a sentence where there are none, the way to more where not all of them are drawn.

    It waits for `on_more` once at a time, and for `on_clear`, which is offered where the filters leave nothing, unless
    `say` has said that something else, or nothing, is.
    """

    offer, look = 'Clear filters', 'button more'

    def __init__(self, nothing: str, *, boxed: bool, on_more: Ask | None, on_clear: Ask | None) -> None:
        self.nothing, self._on_more, self._on_clear = nothing, on_more, on_clear
        self._ask = on_more
        self._note = Note(self._fetch, look=self.look, boxed=boxed)

    def say(self, nothing: str, offer: str, look: str) -> None:
        """Say and offer this where there are no rows, from the next time on."""
        self.nothing, self.offer, self.look = nothing, offer, f'{look} more'

    def show(self, count: int, total: int | None, more: bool) -> None:
        """Offer more where there are more; `total` is None where nobody has counted them."""
        label = 'Show more' if total is None else f'Show more ({count} of {total})'
        self._ask = self._on_more if count or more else self._on_clear
        other = self.offer if self._ask and not count else ''
        self._note.tell(look='button more' if count or more else self.look)
        self._note.show('' if count else self.nothing, label if more else other)

    def searched(self, since: datetime) -> None:
        """Say how far back has been looked, and offer to look further."""
        self._ask = self._on_more
        self._note.show_moment('Searched back to', since, 'Search older')

    @told
    async def _fetch(self) -> None:
        if self._ask:
            with busy(self._note):
                await self._ask()


class RowList:
    """Rows by their ids, drawn by `template`; acts only on rows and choices that it offered, whatever the browser says.

    `acts` are by the names of the template's events, which come as the id of a row, or as that and what was chosen.
    `nothing` is what is said where there are no rows, `boxed` whether in a box.
    """

    def __init__(
        self,
        template: str,
        *,
        label: str,
        classes: str,
        acts: Mapping[str, RowAct] | None = None,
        on_more: Ask | None = None,
        on_clear: Ask | None = None,
        nothing: str = '',
        boxed: bool = False,
    ) -> None:
        self._rows: dict[Any, Row] = {}
        self._grid = Grid(template, classes)
        self._grid.props.update({'role': 'list', 'aria-label': label})
        for name, act in (acts or {}).items():
            self._grid.on(name, lambda event, act=act: self._act(act, event.args))
        self._tail = Tail(nothing, boxed=boxed, on_more=on_more, on_clear=on_clear)

    def say_of_none(self, sentence: str, offer: str = Tail.offer, look: str = 'button') -> None:
        """Say this where there are no rows, from the next time on that they are drawn; `offer` is what `on_clear` does.

        `look` is that of its button; '' offers nothing.
        """
        self._tail.say(sentence, offer, look)

    @property
    def drawn(self) -> list[Row]:
        """The rows that are drawn, in their order."""
        return list(self._rows.values())

    def __contains__(self, row_id: object) -> bool:
        return row_id in self._rows

    def show(self, rows: Iterable[Row], *, total: int | None = None, more: bool = False) -> None:
        """Draw these rows and no others; `total` is how many there are in all, `more` whether others follow."""
        self._rows = {}
        self.add(rows, total=total, more=more)

    def add(self, rows: Iterable[Row], *, total: int | None, more: bool) -> None:
        """Draw these rows below the others; one that is drawn already stays where it is."""
        self._rows |= {row['id']: row for row in rows}
        self._draw()
        self._tail.show(len(self._rows), total, more)

    def change(self, *changes: Row) -> None:
        """Redraw rows of which something is different; each says its id and what. Those not drawn are left out."""
        known = {change['id']: change for change in changes if change['id'] in self._rows}
        if known:
            self._rows |= {row_id: {**self._rows[row_id], **change} for row_id, change in known.items()}
            self._draw()

    def _draw(self) -> None:
        self._grid.rows = self.drawn
        self._grid.set_visibility(bool(self._rows))

    def _act(self, act: RowAct, args: Any) -> Any:
        row_id, *chosen = args if isinstance(args, list) and args else [args]
        row = self._rows.get(row_id) if isinstance(row_id, str) else None
        if row is None or (act.when and not row[act.when]):
            return None
        offered = [[choice['value']] for choice in row[act.among]] if act.among else [[]]
        return act.handler(row, *chosen) if chosen in offered else None
