"""Lists that somebody has opened far: only what is different comes, and nothing else moves."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import Engine, insert

from data import clock, database
from data.models import Membership, Role, User
from data.services import members
from tests.support.served import Served, let_in
from tests.support.steps import accept, standing
from tests.support.world import offered

CROWD = 240
ROW = 500
"""Bytes that a row takes at most on its way to the browser, all that is sent with it included."""

OWNER = 'olga@long.test'


def crowd(engine: Engine, organization_id: str) -> list[User]:
    """Many people who never come."""
    people = [User(email=f'c{it:03}@long.test', email_key=f'c{it:03}@long.test') for it in range(CROWD)]
    here = {'organization_id': organization_id, 'role': Role.MEMBER, 'joined_at': clock.now()}
    with engine.begin() as connection:
        connection.execute(insert(User), [it.model_dump() for it in people])
        connection.execute(insert(Membership), [{**here, 'user_id': it.id, 'email_key': it.email_key} for it in people])
    return people


class Watched:
    """A page, and how many bytes its socket brings."""

    def __init__(self, page: Page) -> None:
        self.page, self.bytes = page, 0
        page.on('websocket', lambda socket: socket.on('framereceived', self._count))

    def _count(self, frame: str | bytes) -> None:
        self.bytes += len(frame)

    def cost(self, act: Callable[[], object]) -> int:
        """How many bytes came with this."""
        before = self.bytes
        act()
        self.page.evaluate('socket.emitWithAck("handshake", socket.io.opts.query)')  # what was sent before has come
        return self.bytes - before


def test_people(server: Served, browser_page: Callable[..., Page]) -> None:
    page, zoe = browser_page(), browser_page()
    at = let_in(page, server.url, OWNER)
    let_in(zoe, server.url, 'zoe@long.test')
    engine = database.connect(server.database_url)
    found = crowd(engine, at)
    engine.dispose()
    watched = Watched(page)
    page.goto(f'{server.url}/organizations/{at}/members')
    lines = page.get_by_role('list', name='People').locator('.person')
    for count in (25, 125, 225, CROWD + 1):
        expect(lines).to_have_count(count)
        if count <= CROWD:
            more = page.get_by_role('button', name='Show more')
            cost = watched.cost(lambda count=count, more=more: (more.click(), expect(lines).not_to_have_count(count)))
            assert cost < ROW * 110, 'the rows before are not sent again'
    menu = page.get_by_role('button', name=f'Actions for {found[200].email}')
    menu.focus()
    with standing(server, OWNER, at) as owner:
        token = offered(owner, 'zoe@long.test', Role.ADMIN)
        invited = page.get_by_role('list', name='Invitations').locator('.person')
        expect(invited).to_have_count(1)  # what is drawn for that comes before
        cost = watched.cost(lambda: (accept(token, 'zoe@long.test'), expect(lines).to_have_count(CROWD + 2)))
    assert cost < ROW * 10
    expect(menu).to_be_focused()
    expect(lines.last).to_contain_text('zoe@long.test')
    with standing(server, OWNER, at) as actor:
        cost = watched.cost(
            lambda: (
                members.change_role(actor, found[100].id, 'viewer', expected=Role.MEMBER),
                expect(page.locator('.person', has_text=found[100].email)).to_contain_text('Viewer'),
                members.remove(actor, found[10].id),
                expect(lines).to_have_count(CROWD + 1),
            )
        )
    assert cost < ROW * 10
    expect(menu).to_be_focused()
    shown = [text.split('\n')[1] for text in lines.all_inner_texts()]
    page.reload()
    for count in (25, 125, 225):
        expect(lines).to_have_count(count)
        page.get_by_role('button', name='Show more').click()
    expect(lines).to_have_count(CROWD + 1)
    assert [text.split('\n')[1] for text in lines.all_inner_texts()] == shown, 'as it is when it comes at once'
