"""What the application's own names read like on screens."""

from collections.abc import Mapping
from datetime import date

from components.kit.monogram import Face
from components.kit.status import Standing
from components.kit.text import isolated
from data.changes import Change
from data.inputs.names import called
from data.permissions import STATUS_RULES, Member
from data.services.audit.words import known_as


def show_standing(standing: Standing, member: Member) -> None:
    """Put an organization's status into words."""
    organization = member.organization
    rule = STATUS_RULES[organization.status]
    trial = f' The trial ends on {day_of(member.trial.ends_on)}.' if member.trial else ''
    meaning = rule.meaning + trial
    standing.show(rule.word, rule.tone, organization.status_since, meaning, organization.status_reason)


def day_of(day: date) -> str:
    """A day in words: '12 March 2027'."""
    return f'{day.day} {day:%B} {day.year}'


def saved_meanwhile(change: Change, reader: Member) -> str:
    """Who saved what somebody is typing in: that may be themselves."""
    if change.by == reader.email:
        return 'You saved this in another window while you were typing.'
    who = isolated(known_as(change.by, change.by_name)) if change.by else 'Somebody else'
    return f'{who} saved this while you were typing.'


def faces(here: Mapping[str, str | None]) -> list[Face]:
    """Those who are here, by their addresses, as monograms."""
    return [Face(email, name or email, called(name, email)) for email, name in here.items()]
