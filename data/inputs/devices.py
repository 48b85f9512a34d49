"""Browsers in words, from what they call themselves (`User-Agent`, RFC 9110 10.1.5): "Firefox on Windows".

A browser may call itself anything: what is said here is one of these words, and nothing of that text. A list of all
browsers that there are (ua-parser) takes 6 MB of memory and 80 ms at first; people have one of these.
"""

import re

UNKNOWN = 'Unknown browser'

_BROWSERS = {
    'Edge': r'Edg(e|A|iOS)?/',
    'Opera': r'OPR/|OPT/|Opera',
    'Samsung Internet': r'SamsungBrowser/',
    'Vivaldi': r'Vivaldi/',
    'Yandex Browser': r'YaBrowser/',
    'DuckDuckGo': r'DuckDuckGo/|Ddg/',
    'Firefox': r'Firefox/|FxiOS/',
    'Chrome': r'Chrome/|CriOS/|Chromium/|HeadlessChrome/',
    'Safari': r'Version/\S+ .*Safari/',
    'curl': r'^curl/',
}
"""By name, what tells a browser apart; whoever pretends to be several is the first of them."""

_SYSTEMS = {
    'iPhone': r'\(iPhone',
    'iPad': r'\(iPad',
    'Android': r'Android',
    'ChromeOS': r'CrOS',
    'Windows': r'Windows',
    'Mac': r'Macintosh|Mac OS X',
    'Linux': r'Linux|X11',
}


def in_words(agent: str | None) -> str:
    """Browser and system, as far as somebody would say them; without versions, which change by themselves."""
    browser, system = _first(_BROWSERS, agent or ''), _first(_SYSTEMS, agent or '')
    return f'{browser or UNKNOWN} on {system}' if system else browser or UNKNOWN


def _first(known: dict[str, str], agent: str) -> str:
    return next((name for name, pattern in known.items() if re.search(pattern, agent)), '')
