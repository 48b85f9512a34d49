"""Countries by name, in a list and within a sentence."""

import pytest
from babel import Locale, localedata
from babel.core import get_global

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


NAMES = [  # CLDR's short and variant names, ISO 3166's, and what people say
    ('Turkey', 'TR'),
    ('Türkiye', 'TR'),
    ('Turkiye', 'TR'),
    ('USA', 'US'),
    ('U.S.A.', 'US'),
    ('usa', 'US'),
    ('United States of America', 'US'),
    ('UK', 'GB'),
    ('Great Britain', 'GB'),
    ('England', 'GB'),
    ('UAE', 'AE'),
    ('Germany ', 'DE'),
    (' germany', 'DE'),
    ('Deutschland', 'DE'),
    ('DEU', 'DE'),
    ('de', 'DE'),
    ('Österreich', 'AT'),
    ('osterreich', 'AT'),
    ('Suisse', 'CH'),
    ('Schweiz', 'CH'),
    ('España', 'ES'),
    ('espana', 'ES'),
    ('日本', 'JP'),
    ('Holland', 'NL'),
    ('The Netherlands', 'NL'),
    ('Czech Republic', 'CZ'),
    ('Czechia', 'CZ'),
    ('Burma', 'MM'),
    ('Myanmar', 'MM'),
    ('Swaziland', 'SZ'),
    ('eSwatini', 'SZ'),
    ('Ivory Coast', 'CI'),
    ("Cote d'Ivoire", 'CI'),
    ('Côte d’Ivoire', 'CI'),
    ('Cabo Verde', 'CV'),
    ('Cape Verde', 'CV'),
    ('Macedonia', 'MK'),
    ('Ελλάς', 'GR'),  # the name in its older form, which ends in the other sigma
    ('ΕΛΛΑΣ', 'GR'),
    ('Белоруссия', 'BY'),
    ('الإمارات', 'AE'),
    ('ROI', 'IE'),
    ('IoM', 'IM'),
    ('GER', 'DE'),  # the International Olympic Committee's, where it has others than ISO 3166-1
    ('SUI', 'CH'),
    ('NED', 'NL'),
    ('DEN', 'DK'),
    ('CRO', 'HR'),
    ('Netherlands, Kingdom of the', 'NL'),  # ISO 3166-1 since 2024
    ('Great Britain (UK)', 'GB'),
    ('Republic of China (Taiwan)', 'TW'),
    ('Saudi', 'SA'),
    ('Timor', 'TL'),
    ('East Timor', 'TL'),
    ('South Korea', 'KR'),
    ('Korea, Republic of', 'KR'),
    ('Russia', 'RU'),
    ('Russian Federation', 'RU'),
    ('Viet Nam', 'VN'),
    ('Hong Kong', 'HK'),
    ('Macau', 'MO'),
    ('Palestine', 'PS'),
    ('Bosnia and Herzegovina', 'BA'),
    ('Bosnia & Herzegovina', 'BA'),
    ('Trinidad and Tobago', 'TT'),
    ('Saint Lucia', 'LC'),
    ('St. Lucia', 'LC'),
    ('St Lucia', 'LC'),
    ('Curacao', 'CW'),
    ('Aland Islands', 'AX'),
    ('Føroyar', 'FO'),
    ('Vatican', 'VA'),
    ('DR Congo', 'CD'),
    ('Guinea', 'GN'),
    ('Ger\u00admany', 'DE'),
    ('\u200bSouth\u00a0Korea', 'KR'),
]


@pytest.mark.parametrize(('typed', 'code'), NAMES)
def test_a_country_is_known_by_the_names_that_people_use(typed: str, code: str) -> None:
    assert countries.code_of(typed) == code
    assert countries.folded(typed) in countries.names_of(code)


def test_what_names_two_countries_or_none_is_no_country() -> None:
    assert [countries.code_of(typed) for typed in ('Korea', 'Virgin Islands', 'Atlantis', '', '!', 'the', None, 5)] == [
        ''
    ] * 8
    assert {code for code in countries.names() if 'korea' in countries.names_of(code)} == {'KP', 'KR'}


