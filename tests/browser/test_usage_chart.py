"""The usage screen in real browsers: the chart is the table, in the colors of the theme, and follows what happens."""

import csv
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from components.kit import theme
from data import clock
from data.database import System, transaction
from data.services import organizations, projects, usage
from data.services.usage import Event, Metric
from tests.support.served import Served, let_in
from tests.support.steps import box, standing

Open = Callable[..., Page]

NAMES = (':x', '<img src=x onerror="document.title=`taken`">', '__proto__', ':legend', '{a|b}')
BARS = """() => [...document.querySelectorAll('.chart svg path')].map((path) => {
    const {x, y, width, height} = path.getBBox()
    return {fill: getComputedStyle(path).fill, at: x + width / 2, height, foot: y + height}
  }).filter(({fill, height}) => fill !== 'none' && height > 0)"""
"""What is filled in the chart, with its color and where it stands."""

LIBRARY = "performance.getEntriesByType('resource').filter((it) => it.name.includes('/esm/')).length"


@pytest.fixture
def olga(server: Served, browser_page: Open, request: pytest.FixtureRequest) -> Page:
    """Olga in front of the usage of an organization with projects that have names made to break things."""
    page = browser_page(locale='de-DE', timezone_id='Asia/Kathmandu')
    email = f'olga.{abs(hash(request.node.name))}@acme.com'
    at = let_in(page, server.url, email)
    with standing(server, email, at) as actor:
        organizations.rename(actor, 'Acme', version=1)
        made = [projects.create(actor, {'name': name}).id for name in NAMES]
        with transaction(System(at)) as tx:
            now = clock.now()
            batch = [
                Event(Metric.MESSAGES, 10 * day + 7 * number + 1, f'{day} {number}', it, now - timedelta(days=day))
                for day in range(3)
                for number, it in enumerate(made)
            ]
            usage.record_many(tx, batch)
    page.goto(f'{server.url}/organizations/{at}/billing')
    page.wait_for_function('window.socket?.connected')
    expect(page.locator('.chart svg')).to_be_visible()
    return page


def table(page: Page) -> dict[str, list[int]]:
    """The numbers of the table by the heads of its columns, 0 for a day that has none yet."""
    heads = page.locator('.card table').first.locator('thead th').all_text_contents()
    lines = [
        row.locator('td').all_text_contents() for row in page.locator('.card table').first.locator('tbody tr').all()
    ]
    columns = zip(*lines, strict=True)
    return {
        head: [int(it.replace(',', '').replace('–', '0')) for it in column]
        for head, column in zip(heads[1:], columns, strict=True)
    }


def rgb(color: str) -> str:
    return f'rgb({", ".join(str(int(color[at : at + 2], 16)) for at in (1, 3, 5))})'


def is_in_color(page: Page, tokens: dict[str, str]) -> None:
    """Wait until the chart has the colors of a theme."""
    page.wait_for_function(f'color => ({BARS})().some(({{fill}}) => fill === color)', arg=rgb(tokens['accent']))


def assert_chart_is_table(page: Page, tokens: dict[str, str]) -> None:
    """Each bar is as high as its number says, where its day is, in the color of its series."""
    bars, columns = page.evaluate(BARS), table(page)
    columns.pop('In all', None)
    unit = None
    for (name, numbers), token in zip(columns.items(), ('accent', 'info', 'warn', 'muted'), strict=False):
        mine = sorted((it for it in bars if it['fill'] == rgb(tokens[token])), key=lambda it: it['at'])
        days = [day for day, number in enumerate(numbers) if number]
        assert len(mine) == len(days), (name, token)
        for day, bar in zip(days, mine, strict=True):
            unit = unit or bar['height'] / numbers[day]
            assert bar['height'] == pytest.approx(unit * numbers[day], abs=1.2), (name, day)
        for (one, first), (two, second) in zip(
            zip(days, mine, strict=True), zip(days[1:], mine[1:], strict=True), strict=False
        ):
            width = (second['at'] - first['at']) / (two - one)
            assert 20 < width < 40, 'a day is as wide as any other'


def test_the_chart_is_the_table_in_both_themes(olga: Page) -> None:
    assert list(table(olga)) == [NAMES[4], NAMES[3], NAMES[2], 'Others', 'In all']
    olga.emulate_media(color_scheme='light')
    for scheme, tokens in (('light', theme.LIGHT), ('dark', theme.DARK), ('light', theme.LIGHT)):
        olga.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of the two
        is_in_color(olga, tokens)
        assert_chart_is_table(olga, tokens)
    words = olga.locator('.chart svg text').first
    assert words.evaluate('it => getComputedStyle(it).fill') == rgb(theme.LIGHT['muted'])


def test_who_chooses_a_theme_has_the_chart_in_it(olga: Page) -> None:
    olga.emulate_media(color_scheme='light')
    is_in_color(olga, theme.LIGHT)
    olga.evaluate("document.body.classList.replace('body--light', 'body--dark')")
    is_in_color(olga, theme.DARK)


