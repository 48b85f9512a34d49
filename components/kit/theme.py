"""The theme: every color, size, typeface and icon, once. Screens and components name these tokens, never values."""

import hashlib
import re
from functools import cache
from pathlib import Path
from urllib.parse import quote

from nicegui import App, ui

from components.kit.monogram import HUES

ASSETS = Path(__file__).parents[1] / 'assets'

LIGHT = {
    'canvas': '#F7F7F5',
    'surface': '#FFFFFF',
    'line': '#E4E4DF',
    'control': '#8A8A82',
    'text': '#1C1C1A',
    'muted': '#5F5F58',
    'accent': '#0F6B5C',
    'on-accent': '#FFFFFF',
    'ok': '#1B6E3C',
    'warn': '#8A5300',
    'danger': '#B42318',
    'info': '#1F5FA8',
}
DARK = {
    'canvas': '#131412',
    'surface': '#1C1D1A',
    'line': '#2E302B',
    'control': '#7A7C74',
    'text': '#ECECE6',
    'muted': '#A6A79E',
    'accent': '#4FC3AE',
    'on-accent': '#06231E',
    'ok': '#6FD195',
    'warn': '#F2B45A',
    'danger': '#FF8A7E',
    'info': '#8DBBF2',
}
MONOGRAM = {'ground': ((0.92, 0.045), (0.34, 0.06)), 'ink': ((0.38, 0.1), (0.9, 0.06))}
"""OKLCH lightness and chroma in light and in dark: even to the eye, and 4.5:1 in each of HUES."""

ICONS = ASSETS / 'icons'
"""The icons by their names: files of Lucide (ISC, the license lies beside them), one as calm as the other."""

FONT_RANGES = {
    'latin': 'U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+0304,U+0308,U+0329,U+2000-206F,'
    'U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD',
    'latin-ext': 'U+0100-02BA,U+02BD-02C5,U+02C7-02CC,U+02CE-02D7,U+02DD-02FF,U+1D00-1DBF,U+1E00-1E9F,U+1EF2-1EFF,'
    'U+2020,U+20A0-20AB,U+20AD-20C0,U+2113,U+2C60-2C7F,U+A720-A7FF',
    'cyrillic': 'U+0301,U+0400-045F,U+0490-0491,U+04B0-04B1,U+2116',
    'cyrillic-ext': 'U+0460-052F,U+1C80-1C8A,U+20B4,U+2DE0-2DFF,U+A640-A69F,U+FE2E-FE2F',
    'greek': 'U+0370-0377,U+037A-037F,U+0384-038A,U+038C,U+038E-03A1,U+03A3-03FF',
    'vietnamese': 'U+0102-0103,U+0110-0111,U+0128-0129,U+0168-0169,U+01A0-01A1,U+01AF-01B0,U+0300-0301,U+0303-0304,'
    'U+0308-0309,U+0323,U+0329,U+1EA0-1EF9,U+20AB',
}
"""Which characters each file of the typeface holds; browsers fetch only what a screen needs."""


@cache
def icon_names() -> list[str]:
    """What an icon can be called: in `org_page(icon=…)`, in a `data-icon`, as `--icon-…` in the stylesheet."""
    return sorted(path.stem for path in ICONS.glob('*.svg'))


@cache
def stylesheet() -> str:
    """The whole stylesheet: typeface, tokens, monogram colors, icons, and the rules of `assets/botcadence.css`."""
    faces = [
        f"@font-face {{ font-family: 'Inter Variable'; font-weight: 100 900; font-display: swap; "
        f"src: url('inter-{name}-wght-normal.woff2') format('woff2'); unicode-range: {codes}; }}"
        for name, codes in FONT_RANGES.items()
    ]
    tokens = {name: f'light-dark({color}, {DARK[name]})' for name, color in LIGHT.items()}
    tokens |= {'icons': _drawn(icon_names()), **{f'icon-{name}': str(at) for at, name in enumerate(icon_names())}}
    icons = [f'[data-icon="{name}"] {{ --icon: var(--icon-{name}); }}' for name in icon_names()]
    hues = [_rule(f'.hue-{hue}', {part: _shade(part, hue) for part in MONOGRAM}) for hue in range(HUES)]
    rules = (ASSETS / 'botcadence.css').read_text(encoding='utf-8')
    return '\n'.join([*faces, _rule(':root', tokens), *icons, *hues, rules])


@cache
def script() -> str:
    """What only the browser can do: the files of `assets/*.js`, the one that the others stand on first."""
    files = sorted(ASSETS.glob('*.js'), key=lambda path: (path.stem != 'botcadence', path.name))
    return '\n'.join(path.read_text(encoding='utf-8') for path in files)


def _rule(selector: str, tokens: dict[str, str]) -> str:
    return f'{selector} {{ {" ".join(f"--{name}: {value};" for name, value in tokens.items())} }}'


def _shade(part: str, hue: int) -> str:
    light, dark = (f'oklch({lightness} {chroma} {hue * 360 // HUES})' for lightness, chroma in MONOGRAM[part])
    return f'light-dark({light}, {dark})'


def _drawn(names: list[str]) -> str:
    """The icons as one image below each other, 18 px in cells of 20: each image of its own takes a browser 2 ms."""
    cells = ''.join(
        f'<g transform="translate(1 {20 * at + 1}) scale(.75)">{_shapes(name)}</g>' for at, name in enumerate(names)
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="{20 * len(names)}" fill="none" '
        f'stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">{cells}</svg>'
    )
    return f'url("data:image/svg+xml,{quote(svg, safe=" =:/")}")'


def _shapes(name: str) -> str:
    """What is inside of the file of an icon, without spaces that nobody draws."""
    svg = (ICONS / f'{name}.svg').read_text(encoding='utf-8')
    shapes = re.sub(r'<!--.*?-->|.*<svg[^>]*>|</svg>', '', svg, flags=re.DOTALL)
    return re.sub(r'(?<=>)\s+(?=<)', '', shapes.strip())


def prefer(choice: str) -> ui.dark_mode | None:
    """Draw this page in the theme that somebody chose, 'light' or 'dark'; else as their system says."""
    if choice not in ('light', 'dark'):
        return None
    ui.add_head_html(f'<meta name="theme" content="{choice}">')  # known before the first paint
    return ui.dark_mode(choice == 'dark')


def version() -> str:
    """Changes with the content, so that browsers can keep the files for good."""
    return hashlib.sha256((stylesheet() + script()).encode()).hexdigest()[:12]


PATH = '/assets'
"""Where the assets are served."""


@cache
def head() -> str:
    """What the head of every page links to."""
    return (
        f'<link rel="stylesheet" href="{PATH}/theme.css?{version()}">'
        f'<script defer src="{PATH}/script.js?{version()}"></script>'
    )


def apply(app: App) -> None:
    """Serve the assets and give every page the theme, without Quasar's bar: what is on its way says so itself."""
    app.config.quasar_config['loadingBar']['skipHijack'] = True
    app.add_static_files(PATH, ASSETS)
    ui.add_head_html(head(), shared=True)
