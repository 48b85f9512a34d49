"""Files on their way in: whole, cut off, sent twice, of the wrong kind, by whoever may not, while much else happens."""

import asyncio
import errno
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from data.models import Project, Role, SourceKind
from data.runtime import limits
from data.services import members, projects, sources
from data.services.sources import naming, standing
from tests.support.knowledge import TEXT, add
from tests.support.probes import everything, value
from tests.support.visitors import OURS, Visitor
from tests.support.world import World, email_of

Visit = Callable[..., Awaitable[Visitor]]


def path_of(world: World, project: Project, name: str = 'terms.md', replaces: str = '') -> str:
    query = httpx.QueryParams({'name': name, **({'replaces': replaces} if replaces else {})})
    return f'/organizations/{world.organization_id}/projects/{project.id}/files?{query}'


async def put(visitor: Visitor, path: str, content: Any = TEXT, **headers: str) -> httpx.Response:
    return await visitor.http_client.put(path, content=content, headers={**OURS, **headers})


def names(world: World, project: Project) -> list[str]:
    return [row.source.name for row in sources.portion(world.owner, project.id, SourceKind.FILE).rows]


@pytest.fixture
async def mia(visit: Visit, world: World) -> Visitor:
    return await visit(email_of(world.member))


# what is taken -------------------------------------------------------------------------------------------------------


async def test_a_file_is_put_there_and_sent_again_it_is_the_same(
    mia: Visitor, world: World, project: Project, db: Engine
) -> None:
    answer = await put(mia, path_of(world, project, 'Über uns & mehr.md'))
    told = answer.json()
    assert (answer.status_code, told['is_new'], told['sentence']) == (200, True, '')
    assert answer.headers['cache-control'] == 'no-store'
    assert names(world, project) == ['Über uns & mehr.md']
    assert value(db, 'SELECT content FROM source_files') == TEXT
    before = everything(db)
    again = await put(mia, path_of(world, project, 'Über uns & mehr.md'))
    assert again.json() == {
        **told,
        'is_new': False,
        'sentence': 'This file is in the knowledge already, just like this.',
    }
    assert everything(db) == before


async def test_another_file_of_this_name_may_take_its_place(
    mia: Visitor, world: World, project: Project, db: Engine
) -> None:
    there = add(world.owner, project.id)
    answer = await put(mia, path_of(world, project), b'Other')
    assert (answer.status_code, answer.json()['replaces']) == (409, there.id)
    assert value(db, 'SELECT content FROM source_files') == TEXT
    answer = await put(mia, path_of(world, project, replaces=there.id), b'Other')
    assert (answer.status_code, answer.json()['id']) == (200, there.id)
    assert value(db, 'SELECT content FROM source_files') == b'Other'


async def test_two_at_the_same_moment_are_both_taken_and_the_same_one_once(
    mia: Visitor, world: World, project: Project
) -> None:
    ends = await asyncio.gather(
        *(put(mia, path_of(world, project, name), name.encode()) for name in ('a.txt', 'b.txt'))
    )
    assert [it.status_code for it in ends] == [200, 200]
    ends = await asyncio.gather(*(put(mia, path_of(world, project, 'c.txt'), b'c') for _ in range(2)))
    assert sorted(it.json()['is_new'] for it in ends) == [False, True]
    assert names(world, project) == ['a.txt', 'b.txt', 'c.txt']


async def test_a_file_as_large_as_one_may_be_is_taken_in_pieces(mia: Visitor, world: World, project: Project) -> None:
    content = b'x' * limits.FILE
    assert (await put(mia, path_of(world, project, 'large.txt'), content)).status_code == 200
    [row] = sources.portion(world.owner, project.id, SourceKind.FILE).rows
    assert row.source.size == limits.FILE


