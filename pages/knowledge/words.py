"""What sources are called on screens: where each stands, what it has, and why nothing can be changed."""

from components.kit.grid import Row
from data.models import Project, ProjectStatus, Source, SourceKind, SourceState
from data.permissions import Member, Permission
from data.services.sources import MEDIA, SourceRow, Totals, reasons
from data.services.usage import Metric
from pages.shell.screens import ORGANIZATION

WORDS = {
    SourceState.WAITING: ('Waiting to be read', 'info'),
    SourceState.READING: ('Reading…', 'info'),
    SourceState.READY: ('Ready', 'ok'),
    SourceState.FAILED: ('Failed', 'danger'),
}
"""Each state in words, with its tone."""

OFF = 'Off', 'quiet'
AGAIN = 'Reading it has ended in the middle. It is tried again'
LANGUAGES = {
    'ar': 'Arabic',
    'cs': 'Czech',
    'da': 'Danish',
    'de': 'German',
    'el': 'Greek',
    'en': 'English',
    'es': 'Spanish',
    'fi': 'Finnish',
    'fr': 'French',
    'he': 'Hebrew',
    'hi': 'Hindi',
    'hu': 'Hungarian',
    'it': 'Italian',
    'ja': 'Japanese',
    'ko': 'Korean',
    'nl': 'Dutch',
    'no': 'Norwegian',
    'pl': 'Polish',
    'pt': 'Portuguese',
    'ro': 'Romanian',
    'ru': 'Russian',
    'sv': 'Swedish',
    'th': 'Thai',
    'tr': 'Turkish',
    'zh': 'Chinese',
}
"""What is told of a text by its code; of another one the code itself is said."""
RESTS = {
    ProjectStatus.ARCHIVED: 'This project is archived: nothing can be changed in it until it is taken out again.',
    ProjectStatus.DELETING: 'This project is being deleted. Restore it to change something.',
}


def refused(member: Member, project: Project) -> str | None:
    """Why this person can't change the knowledge of this project now, None where they can."""
    return member.refused(Permission.PROJECT_EDIT) or RESTS.get(project.status)


def home(member: Member, project_id: str) -> str:
    """Where the screens of this knowledge are."""
    return f'{ORGANIZATION.format(organization_id=member.organization_id)}/projects/{project_id}/knowledge'


def standing_of(source: Source) -> tuple[str, str]:
    """Where a source stands, in a word, with its tone."""
    return OFF if source.is_off else WORDS[source.state]


def why(source: Source) -> str:
    """Why a file was not read, or not yet; '' where nothing is wrong."""
    return AGAIN if is_tried_again(source) else reasons.sentence(source.reason)


def is_tried_again(source: Source) -> bool:
    """Whether reading a file has ended in the middle, and waits for its next try."""
    return source.state is SourceState.WAITING and source.attempts > 0


def facts(source: Source) -> str:
    """What a source is and has, in a line."""
    parts = [
        MEDIA.get(source.media, ''),
        pages(source.pages),
        passages(source.passages) if source.state is SourceState.READY else '',
    ]
    return ' · '.join(part for part in (*parts, Metric.STORAGE.used(source.size)) if part)


def pages(number: int | None) -> str:
    """So many pages."""
    return '' if number is None else '1 page' if number == 1 else f'{number:,} pages'


def passages(number: int) -> str:
    """So many passages."""
    return '1 passage' if number == 1 else f'{number:,} passages'


def language(source: Source) -> str:
    """The language that a source is in, '' where nobody can tell."""
    return LANGUAGES.get(source.language, source.language)


def totals(of: Totals) -> str:
    """What there is of files, in a sentence; '' for nothing."""
    files, size = '1 file' if of.number == 1 else f'{of.number:,} files', Metric.STORAGE.used(of.size)
    if not of.ready:
        return f'{files}, {size}. Nothing of it can be found yet.' if of.number else ''
    ready = 'ready' if of.number == of.ready == 1 else 'all ready' if of.number == of.ready else f'{of.ready:,} ready'
    return f'{files}, {size}, {ready}: {passages(of.passages)} to be found.'


def source_row(row: SourceRow, path: str, *, may: bool) -> Row:
    """A source in words, as its list draws it."""
    source = row.source
    word, tone = standing_of(source)
    is_file, also = source.kind is SourceKind.FILE, len(row.also)
    is_idle = source.state in (SourceState.READY, SourceState.FAILED) or is_tried_again(source)
    others = '' if not also else 'Also asked in 1 other way' if also == 1 else f'Also asked in {also} other ways'
    return {
        'id': source.id,
        'path': f'{path}/{source.id}',
        'name': source.name,
        'word': word,
        'tone': tone,
        'facts': facts(source) if is_file else others,
        'why': why(source),
        'next': source.next_try.isoformat() if source.next_try and is_tried_again(source) else '',
        'answer': row.answer,
        'also': '\n'.join(row.also),
        'version': source.version,
        'is_file': is_file,
        'is_off': source.is_off,
        'again': is_file and is_idle,
        'open': may,
    }
