"""Settings of agents: sites, hours and sentences as people type them, what is kept of them and said of it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from data.inputs import opening_hours
from data.inputs.sites import matches, site
from data.problems import Invalid
from data.services.agents import AgentSettings, Hours, differences, forms, settings
from data.services.agents.serving import is_open
from tests.support.probes import refused

SITES = {
    'shop.example': 'https://shop.example',
    ' HTTPS://Shop.Example/cart?x=1#y ': 'https://shop.example',
    'https://shop.example.': 'https://shop.example',
    'https://shop.example:443': 'https://shop.example',
    'http://shop.example:8080/': 'http://shop.example:8080',
    'https://müller.example': 'https://xn--mller-kva.example',
    '*.shop.example': 'https://*.shop.example',
    'localhost:3000': 'http://localhost:3000',
    'http://127.0.0.1:80': 'http://127.0.0.1',
    '\u200bhttps://ｓhop.example': 'https://shop.example',
}
NO_SITES: list[object] = [
    *('', '*', '*.com', 'https://*', 'https://*.localhost', 'https://a.*.example', 'https://shop', 'a b.example'),
    *('ftp://shop.example', 'javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'https://'),
    *('https://me@shop.example', 'https://shop.example; script-src *', 'https://shop.example,x.example', "'self'"),
    *('https://shop.example\\@x.example', 'https://shop.example:0', 'https://shop.example:99999', 'https://[::1]'),
    *('https://a_b.example', 'https://shop.example\r\nx: y', 'x' * 300 + '.example', 'x' * 10**6, None, 5, b'x', ['x']),
]


def test_a_site_is_the_origin_that_a_browser_names(subtests: pytest.Subtests) -> None:
    for typed, origin in SITES.items():
        with subtests.test(f'{typed!r:.40}'):
            assert site(typed) == origin
            assert site(origin) == origin
    for typed in NO_SITES:
        with subtests.test(f'{typed!r:.40}'):
            assert list(refused(Invalid, site, typed, 'sites').fields) == ['sites']


@pytest.mark.parametrize(
    ('origin', 'allowed', 'fits'),
    [
        ('https://shop.example', 'https://shop.example', True),
        ('http://shop.example', 'https://shop.example', False),
        ('https://shop.example:444', 'https://shop.example', False),
        ('https://a.b.shop.example', 'https://*.shop.example', True),
        ('https://shop.example', 'https://*.shop.example', False),
        ('https://evilshop.example', 'https://*.shop.example', False),
        ('http://a.shop.example', 'https://*.shop.example', False),
        ('https://*.shop.example', 'https://*.shop.example', False),
        ('https://a.shop.example:8443', 'https://*.shop.example:8443', True),
        ('null', 'https://shop.example', False),
        (None, 'https://shop.example', False),
        ('https://x.example/.shop.example', 'https://*.shop.example', False),
        ('https://' + 'a' * 10**6 + '.shop.example', 'https://*.shop.example', False),
    ],
    ids=lambda value: str(value)[:30],
)
def test_who_may_embed_is_decided_by_the_whole_origin(origin: object, allowed: str, fits: bool) -> None:
    assert matches(origin, allowed) is fits


HOURS = {
    '9:00-17:00': ((540, 1020),),
    '14 – 18, 9.30–12': ((570, 720), (840, 1080)),
    '9 to 12; 12:00-13': ((540, 780),),
    '0:00—24:00': ((0, 1440),),
    '9:00\u201117:00': ((540, 1020),),
    '9\uff1a00\uff5e17\uff1a00': ((540, 1020),),
    '9:00\u221217:00': ((540, 1020),),
    '  ': (),
}
NO_HOURS = ['9', '25-26', '9:60-10', '22-6', '9-9', 'always', '1-2,3-4,5-6,7-8,9-10', '9-24:01', '9' * 300, None, 5]


def test_hours_are_spans_of_a_day(subtests: pytest.Subtests) -> None:
    for typed, spans in HOURS.items():
        with subtests.test(typed):
            assert opening_hours.spans(typed, 'monday') == spans
            assert opening_hours.spans(opening_hours.in_words(spans), 'monday') == spans
    for wrong in NO_HOURS:
        with subtests.test(f'{wrong!r:.30}'):
            assert list(refused(Invalid, opening_hours.spans, wrong, 'monday').fields) == ['monday']


def test_people_are_there_by_their_own_clock() -> None:
    days = (((540, 1020),), *(((0, 1440),),) * 4, (), ())
    there = AgentSettings(hours=Hours('America/New_York', days))
    monday = [
        datetime(2026, 11, 30, hour, minute, tzinfo=UTC) for hour, minute in ((13, 59), (14, 0), (21, 59), (22, 0))
    ]
    assert [is_open(there, moment) for moment in monday] == [False, True, True, False]
    assert is_open(there, datetime(2026, 7, 6, 13, 0, tzinfo=UTC))  # in summer an hour earlier
    assert not is_open(there, datetime(2026, 11, 28, 18, tzinfo=UTC))
    assert is_open(AgentSettings(), datetime(2026, 11, 28, 3, tzinfo=UTC))


FILLED = {
    'name': ' Ada ',
    'greeting': '',
    'suggestions': 'When are you open?\n\n  Where is my order? \nWhen are you open?',
    'unknown': 'Nothing\nabout that.',
    'offers': 'email',
    'consent': 'Yes.',
    'away': 'Gone.',
    'limit': 'Enough.',
    'color': 'f0a',
    'side': 'left',
    'label': 'Ask',
    'theme': 'dark',
    'sites': 'shop.example\nhttp://localhost:3000/x',
    'in_apps': 'yes',
    'zone': 'Europe/Berlin',
    'monday': '9-17',
    'tuesday': '',
}
AS_FILLED = AgentSettings(
    name='Ada',
    greeting='',
    suggestions=('When are you open?', 'Where is my order?'),
    unknown='Nothing\nabout that.',
    offers_person=False,
    offers_email=True,
    consent='Yes.',
    away='Gone.',
    limit='Enough.',
    color='#FF00AA',
    side='left',
    label='Ask',
    theme='dark',
    sites=('https://shop.example', 'http://localhost:3000'),
    in_apps=True,
    hours=Hours('Europe/Berlin', (((540, 1020),), (), (), (), (), (), ())),
)


def test_what_is_filled_in_is_kept_and_shown_again() -> None:
    filled = forms.changed(settings.FIRST, FILLED)
    assert filled == AS_FILLED
    assert settings.of(settings.as_json(filled)) == filled
    assert forms.changed(settings.FIRST, forms.as_form(filled)) == filled
    assert forms.changed(filled, {}) == filled
    assert forms.changed(filled, {'monday': ''}).hours is None
    assert forms.as_form(filled).keys() == forms.LABELS.keys()


@pytest.mark.parametrize(
    'typed',
    [
        'https://a.example/, https://b.example/x?y=1,2; c.example:8443',
        'a.example\tb.example\nc.example:8443',
        '  a.example,\n\nb.example,\n c.example:8443;',
    ],
)
def test_sites_in_a_row_are_all_kept(typed: str) -> None:
    kept = forms.changed(settings.FIRST, {'sites': typed}).sites
    assert kept == ('https://a.example', 'https://b.example', 'https://c.example:8443')


def test_an_agent_begins_with_settings_that_work() -> None:
    assert settings.of({}) == settings.FIRST == AgentSettings()
    assert settings.of({'of another version': 1, 'name': 'Ada'}) == AgentSettings(name='Ada')
    assert forms.changed(settings.FIRST, forms.as_form(settings.FIRST)) == settings.FIRST


WRONG: list[tuple[Mapping[str, Any], str]] = [
    *(
        ({name: ''}, name)
        for name in ('name', 'unknown', 'consent', 'away', 'limit', 'label', 'color', 'side', 'theme')
    ),
    *(({name: 'x' * 501}, name) for name in ('name', 'greeting', 'unknown', 'consent', 'away', 'limit', 'label')),
    *(({name: None}, name) for name in ('name', 'greeting', 'suggestions', 'offers', 'sites', 'in_apps', 'monday')),
    *(({name: 'a\u202eb'}, name) for name in ('name', 'greeting', 'suggestions', 'unknown', 'label')),
    ({'suggestions': '\n'.join('abcdef')}, 'suggestions'),
    ({'suggestions': 'x' * 121}, 'suggestions'),
    ({'sites': '\n'.join(f'a{number}.example' for number in range(51))}, 'sites'),
    ({'sites': 'shop.example\n*'}, 'sites'),
    ({'color': 'red'}, 'color'),
    ({'color': '#12345'}, 'color'),
    ({'color': 'url(x)'}, 'color'),
    ({'offers': ['both']}, 'offers'),
    ({'side': 'top'}, 'side'),
    ({'monday': '9-17'}, 'zone'),
    ({'monday': '9-17', 'zone': '../etc'}, 'zone'),
    ({'sunday': 'noon'}, 'sunday'),
]


def test_what_can_not_be_used_is_refused_at_its_field(subtests: pytest.Subtests) -> None:
    for values, field in WRONG:
        with subtests.test(f'{values!r:.50}'):
            assert list(refused(Invalid, forms.changed, settings.FIRST, values).fields) == [field]
    both = refused(Invalid, forms.changed, settings.FIRST, {'name': '', 'color': 'red', 'monday': 'x'})
    assert list(both.fields) == ['name', 'color', 'monday']
    assert forms.changed(settings.FIRST, None) == settings.FIRST  # type: ignore[arg-type]


def test_differences_are_told_in_words() -> None:
    told = {it.label: it.words for it in differences.between(settings.FIRST, AS_FILLED)}
    assert told['Name'] == '“Assistant” became “Ada”'
    assert told['Greeting'].endswith('became nothing')
    assert told['Suggested questions'] == '“When are you open?” and “Where is my order?” came'
    assert told['What is offered then'] == '“A person, or leaving an address” became “Leaving an address”'
    assert told['When nothing is found'] == '“Our documents say nothing about that.” became “Nothing about that.”'
    assert told['Time zone'] == 'none became “Europe/Berlin”'
    assert told['Monday'] == 'no hours became “09:00–17:00”'
    back = {it.label: it.words for it in differences.between(AS_FILLED, settings.FIRST)}
    assert back['Sites'] == '“https://shop.example” and “http://localhost:3000” went'
    assert differences.between(AS_FILLED, AS_FILLED) == []
    turned = forms.changed(AS_FILLED, {'sites': 'localhost:3000\nshop.example'})
    assert [it.words for it in differences.between(AS_FILLED, turned)] == ['in another order']