# what is refused -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ('name', 'content', 'sentence'),
    [
        ('virus.exe', TEXT, naming.WHAT),
        ('old.doc', TEXT, f'{naming.WHAT} Save it as .docx or PDF first.'),
        ('', TEXT, 'The name of the file is required.'),
        ('../..', TEXT, naming.WHAT),
        ('empty.txt', b'', 'This file is empty.'),
        ('x' * 300 + '.txt', TEXT, 'The name of the file is too long. Use at most 200 characters.'),
    ],
    ids=range(6),
)
async def test_what_is_no_file_of_ours_is_told_so(
    mia: Visitor, world: World, project: Project, db: Engine, name: str, content: bytes, sentence: str
) -> None:
    before = everything(db)
    answer = await put(mia, path_of(world, project, name), content)
    assert (answer.status_code, answer.json()['sentence']) == (422, sentence)
    assert everything(db) == before


async def test_no_other_site_and_nobody_without_a_length_gets_that_far(
    mia: Visitor, world: World, project: Project, db: Engine
) -> None:
    before, path = everything(db), path_of(world, project)

    async def pieces() -> AsyncIterator[bytes]:
        yield TEXT

    assert (await put(mia, path, Origin='https://evil.test')).status_code == 403
    assert (await put(mia, path, **{'Sec-Fetch-Site': 'cross-site'})).status_code == 403
    assert (await put(mia, path, pieces())).status_code == 411
    assert (await put(mia, path, **{'Content-Length': str(limits.FILE + 1)})).status_code == 413
    assert (await mia.http_client.post(path, content=TEXT, headers=OURS)).status_code == 405
    assert everything(db) == before


