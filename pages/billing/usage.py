"""Usage: figures of a month, a chart and a table of its days, its projects; all of it live."""

from components.kit.calls import call
from components.kit.chart import DayChart
from components.kit.filters import Filters
from components.usage import FigureChooser, Shares
from data.changes import Change
from data.permissions import Member
from data.services import exports
from data.services.audit import Topic
from data.services.usage import Metric, exporting, looking
from data.services.usage.looking import Month
from pages.billing import usage_words as words
from pages.shell import live
from pages.shell.downloads import File, FileKind, habits_of


class Usage:
    """The month and the metric that somebody has chosen, and what there is of them."""

    def __init__(self, member: Member) -> None:
        self.reader = member
        self.metric = Metric.MESSAGES
        self._asked = 0

    def draw(self, month: Month) -> None:
        """Draw the present month, and keep it live."""
        self.filters = Filters('Choose a month', self.find)
        self.filters.choice('month', 'Month', words.choices(month))
        self.figures = FigureChooser('Figures of the month', self.choose)
        self.chart = DayChart()
        self.shares = Shares('By project', 'How much of it each project has used.')
        live.watch(Topic.USAGE, Topic.MEMBER, Topic.PROJECT, read=self.read_anew)(self.catch_up)
        self.show(month)

    @property
    def wanted(self) -> tuple[str, Metric]:
        """The month as its name, '' for the present one, and the metric."""
        return self.filters.values['month'], self.metric

    def read_anew(self, now: Member) -> tuple[Member, tuple[str, Metric], Month]:
        """What is asked for, as it is now."""
        wanted = self.wanted
        return now, wanted, looking.month(now, *wanted)

    def catch_up(self, now: Member, _: Change, read: tuple[Member, tuple[str, Metric], Month]) -> None:
        """Draw what has changed, unless something else was asked for meanwhile: that is read already."""
        self.reader, wanted, month = read
        if wanted == self.wanted:
            self.show(month)

    async def choose(self, key: str) -> None:
        """Show another metric."""
        self.metric = Metric(key)
        await self.find()

    async def find(self) -> None:
        """Show the month and the metric that are asked for now; an answer to an earlier question is dropped."""
        self._asked += 1
        asked = self._asked
        month = await call(looking.month, self.reader, *self.wanted)
        if asked == self._asked:
            self.show(month)

    def show(self, month: Month) -> None:
        """Draw a month, and offer those that are over by now."""
        self.filters.offer('month', words.choices(month))
        self.filters.set_visibility(len(month.months) > 1)
        self.figures.show(words.figures(month), month.chosen.value)
        words.show_chart(self.chart, month)
        words.show_shares(self.shares, month)

    async def export(self, kind: FileKind, zone: str) -> File:
        """A file with the month that is shown."""
        member, month = self.reader, self.filters.values['month']
        export = await call(exporting.export, member, month, kind, habits_of(member, zone))
        name = exports.file_name('usage', member.organization.name, export.month, kind=kind)
        return File(export.content, name, words.exported(export))
