"""A catalogue that changes changes nobody's invoice but those of whoever chooses a plan afterwards."""

import pytest
from sqlalchemy import Engine

from data.services import plans, subscriptions
from data.services.invoices import closing, forecast
from tests.support import catalogues, subscribed
from tests.support.probes import rows
from tests.support.subscribed import inside, on
from tests.support.world import World

CHANGES = (
    ('price = "49.00"', 'price = "59.00"'),
    ('seats = { included = 5, price = "6.00" }', 'seats = { included = 1, price = "60.00" }'),
    (
        'messages = { included = 10000, over = "bill", price = "4.00", per = 1000 }',
        'messages = { included = 1, price = "4.00" }',
    ),
)
"""Everything about the plan Team becomes worse."""


@pytest.mark.usefixtures('at_any_time')
def test_whoever_has_a_plan_pays_what_was_agreed_whatever_is_applied(world: World, db: Engine) -> None:
    """Said before by `check`: how many have it and keep it. Whoever comes later pays the new price."""
    subscribed.begun(world, '2027-03-01', ('trial_days = 14\n', ''))
    subscriptions.choose(world.owner, 'team', version=subscribed.version(world))
    subscribed.use(world, 13_417, 'answers')
    on('2027-03-20')
    expected = inside(world, forecast.forecast_of)
    assert expected is not None and expected.lines
    [team] = [it for it in plans.check(catalogues.changed(('trial_days = 14\n', ''), *CHANGES)).plans if it.changes]
    assert (team.version, team.organizations) == (2, 1)
    assert team.changes[0] == 'price: €49.00 a month → €59.00 a month'
    catalogues.applied(('trial_days = 14\n', ''), *CHANGES)
    assert inside(world, forecast.forecast_of) == expected

    stranger = world.stranger
    view = subscriptions.standing(stranger)
    assert view is not None
    subscriptions.choose(stranger, 'team', version=view.version)
    on('2027-04-01')
    for organization_id in (world.organization_id, stranger.organization_id):
        assert len(closing.close(organization_id)) == 1
    found = rows(
        db,
        'SELECT l.cause, l.net FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id '
        'WHERE i.organization_id = :at AND l.net > 0 ORDER BY l.position',
        at=world.organization_id,
    )
    assert ('plan', 4_900) in found and [net for cause, net in found if cause.startswith('usage')] == [1_367]
    assert sum(net for _, net in found) == 4_900 + 4_900 + 1_367, 'March in arrears, April in advance, 3,417 messages'
    fees = rows(
        db,
        "SELECT l.net FROM invoice_lines l WHERE l.organization_id = :at AND l.cause = 'plan'",
        at=stranger.organization_id,
    )
    assert fees == [(5_900,)]
