"""Accessibility as axe-core sees it: what it has against the screen that is open."""

from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Page, ViewportSize
from playwright.sync_api import TimeoutError as TooLate

AXE = (Path(axe_playwright_python.__file__).parent / 'axe.min.js').read_text(encoding='utf-8')
SETTLED = """theme => (!document.querySelector('.nicegui-layout') || document.body.classList.contains(`body--${theme}`))
  && document.getAnimations().every((it) =>
    it.playState === 'finished' || it.effect.getTiming().iterations === Infinity)"""
UNSETTLED = """() => [document.body.className, document.visibilityState, ...document.getAnimations().map((it) =>
  [it.animationName ?? it.transitionProperty, it.playState, it.effect.target?.outerHTML.slice(0, 90)])]"""
IS_DARK = "matchMedia('(prefers-color-scheme: dark)').matches"
WIDE: ViewportSize = {'width': 1280, 'height': 900}
NARROW: ViewportSize = {'width': 390, 'height': 844}


def look(page: Page, name: str) -> list[str]:
    """What axe-core has against this screen: everything in one theme; where there is room, the colors of the other.

    It begins in the theme that the screen has: changing it takes longer than looking.
    """
    everything, colors = ('light', 'dark') if page.viewport_size == WIDE else ('dark', None)
    themes = [theme for theme in (everything, colors) if theme]
    complaints = []
    for theme in sorted(themes, key=lambda theme: (theme == 'dark') != page.evaluate(IS_DARK)):
        page.emulate_media(color_scheme=theme, reduced_motion='reduce')
        try:
            page.wait_for_function(SETTLED, arg=theme)
        except TooLate as error:
            raise AssertionError(f'{name} does not settle in {theme}: {page.evaluate(UNSETTLED)}') from error
        for violation in _violations(page, only_colors=theme == colors):
            nodes = [f'{node["target"]}: {node["failureSummary"]}' for node in violation['nodes'][:3]]
            complaints.append(f'{name}, {theme}: {violation["id"]} ({len(violation["nodes"])}) ' + '\n    '.join(nodes))
    return complaints


def _violations(page: Page, *, only_colors: bool) -> list[dict]:
    if not page.evaluate('Boolean(window.axe)'):
        page.evaluate(AXE)
    options: dict[str, object] = {'resultTypes': ['violations'], 'preload': False}
    if only_colors:
        options['runOnly'] = ['color-contrast']
    violations: list[dict] = page.evaluate('options => axe.run(options)', options)['violations']
    return violations