def test_with_less_motion_it_has_its_colors_all_the_same(olga: Page) -> None:
    olga.emulate_media(color_scheme='light', reduced_motion='reduce')
    olga.reload()
    is_in_color(olga, theme.LIGHT)
    assert_chart_is_table(olga, theme.LIGHT)


def test_on_paper_it_is_light(olga: Page) -> None:
    olga.emulate_media(color_scheme='dark')
    is_in_color(olga, theme.DARK)
    olga.emulate_media(color_scheme='dark', media='print')
    is_in_color(olga, theme.LIGHT)
    assert_chart_is_table(olga, theme.LIGHT)


def test_without_what_draws_there_is_the_table(olga: Page) -> None:
    olga.route('**/esm/**', lambda route: route.abort('internetdisconnected'))
    olga.reload()
    expect(olga.locator('.chart-table').get_by_role('table')).to_be_visible()
    expect(olga.locator('.chart svg')).to_have_count(0)


def test_names_are_words_and_nothing_else(olga: Page) -> None:
    place = olga.locator('.chart').bounding_box()
    assert place
    olga.mouse.move(place['x'] + place['width'] / 2, place['y'] + place['height'] / 2)
    olga.mouse.move(place['x'] + place['width'] / 2 + 5, place['y'] + place['height'] / 2)
    said = olga.locator('.chart-said')
    expect(said).to_contain_text(NAMES[2])
    expect(said.locator('img')).to_have_count(0)
    expect(olga.locator('main img')).to_have_count(0)
    expect(olga.locator('main')).to_contain_text(NAMES[1])
    expect(olga).to_have_title('Usage · Acme · Botcadence')
    chart = olga.get_by_role('img', name='Messages by day in')
    expect(chart).to_have_accessible_name(re.compile('the most on one day is .* messages'))


def test_what_happens_elsewhere_is_drawn(olga: Page, browser_page: Open) -> None:
    olga.get_by_role('button', name='Projects').click()
    expect(olga.get_by_role('heading', name='Projects by day')).to_be_visible()
    figure = olga.get_by_role('button', name='Projects', pressed=True)
    expect(figure).to_contain_text('5 projects')
    olga.get_by_role('button', name='Show as a table').click()
    other = olga.context.new_page()
    other.goto(olga.url.replace('/billing', '/projects'))
    other.wait_for_function('window.socket?.connected')
    other.get_by_role('button', name='New project').click()
    box(other.get_by_role('dialog'), 'Name').fill('Sixth')
    other.get_by_role('button', name='Create project').click()
    expect(figure).to_contain_text('6 projects')
    expect(olga.locator('.chart-table')).to_be_visible()
    assert max(table(olga)['Projects']) == 6
    assert_chart_is_table(olga, theme.LIGHT)


def test_a_file_has_what_the_table_has(olga: Page, tmp_path: Path) -> None:
    with olga.expect_download() as download:
        olga.get_by_role('button', name='Export CSV').click()
    download.value.save_as(tmp_path / 'it.csv')
    with open(tmp_path / 'it.csv', encoding='utf-8-sig', newline='') as file:
        rows = [row for row in csv.DictReader(file, delimiter=';') if row['metric'] == 'messages']
    assert re.fullmatch(r'usage-Acme-\d{4}-\d\d\.csv', download.value.suggested_filename)
    assert sum(int(row['quantity']) for row in rows) == sum(table(olga)['In all'])
    assert {row['project'] for row in rows} == set(NAMES)


def test_it_fits_on_a_phone(server: Served, olga: Page) -> None:
    olga.set_viewport_size({'width': 390, 'height': 844})
    olga.get_by_role('button', name='Show as a table').click()
    olga.wait_for_function("document.querySelector('.chart svg').clientWidth < 390")
    assert olga.evaluate('document.documentElement.scrollWidth') == 390
    olga.keyboard.press('Tab')
    expect(olga.locator('.chart-table')).to_be_focused()


def test_what_draws_is_fetched_where_something_is_drawn(server: Served, browser_page: Open) -> None:
    page = browser_page()
    at = let_in(page, server.url, 'olga@lazy.com')
    home = f'{server.url}/organizations/{at}'
    page.goto(home)
    page.wait_for_function('window.socket?.connected')
    for name in ('Team members', 'Usage'):
        page.get_by_role('link', name=name, exact=True).click()
        expect(page.get_by_role('heading', name=name, level=1)).to_be_visible()
    expect(page.get_by_text('No messages in')).to_be_visible()
    assert page.evaluate(LIBRARY) == 0
    page.get_by_role('button', name='Members').click()
    expect(page.locator('.chart svg')).to_be_visible()
    assert page.evaluate(LIBRARY) == 2
