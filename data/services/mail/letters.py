"""The text of mails: a subject, a text for terminals and the same in HTML, one wording for each kind.

What people have typed (names of organizations, addresses) is never a link in them: programs that make links of
everything that looks like one find a zero-width space in it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from data.integrations.smtp import Letter

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=select_autoescape(['html']),
    undefined=StrictUndefined,
    keep_trailing_newline=True,
)


@dataclass(frozen=True)
class Wording:
    """What a mail of one kind says; the names in braces are its facts, `action` is what its link is for."""

    subject: str
    sentences: tuple[str, ...]
    action: str = ''


WORDINGS = {
    'invitation': Wording(
        'You are invited to {organization}',
        (
            '{by} invites you to {organization} on Botcadence, as {role}.',
            'The invitation is for {email}, good until {until}, and for one use. '
            'If you did not expect it, you need not do anything.',
        ),
        'See the invitation',
    ),
    'removed': Wording(
        'You are no longer a member of {organization}',
        ('{by} has removed you from {organization}. Your account and your other organizations stay as they are.',),
    ),
    'removal': Wording(
        '{email} is no longer a member of {organization}',
        ('{by} has removed {email} from {organization}. You read this because you are an Owner.',),
    ),
    'role': Wording(
        'You are now {role} of {organization}',
        ('{by} has changed your role in {organization} from {before} to {role}.',),
    ),
}


def compose(kind: str, facts: Mapping[str, str], *, home: str, link: str = '') -> Letter:
    """Put a mail into words; `link` is ours, everything in `facts` may be somebody's text."""
    wording = WORDINGS[kind]
    harmless = {name: unlinked(value) for name, value in facts.items()}
    values = {
        'sentences': [sentence.format(**harmless) for sentence in wording.sentences],
        'action': wording.action,
        'link': link,
        'home': home,
    }
    return Letter(
        wording.subject.format(**facts),
        _templates.get_template('letter.txt').render(values),
        _templates.get_template('letter.html').render(values),
    )


def unlinked(text: str) -> str:
    """A text that no mail program takes for an address or a link."""
    return re.sub(r'(?<=[.:/@])(?=\S)', '\u200b', text)
