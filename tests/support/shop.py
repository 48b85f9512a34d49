"""A customer's site: pages of another origin, with the tag of a chat in them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PLAIN = (
    '<!doctype html><html lang="en"><head><title>Shop</title><meta name="viewport" content="width=device-width">{head}'
    '</head><body><main><h1>Shop</h1><p>Things to buy, and who sells them.</p></main>{tag}</body></html>'
)
HOSTILE = """<style>
* { all: unset !important; display: none !important; color: red !important; font: 40px serif !important }
html, head, body, main, h1, p { display: block !important }
button, iframe, botcadence-chat, :host { display: none !important; visibility: hidden !important; opacity: 0 !important;
  width: 0 !important; transform: scale(0) !important; pointer-events: none !important; position: static !important }
body { transform: translateX(30px) !important; overflow: hidden !important }
</style>"""
STRICT = (
    "default-src 'none'; script-src {chat}; frame-src {chat}; style-src 'none'; base-uri 'none'; "
    "require-trusted-types-for 'script'"
)
"""All that a page must allow for the chat is its script and its frame."""


class Shop:
    """The site: its pages by their paths, each with its policy, '' for none."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.pages: dict[str, tuple[str, str]] = {}

    def url(self, path: str = '/', host: str = 'shop.lan.test') -> str:
        """An address of it; it has any number of names."""
        return f'http://{host}:{self.port}{path}'

    def put(self, path: str, tag: str, head: str = '', policy: str = '') -> None:
        """A page with the tag in it."""
        self.pages[path] = (PLAIN.format(head=head, tag=tag), policy)


@contextmanager
def opened() -> Iterator[Shop]:
    """The site, for as long as it is open."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            text, policy = shop.pages.get(self.path, ('', ''))
            self.send_response(200 if text else 204)
            self.send_header('Content-Type', 'text/html; charset=utf-8')
            if policy:
                self.send_header('Content-Security-Policy', policy)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(('127.0.0.1', 0), Handler) as server:
        shop = Shop(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={'poll_interval': 0.05}, daemon=True)
        thread.start()
        yield shop
        server.shutdown()
