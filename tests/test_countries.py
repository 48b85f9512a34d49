"""Countries by name, in a list and within a sentence."""

from data.inputs import countries


def test_countries_are_in_order_and_nobody_can_change_them() -> None:
    found = countries.names()
    assert list(found.values())[:3] == ['Afghanistan', 'Åland Islands', 'Albania']
    assert {'DE': 'Germany', 'JP': 'Japan', 'XK': 'Kosovo'}.items() <= found.items()
    assert 'ZZ' not in found
    assert all(len(code) == 2 for code in found)
    found.clear()
    assert countries.names()


def test_countries_within_a_sentence() -> None:
    phrases = [countries.phrase(code) for code in ('DE', 'US', 'NL', 'PH', 'KY', 'DO', 'IE')]
    assert phrases == [
        'Germany',
        'the United States',
        'the Netherlands',
        'the Philippines',
        'the Cayman Islands',
        'the Dominican Republic',
        'Ireland',
    ]
