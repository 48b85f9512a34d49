"""What the application's own names read like on screens."""

from components.kit.status import Standing
from data.permissions import STATUS_RULES, Member


def show_standing(standing: Standing, member: Member) -> None:
    """Put an organization's status into words."""
    organization = member.organization
    rule = STATUS_RULES[organization.status]
    standing.show(rule.word, rule.tone, organization.status_since, rule.meaning, organization.status_reason)