def test_every_country_is_known_by_its_codes_and_its_english_name() -> None:
    for code, name in countries.names().items():
        assert countries.code_of(code.lower()) == countries.code_of(name.upper()) == code
        assert countries.names_of(code)[0] == countries.folded(name)
        assert any(countries.code_of(alias) == code for alias in countries.names_of(code) if len(alias) == 3)


def test_every_country_is_known_by_its_own_name_in_its_official_languages() -> None:
    """Unicode CLDR, as Babel has it: the languages of the country and of parts where one in twenty people lives."""
    languages = get_global('territory_languages')
    missing = []
    for code in countries.names():
        for language, facts in languages.get(code, {}).items():
            local = facts['official_status'] == 'official_regional' and facts['population_percent'] < 5
            if facts['official_status'] is None or local or not localedata.exists(language):
                continue
            name = Locale.parse(language).territories.get(code)
            if name and countries.folded(name) not in countries.names_of(code):
                missing.append((code, name))
    localedata._cache.clear()  # 90 MB
    assert missing == []


@pytest.mark.parametrize(
    ('header', 'code'),
    [
        ('de-CH,de;q=0.9,en-GB;q=0.8', 'CH'),
        ('fr,fr-BE;q=0.9', 'BE'),
        ('zh-Hant-TW,zh;q=0.9', 'TW'),
        ('pt-br', 'BR'),
        ('en-US,en;q=0.9', ''),  # what browsers come with anywhere
        ('en-US,en;q=0.9,de-AT;q=0.8', 'AT'),
        ('de', ''),
        ('es-419,es;q=0.9', ''),
        ('*', ''),
        ('', ''),
        ('x' * 10_000, ''),
        ('de-ZZ', ''),
    ],
)
def test_the_country_of_a_browsers_languages(header: str, code: str) -> None:
    assert countries.of_languages(header) == code


@pytest.mark.parametrize(
    ('zone', 'code'),
    [
        ('Europe/Berlin', 'DE'),
        ('Asia/Kolkata', 'IN'),
        ('Asia/Calcutta', 'IN'),
        ('America/New_York', 'US'),
        ('Asia/Tokyo', 'JP'),
        ('UTC', ''),
        ('Etc/GMT+3', ''),
        ('', ''),
        ('../x', ''),
    ],
)
def test_the_country_of_a_time_zone(zone: str, code: str) -> None:
    assert countries.of_time_zone(zone) == code


@pytest.mark.parametrize(
    ('accepted', 'code', 'spelled'),
    [
        ('de-AT,de;q=0.9,en;q=0.8', 'US', 'Vereinigte Staaten'),
        ('fr', 'SE', 'Suède'),
        ('es-419,es;q=0.9', 'NL', 'Países Bajos'),
        ('pl,en', 'GB', 'Wielka Brytania'),
        ('ja', 'CH', 'スイス'),
        ('en,nl;q=0.5', 'AT', 'Oostenrijk'),
    ],
)
def test_a_browser_finds_countries_by_the_names_in_its_languages(accepted: str, code: str, spelled: str) -> None:
    """As Unicode CLDR has them: browsers fill them in by themselves."""
    assert countries.folded(spelled) in countries.all_names(accepted)[code]
    assert countries.folded(spelled) not in countries.all_names('xx, *;q=0.1, en')[code]


def test_no_name_in_another_language_is_taken_from_another_country() -> None:
    for language in ('de', 'fr', 'es', 'it', 'pt', 'nl', 'pl', 'tr', 'ja', 'ar', 'ru'):
        for code, others in countries.all_names(language).items():
            assert {countries.code_of(name) for name in others} <= {code, ''}, (language, code)


@pytest.mark.parametrize(
    ('typed', 'code'), [('Netherlands, The', 'NL'), ('Bahamas, The', 'BS'), ('Gambia (The)', 'GM')]
)
def test_an_article_may_stand_behind(typed: str, code: str) -> None:
    assert countries.code_of(typed) == code
