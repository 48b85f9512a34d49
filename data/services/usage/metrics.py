"""The metrics: what is counted of an organization, each with its unit, its sentence and the way it is summed up."""

from enum import StrEnum

from data.models import is_id
from data.problems import Invalid

_SIZES = (10**12, 'TB'), (10**9, 'GB'), (10**6, 'MB'), (10**3, 'kB')
"""Sizes as people say them: decimal, as disks are sold and graphs are marked."""

NO_METRIC = 'There is no metric of this name.'


class Kind(StrEnum):
    """How a metric comes about: a sum of events, days on which somebody had a seat, or the most there was at once."""

    SUM = 'sum'
    SEATS = 'seats'
    PEAK = 'peak'


class Metric(StrEnum):
    """One thing that is counted; `unit` is what its amounts on screens are of, `counted` what its limit is of.

    `stops` says what is not possible any more where that is reached. `per_project` is whether it is known of each
    project, too. `action` is the permission that whoever is refused by its
    limit wanted to make use of.
    """

    label: str
    unit: str
    counted: str
    kind: Kind
    sentence: str
    stops: str
    action: str
    per_project: bool

    def __new__(
        cls,
        name: str,
        label: str = '',
        units: tuple[str, str] = ('', ''),
        kind: Kind = Kind.SUM,
        sentence: str = '',
        stops: str = '',
        action: str = '',
        *per: str,
    ) -> 'Metric':
        """A member whose value is its name."""
        metric = str.__new__(cls, name)
        metric._value_ = name
        metric.label, metric.kind, metric.sentence, metric.stops, metric.action = label, kind, sentence, stops, action
        metric.unit, metric.counted = units
        metric.per_project = bool(per)
        return metric

    MESSAGES = (
        'messages',
        'Messages',
        ('messages', 'messages'),
        Kind.SUM,
        'Answers that were given to visitors.',
        'Visitors get no more answers until the next month begins.',
        'project:edit',
        'project',
    )
    MEMBERS = (
        'members',
        'Members',
        ('seat-days', 'members'),
        Kind.SEATS,
        'Days on which somebody was a member: any part of a day counts as one.',
        'Nobody else can be invited or join. Whoever is a member stays one.',
        'member:invite',
    )
    PROJECTS = (
        'projects',
        'Projects',
        ('projects', 'projects'),
        Kind.PEAK,
        'The most projects that were active at once.',
        'No other project can be created, reopened or restored.',
        'project:edit',
    )
    STORAGE = (
        'storage',
        'Storage',
        ('bytes', 'bytes'),
        Kind.PEAK,
        'The most bytes of knowledge that were kept at once.',
        'Nothing more can be added to the knowledge. What is there stays.',
        'project:edit',
        'project',
    )

    def amount(self, number: int) -> str:
        """So many of what is limited, in words: '1 member', '10,000 messages', '1.5 GB'."""
        return _in_words(number, self.counted)

    def used(self, number: int) -> str:
        """So much of what a month came to, in words: '1 seat-day', '10,000 messages', '1.5 GB'."""
        return _in_words(number, self.unit)

    def number(self, number: int) -> str:
        """The same where it is known of what: '8,013', but '1.5 GB'."""
        return self.used(number) if self.unit == 'bytes' else f'{number:,}'


def size_of(number: int) -> tuple[int, str]:
    """What a number of bytes is best divided by, and the unit of the rest."""
    return next((it for it in _SIZES if abs(number) >= it[0]), (1, 'bytes'))


def _in_words(number: int, unit: str) -> str:
    size, word = size_of(number) if unit == 'bytes' else (1, unit)
    amount = f'{number / size:,.1f}'.removesuffix('.0') if size > 1 else f'{number:,}'
    return f'{amount} {word.removesuffix("s") if number == 1 else word}'


def known(metric: object, *kinds: Kind) -> Metric:
    """The metric of this name, if it is of one of these kinds, or of any where none is named. Raises Invalid."""
    try:
        there = Metric(metric)  # type: ignore[arg-type]  # it may come from outside and be anything
    except ValueError:
        raise Invalid(metric=NO_METRIC) from None
    if kinds and there.kind not in kinds:
        ways = {
            Kind.SUM: 'is counted by events',
            Kind.SEATS: 'are counted by the days on which they were there',
            Kind.PEAK: 'goes up and down and is not counted by events',
        }
        raise Invalid(metric=f'{there.label} {ways[there.kind]}.')
    return there


def refuse_project(metric: Metric, project_id: object) -> str:
    """What is wrong with naming this project, '' for nothing: ids have a form, and not every metric is of projects."""
    if project_id == '' and isinstance(project_id, str):
        return ''
    if not is_id(project_id):
        return 'This is no id of a project.'
    return '' if metric.per_project else f'{metric.label} are counted for the whole organization.'
