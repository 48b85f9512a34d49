"""The table of settings that the README shows."""

from data.runtime.environment import PREFIX
from data.runtime.settings import SEVERAL, Settings


def table() -> str:
    """Give the README's table of settings, in Markdown."""
    rows = ['| Setting | Default | Meaning |', '|---|---|---|']
    for name, field in Settings.model_fields.items():
        if name == SEVERAL:
            continue
        default = field.title or f'`{field.default}`'
        rows.append(f'| `{PREFIX}{name.upper()}` | {default} | {field.description} |')
    return '\n'.join(rows)
