"""Browsers in words: what people call them, whatever they call themselves."""

import pytest

from data.inputs.devices import UNKNOWN, in_words

MOZILLA = 'Mozilla/5.0'
KHTML = 'AppleWebKit/537.36 (KHTML, like Gecko)'
WINDOWS, MAC = '(Windows NT 10.0; Win64; x64)', '(Macintosh; Intel Mac OS X 10_15_7)'
PHONE = '(Linux; Android 10; K)'
IPHONE = '(iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)'


@pytest.mark.parametrize(
    ('agent', 'words'),
    [
        (f'{MOZILLA} {WINDOWS} {KHTML} Chrome/130.0.0.0 Safari/537.36', 'Chrome on Windows'),
        (f'{MOZILLA} {WINDOWS} {KHTML} Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0', 'Edge on Windows'),
        (f'{MOZILLA} {WINDOWS} {KHTML} Chrome/130.0.0.0 Safari/537.36 OPR/115.0.0.0', 'Opera on Windows'),
        (f'{MOZILLA} (Windows NT 10.0; rv:130.0) Gecko/20100101 Firefox/130.0', 'Firefox on Windows'),
        (f'{MOZILLA} (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0', 'Firefox on Linux'),
        (f'{MOZILLA} (X11; CrOS x86_64 14541.0.0) {KHTML} Chrome/130.0.0.0 Safari/537.36', 'Chrome on ChromeOS'),
        (f'{MOZILLA} {MAC} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15', 'Safari on Mac'),
        (f'{MOZILLA} {IPHONE} Version/17.5 Mobile/15E148 Safari/604.1', 'Safari on iPhone'),
        (f'{MOZILLA} {IPHONE} CriOS/130.0.0.0 Mobile/15E148 Safari/604.1', 'Chrome on iPhone'),
        (f'{MOZILLA} {IPHONE} FxiOS/130.0 Mobile/15E148 Safari/605.1.15', 'Firefox on iPhone'),
        (f'{MOZILLA} {PHONE} {KHTML} Chrome/130.0.0.0 Mobile Safari/537.36', 'Chrome on Android'),
        (f'{MOZILLA} {PHONE} {KHTML} SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36', 'Samsung Internet on'),
        (f'{MOZILLA} (X11; Linux x86_64) {KHTML} HeadlessChrome/130.0.0.0 Safari/537.36', 'Chrome on Linux'),
        ('curl/8.5.0', 'curl'),
        ('pytest', UNKNOWN),
        ('', UNKNOWN),
        (None, UNKNOWN),
    ],
)
def test_people_know_which_browser_is_meant(agent: str | None, words: str) -> None:
    assert in_words(agent).startswith(words)


@pytest.mark.parametrize(
    'made_up', ['<script>alert(1)</script>', 'Your bank (Windows)', 'A' * 10_000, '\u202eFirefox/', '\x00']
)
def test_nothing_that_somebody_makes_up_is_said(made_up: str) -> None:
    assert in_words(made_up) in {UNKNOWN, f'{UNKNOWN} on Windows', 'Firefox'}
