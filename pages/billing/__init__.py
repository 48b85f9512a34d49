"""Billing of an organization: what it uses and, where there is a catalogue of plans, its plan and its invoices."""

from components.kit.card import screen_head
from data.permissions import Member, Permission
from data.services.usage import looking
from data.services.usage.looking import Month
from pages.billing.usage import Usage
from pages.shell.downloads import export_buttons
from pages.shell.screens import org_page


def present(member: Member) -> Month:
    """What the screen begins with."""
    return looking.month(member)


@org_page(
    '/billing',
    title='Usage',
    billed='Billing',
    icon='chart-no-axes-column',
    permission=Permission.USAGE_VIEW,
    load=present,
)
def billing(member: Member, month: Month) -> None:
    """What was used in a month, by day and by project, and the way to take it along."""
    screen = Usage(member)
    with screen_head('Usage', 'What this organization uses, day by day.'):
        export_buttons(screen.export)
    screen.draw(month)