async def test_who_may_not_is_told_before_anything_is_read(
    visit: Visit, world: World, project: Project, db: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pages.knowledge import uploading

    kept: list[object] = []
    monkeypatch.setattr(uploading, 'receive', lambda *given: kept.append(given))
    before = everything(db, record=False)
    vera, sam, nobody = await visit(email_of(world.viewer)), await visit(email_of(world.stranger)), await visit()
    answer = await put(vera, path_of(world, project))
    assert answer.status_code == 403
    assert answer.json()['sentence'].endswith('You are a Viewer.')
    theirs = projects.create(world.stranger, {'name': 'Theirs'})
    mia = await visit(email_of(world.member))
    before = everything(db, record=False)
    for visitor, path in ((sam, path_of(world, project)), (mia, path_of(world, theirs))):
        answer = await put(visitor, path)
        assert (answer.status_code, answer.json()['replaces']) == (404, '')
    assert (await put(nobody, path_of(world, project))).status_code == 401
    assert (
        await put(mia, '/organizations/abcdefghijklmnop/projects/abcdefghijklmnop/files?name=x.md')
    ).status_code == 404
    theirs_there = add(world.stranger, theirs.id)
    before = everything(db, record=False)
    assert (await put(mia, path_of(world, project, replaces=theirs_there.id))).status_code == 404
    assert everything(db, record=False) == before
    assert kept == []


async def test_nobody_sends_many_at_once_or_without_end(
    mia: Visitor, world: World, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, 'UPLOADS_HERE', 0)
    answer = await put(mia, path_of(world, project))
    assert (answer.status_code, answer.headers['retry-after']) == (429, '60')
    monkeypatch.setattr(limits, 'UPLOADS_HERE', 4)
    monkeypatch.setattr(limits.UPLOADS, 'amount', 1)
    assert (await put(mia, path_of(world, project, '1.txt'), b'1')).status_code == 200
    answer = await put(mia, path_of(world, project, '2.txt'), b'2')
    assert answer.status_code == 429
    assert answer.json()['sentence'].startswith('You have sent many files lately.')


# what happens meanwhile ----------------------------------------------------------------------------------------------


class Sending:
    """A file that comes in two halves; `act` is done between them."""

    def __init__(self, act: Callable[[], object]) -> None:
        self.act = act

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b'x' * 10
        await asyncio.get_running_loop().run_in_executor(None, self.act)
        yield b'x' * 10


async def test_who_is_refused_takes_nobodys_place_however_slowly_it_comes(
    visit: Visit, world: World, project: Project
) -> None:
    from pages.knowledge import uploading

    taken: list[int] = []
    vera, mia = await visit(email_of(world.viewer)), await visit(email_of(world.member))
    for visitor, status in ((vera, 403), (mia, 200)):
        slowly = Sending(lambda: taken.append(uploading._on_their_way.total()))
        answer = await put(visitor, path_of(world, project, 'x.txt'), slowly, **{'Content-Length': '20'})
        assert answer.status_code == status
    assert taken == [0, 1]


def demote(world: World) -> None:
    members.change_role(world.owner, world.member.user_id, Role.VIEWER, expected=Role.MEMBER)


Meanwhile = Callable[[World, Project], object]
MEANWHILE: dict[str, tuple[Meanwhile, int, str]] = {
    'deleted': (lambda world, it: projects.delete(world.owner, it.id, 'Website'), 409, 'is being deleted'),
    'archived': (lambda world, it: projects.archive(world.owner, it.id), 409, 'is archived'),
    'removed': (lambda world, _: members.remove(world.owner, world.member.user_id), 404, 'doesn’t exist'),
    'demoted': (lambda world, _: demote(world), 403, 'You are a Viewer.'),
    'full': (
        lambda world, it: [add(world.owner, it.id, f'{at}.txt', str(at).encode()) for at in range(2)],
        422,
        'A project can have',
    ),
}


@pytest.mark.parametrize('what', MEANWHILE)
async def test_what_has_changed_until_it_is_whole_counts(
    mia: Visitor, world: World, project: Project, db: Engine, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    act, status, words = MEANWHILE[what]
    monkeypatch.setattr(standing, 'SOURCE_LIMIT', 2)
    answer = await put(
        mia, path_of(world, project, 'x.txt'), Sending(lambda: act(world, project)), **{'Content-Length': '20'}
    )
    assert answer.status_code == status
    assert words in answer.json()['sentence']
    assert value(db, "SELECT count(*) FROM sources WHERE name = 'x.txt'") == 0


async def test_what_is_cut_off_leaves_nothing(mia: Visitor, world: World, project: Project, db: Engine) -> None:
    from pages.knowledge import uploading

    before, path = everything(db), path_of(world, project, 'cut.txt')
    cookie = '; '.join(f'{name}={text}' for name, text in mia.http_client.cookies.items())
    given = {
        'host': 'test',
        'origin': 'http://test',
        'sec-fetch-site': 'same-origin',
        'content-length': '20',
        'cookie': cookie,
    }
    bare, _, query = path.partition('?')
    scope = {
        'type': 'http',
        'asgi': {'version': '3.0'},
        'http_version': '1.1',
        'method': 'PUT',
        'scheme': 'http',
        'path': bare,
        'raw_path': bare.encode(),
        'root_path': '',
        'query_string': query.encode(),
        'headers': [(name.encode(), text.encode()) for name, text in given.items()],
        'client': ('192.0.2.7', 40000),
        'server': ('test', 80),
    }
    coming = [{'type': 'http.request', 'body': b'x' * 10, 'more_body': True}, {'type': 'http.disconnect'}]

    async def receive() -> Any:
        return coming.pop(0) if len(coming) > 1 else coming[0]

    async def send(_: Any) -> None:
        """Nobody listens."""

    from nicegui import core

    await core.app(scope, receive, send)
    assert everything(db) == before
    assert not uploading._on_their_way


@pytest.mark.parametrize('number', [errno.ENOSPC, errno.EDQUOT, errno.EIO], ids=['full', 'quota', 'broken'])
async def test_a_disk_that_is_full_is_told_and_nothing_changes(
    mia: Visitor, world: World, project: Project, db: Engine, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pages.knowledge import uploading

    async def full(*_: object) -> None:
        raise OSError(number, 'it is')

    monkeypatch.setattr(uploading, 'receive', full)
    before = everything(db)
    answer = await put(mia, path_of(world, project))
    assert answer.status_code == 503
    assert ('is full' if number != errno.EIO else 'reports an error') in answer.json()['sentence']
    assert everything(db) == before
    assert not uploading._on_their_way
