"""What is different between two settings of an agent, in words."""

from dataclasses import dataclass

from data.services.agents.forms import CHOICES, LABELS, as_form
from data.services.agents.settings import AgentSettings

_LISTS = ('suggestions', 'sites')
_EMPTY = {'zone': 'none'}
_NO_HOURS = 'no hours'


@dataclass(frozen=True)
class Difference:
    """One setting that is another one: what it is called, and what became of it, as in `“Hi” became “Hello”`."""

    label: str
    words: str


def between(before: AgentSettings, after: AgentSettings) -> list[Difference]:
    """What became of each setting that is different, in the order of the screen."""
    old, new = as_form(before), as_form(after)
    return [
        Difference(label, _of_list(old[name], new[name]) if name in _LISTS else _of_text(name, old[name], new[name]))
        for name, label in LABELS.items()
        if old[name] != new[name]
    ]


def _of_text(name: str, old: str, new: str) -> str:
    return f'{_in_words(name, old)} became {_in_words(name, new)}'


def _in_words(name: str, value: str) -> str:
    """A value as it stands in a sentence: what people wrote in quotation marks, on one line."""
    if name in CHOICES:
        word = CHOICES[name][value]
        return f'“{word}”'
    if not value:
        return 'nothing' if name == 'greeting' else _EMPTY.get(name, _NO_HOURS)
    return f'“{" ".join(value.split())}”'


def _of_list(old: str, new: str) -> str:
    before, after = ([line for line in text.split('\n') if line] for text in (old, new))
    came, went = [it for it in after if it not in before], [it for it in before if it not in after]
    parts = [f'{_listed(lines)} {verb}' for lines, verb in ((came, 'came'), (went, 'went')) if lines]
    return ', '.join(parts) or 'in another order'


def _listed(lines: list[str]) -> str:
    quoted = [f'“{line}”' for line in lines]
    return ' and '.join([', '.join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)
