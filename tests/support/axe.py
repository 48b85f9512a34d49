"""Accessibility as axe-core sees it: what it has against the screen that is open."""

import re
from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Page, ViewportSize, expect

AXE = (Path(axe_playwright_python.__file__).parent / 'axe.min.js').read_text(encoding='utf-8')
SETTLED = '() => document.getAnimations().every((it) => it.effect.getTiming().iterations === Infinity)'
WIDE: ViewportSize = {'width': 1280, 'height': 900}
NARROW: ViewportSize = {'width': 390, 'height': 844}


def look(page: Page, name: str) -> list[str]:
    """What axe-core has against this screen: everything in one theme; where there is room, the colors of the other."""
    everything, colors = ('light', 'dark') if page.viewport_size == WIDE else ('dark', None)
    complaints = []
    for theme in filter(None, (everything, colors)):
        page.emulate_media(color_scheme=theme, reduced_motion='reduce')
        if page.locator('.nicegui-layout').count():
            expect(page.locator('body')).to_have_class(re.compile(f'body--{theme}'))
        page.wait_for_function(SETTLED)
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
