"""The text of mails: a subject, a text for terminals and the same in HTML, one wording for each kind.

No character in them is invisible: an address that is copied out of one is the address. Mail programs make links of
whatever looks like one, and an organization may be called anything. Quotes don't keep them from it, nor does HTML, so a
name that looks like a link has a space in it that everybody sees: 'evil. example', 'https: //evil'. Addresses stay as
they are, since at most they become a link to write to; only one with a slash may begin like a page of the web.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from data.inputs.names import called
from data.integrations.smtp import Letter
from data.services.mail.wordings import WORDINGS

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=select_autoescape(['html']),
    undefined=StrictUndefined,
    keep_trailing_newline=True,
)

_LINKED = re.compile(r'(?<=\w)[.\u3002\uff0e\uff61](?=[^\W\d])|:(?=[^\s\d])|(?<=\w)@(?=\w)')

PEOPLE = ('by', 'email', 'new')
"""The facts that are addresses of people; what each is called may be another fact, `by_name` for `by`."""

NAMES = *PEOPLE, 'organization'
"""The facts that may be written from right to left; in HTML each keeps its direction to itself."""

_BDI = Markup('<bdi>{}</bdi>')


def compose(kind: str, facts: Mapping[str, str], *, home: str, link: str = '', reply_to: str = '') -> Letter:
    """Put a mail into words; `link` is ours, everything in `facts` may be somebody's text."""
    wording = WORDINGS[kind]
    harmless = {
        name: value if name in PEOPLE and '/' not in value else unlinked(value) for name, value in facts.items()
    }
    harmless |= {it: called(harmless.get(f'{it}_name'), harmless[it]) for it in PEOPLE if it in harmless}
    plain = {**facts, **{it: called(facts.get(f'{it}_name'), facts[it]) for it in PEOPLE if it in facts}}
    isolated = {name: _BDI.format(value) if name in NAMES else value for name, value in harmless.items()}
    values = {
        'sentences': [sentence.format(**harmless) for sentence in wording.sentences],
        'marked': [escape(sentence).format(**isolated) for sentence in wording.sentences],
        'action': wording.action,
        'link': link,
        'home': home,
    }
    return Letter(
        wording.subject.format(**plain),
        _templates.get_template('letter.txt').render(values),
        _templates.get_template('letter.html').render(values),
        reply_to,
    )


def unlinked(text: str) -> str:
    """A text that no mail program takes for a link or an address."""
    return _LINKED.sub(r'\g<0> ', text)
