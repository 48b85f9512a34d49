"""The look keeps its promises: contrasts (WCAG 2.2, 1.4.3 and 1.4.11), and an icon for every name that screens use."""

import math
import re
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from components.kit import theme
from components.kit.monogram import HUES

CODE = Path(__file__).parent.parent
BOTH = pytest.mark.parametrize('tokens', [theme.LIGHT, theme.DARK], ids=['light', 'dark'])
GROUNDS = ['canvas', 'surface']
Rgb = tuple[float, ...]


def linear(value: float) -> float:
    """A channel of sRGB from 0 to 1 as light (WCAG 2.2, relative luminance)."""
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def from_hex(color: str) -> Rgb:
    """The light of the three channels of #RRGGBB."""
    return tuple(linear(int(color[at : at + 2], 16) / 255) for at in (1, 3, 5))


def from_oklch(lightness: float, chroma: float, degrees: float) -> Rgb:
    """The same of a color in OKLCH, cut off where screens end (CSS Color 4)."""
    a, b = chroma * math.cos(math.radians(degrees)), chroma * math.sin(math.radians(degrees))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    light = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
    return tuple(min(1.0, max(0.0, each)) for each in light)


def contrast(one: Rgb, other: Rgb) -> float:
    """How far apart two colors are, 1 to 21."""
    low, high = sorted(0.2126 * red + 0.7152 * green + 0.0722 * blue for red, green, blue in (one, other))
    return (high + 0.05) / (low + 0.05)


def of(tokens: dict[str, str], one: str, other: str) -> float:
    return contrast(from_hex(tokens[one]), from_hex(tokens[other]))


def test_the_ruler_is_right() -> None:
    assert contrast(from_hex('#000000'), from_hex('#FFFFFF')) == pytest.approx(21)
    assert contrast(from_hex('#777777'), from_hex('#FFFFFF')) == pytest.approx(4.48, abs=0.01)
    assert from_oklch(0.6279554, 0.2576833, 29.2338851) == pytest.approx(from_hex('#FF0000'), abs=1e-4)
    assert from_oklch(0.9, 0, 0) == pytest.approx(from_hex('#DEDEDE'), abs=0.01)


@BOTH
@pytest.mark.parametrize('ground', GROUNDS)
@pytest.mark.parametrize('token', ['text', 'muted', 'accent', 'ok', 'warn', 'danger', 'info'])
def test_words_can_be_read(tokens: dict[str, str], token: str, ground: str) -> None:
    assert of(tokens, token, ground) >= 4.5


@BOTH
def test_the_words_on_the_primary_button_can_be_read(tokens: dict[str, str]) -> None:
    assert of(tokens, 'on-accent', 'accent') >= 4.5


@BOTH
def test_the_words_of_the_active_item_can_be_read(tokens: dict[str, str]) -> None:
    tint = (
        0.9 * int(tokens['surface'][at : at + 2], 16) + 0.1 * int(tokens['accent'][at : at + 2], 16) for at in (1, 3, 5)
    )
    assert contrast(from_hex(tokens['accent']), tuple(linear(each / 255) for each in tint)) >= 4.5


@BOTH
@pytest.mark.parametrize('ground', GROUNDS)
@pytest.mark.parametrize('token', ['control', 'accent', 'danger'])
def test_borders_of_controls_and_rings_can_be_seen(tokens: dict[str, str], token: str, ground: str) -> None:
    assert of(tokens, token, ground) >= 3


@pytest.mark.parametrize('hue', range(HUES))
@pytest.mark.parametrize('scheme', [0, 1], ids=['light', 'dark'])
def test_initials_can_be_read_in_every_hue(scheme: int, hue: int) -> None:
    ground, ink = (from_oklch(*theme.MONOGRAM[part][scheme], hue * 360 / HUES) for part in ('ground', 'ink'))
    assert contrast(ground, ink) >= 4.5


def test_every_hue_is_in_the_stylesheet() -> None:
    assert all(f'.hue-{hue} ' in theme.stylesheet() for hue in range(HUES))


def test_every_icon_that_is_named_is_drawn() -> None:
    code = ''.join(path.read_text() for folder in ('components', 'pages') for path in (CODE / folder).rglob('*.py'))
    screens = set(re.findall(r"icon='([\w-]+)'", code))
    pieces = set(re.findall(r'data-icon="?([\w-]+)', code))
    assert 'settings' in screens
    assert 'menu' in pieces
    assert screens | pieces <= set(theme.icon_names())


def test_the_icons_are_one_set_with_its_license() -> None:
    assert 'ISC License' in (theme.ICONS / 'LICENSE.txt').read_text()
    for name in theme.icon_names():
        svg = (theme.ICONS / f'{name}.svg').read_text()
        assert '@license lucide' in svg
        assert re.search(r'viewBox="0 0 24 24"\s+fill="none"\s+stroke="currentColor"\s+stroke-width="2"', svg), name
        assert set(re.findall(r'<(\w+)', svg)) <= {'svg', 'path', 'circle', 'rect', 'line', 'polyline', 'ellipse'}
        assert f'--icon-{name}: {theme.icon_names().index(name)};' in theme.stylesheet()


def test_the_icons_are_one_image_and_each_is_where_its_number_says() -> None:
    [drawn] = re.findall(r'--icons: url\("data:image/svg\+xml,([^"]+)"\)', theme.stylesheet())
    cells = ElementTree.fromstring(unquote(drawn))
    assert [it.get('transform') for it in cells] == [
        f'translate(1 {20 * at + 1}) scale(.75)' for at in range(len(theme.icon_names()))
    ]
    for name, cell in zip(theme.icon_names(), cells, strict=True):
        drawing = ElementTree.parse(theme.ICONS / f'{name}.svg').getroot()
        assert [(it.tag, it.attrib) for it in cell] == [(it.tag, it.attrib) for it in drawing], name


def test_every_token_that_is_named_has_a_value() -> None:
    named = set(re.findall(r'var\(--([\w-]+)', theme.stylesheet()))
    given = set(re.findall(r'--([\w-]+):', theme.stylesheet()))
    assert named <= given


def test_nothing_that_is_drawn_is_looked_up_again_for_a_rule() -> None:
    text = re.sub(r'/\*.*?\*/', '', theme.stylesheet(), flags=re.DOTALL)
    assert [where for where in re.findall(r'(\S*):has\((?!> (?:head|\.body--))', text)] == []
