"""Files in the knowledge of a project: added, replaced, read again."""

from dataclasses import dataclass
from hashlib import sha256

from sqlmodel import col, select

from data import clock
from data.database import Actor, TenantSession, reading, transaction
from data.models import Project, Source, SourceFile, SourceKind, SourceState
from data.permissions import Member
from data.problems import Invalid, TooMany
from data.runtime import limits, rate_limiter
from data.services import passages
from data.services.audit import Act
from data.services.sources import naming, queue, standing

EMPTY = 'This file is empty.'
TOO_LARGE = f'A file can have {limits.FILE // 1024**2} MB. This one is larger.'


@dataclass(frozen=True)
class Added:
    """The source of a file; not `is_new` where the same one was there before, and nothing has changed."""

    source: Source
    is_new: bool


class NameTaken(Invalid):
    """Another file of the project is called so: `source_id`. It can be replaced."""

    def __init__(self, name: str, source_id: str) -> None:
        super().__init__(file=f'There is a file called “{name}” already, with something else in it.')
        self.source_id = source_id


def expect_file(actor: Actor, project_id: object, name: object, size: int, replaced: object = '') -> None:
    """Find out whether a file of this name and size could be put there, before it is sent; counts the attempt.

    `replaced` is the id of the source whose place it takes, '' for none. Raises as `add_file` and `replace_file` do.
    """
    naming.file_name(name)
    _refuse_size(size)
    with reading(actor) as tx:
        if replaced:
            member, project, source = standing.may_edit_source(tx, actor, replaced)
            _refuse_other(project, source, project_id)
        else:
            member, project = standing.may_edit(tx, actor, project_id)
        _count(member)


def add_file(actor: Actor, project_id: object, name: object, content: bytes) -> Added:
    """Put a file into the knowledge of an active project, where it waits to be read.

    The same file once more is the one that is there: whoever has lost the answer may send it again. Raises
    Invalid('file') for a name or an ending that is none, an empty, large or other than the first file, and one too
    many, NameTaken, LimitReached, OtherStatus, Forbidden, NotFound, SignedOut.
    """
    shown, media = naming.file_name(name)
    _refuse_size(len(content))
    digest = sha256(content).hexdigest()
    with transaction(actor) as tx:
        member, project = standing.may_edit(tx, actor, project_id)
        if same := _same(tx, project, shown, digest):
            return Added(same, is_new=False)
        standing.make_sure_of_room(tx, project, 'file')
        source = Source(
            organization_id=member.organization_id,
            project_id=project.id,
            kind=SourceKind.FILE,
            name=shown,
            name_key=naming.key_of(shown),
            media=media,
            sha256=digest,
            next_try=clock.now(),
            created_by=member.user_id,
        )
        tx.add(source)
        standing.change_size(tx, source, len(content))
        tx.flush()
        tx.add(SourceFile(organization_id=member.organization_id, source_id=source.id, content=content))
        standing.note(tx, member, project, source, Act.SOURCE_ADD)
    queue.wake()
    return Added(source, is_new=True)


def replace_file(actor: Actor, project_id: object, source_id: object, name: object, content: bytes) -> Added:
    """Put another file in the place of one: what that said is gone from the next answer, and the new one is read.

    Raises as `add_file` does.
    """
    shown, media = naming.file_name(name)
    _refuse_size(len(content))
    digest = sha256(content).hexdigest()
    with transaction(actor) as tx:
        member, project, source = standing.may_edit_source(tx, actor, source_id)
        _refuse_other(project, source, project_id)
        if source.sha256 == digest and source.name == shown:
            return Added(source, is_new=False)
        _same(tx, project, shown, digest, but=source.id)
        standing.change_size(tx, source, len(content))
        source.name, source.name_key, source.media, source.sha256 = shown, naming.key_of(shown), media, digest
        source.pages, source.language = None, ''
        source.version += 1
        file = tx.get(SourceFile, {'organization_id': member.organization_id, 'source_id': source.id})
        if file is None:
            tx.add(SourceFile(organization_id=member.organization_id, source_id=source.id, content=content))
        else:
            file.content = content
        passages.forget(tx, source)
        _let_be_read(source)
        standing.note(tx, member, project, source, Act.SOURCE_REPLACE)
    queue.wake()
    return Added(source, is_new=True)


def read_again(actor: Actor, source_id: object) -> Source:
    """Have a file read once more, as often as a new one is tried; until then what it says stays.

    Nothing happens where it is being read, or waits for its first time. Raises Invalid, OtherStatus, TooMany,
    Forbidden, NotFound, SignedOut.
    """
    with transaction(actor) as tx:
        member, project, source = standing.may_edit_source(tx, actor, source_id)
        if source.kind is not SourceKind.FILE:
            raise Invalid(file='A written answer is not read: it says what you wrote.')
        is_fresh = source.state is SourceState.WAITING and not source.attempts
        if source.state is SourceState.READING or is_fresh:
            return source
        _count(member)
        _let_be_read(source)
        standing.note(tx, member, project, source, Act.SOURCE_READ)
    queue.wake()
    return source


def _let_be_read(source: Source) -> None:
    source.state, source.reason, source.attempts = SourceState.WAITING, '', 0
    source.next_try, source.alive_at = clock.now(), None


def _refuse_size(size: int) -> None:
    if size <= 0:
        raise Invalid(file=EMPTY)
    if size > limits.FILE:
        raise Invalid(file=TOO_LARGE)


def _refuse_other(project: Project, source: Source, project_id: object) -> None:
    if source.project_id != project_id or project.id != project_id or source.kind is not SourceKind.FILE:
        raise Invalid(file='This is no file of this project.')


def _same(tx: TenantSession, project: Project, name: str, digest: str, but: str = '') -> Source | None:
    """The file that is this one, None where there is none.

    Raises NameTaken where another one has this name, Invalid('file') where this one is here under another name.
    """
    query = select(Source).where(
        col(Source.project_id) == project.id,
        col(Source.kind) == SourceKind.FILE,
        col(Source.id) != but,
        (col(Source.name_key) == naming.key_of(name)) | (col(Source.sha256) == digest),
    )
    with tx.no_autoflush:
        alike = tx.exec(query).all()
    if same := next((it for it in alike if it.sha256 == digest and naming.is_same(it.name, name)), None):
        return same
    if other := next((it for it in alike if naming.is_same(it.name, name)), None):
        raise NameTaken(other.name, other.id)
    if twin := next((it for it in alike if it.sha256 == digest), None):
        raise Invalid(file=f'This file is here already, as “{twin.name}”.')
    return None


def _count(member: Member) -> None:
    for subject, key in {'You have': member.user_id, 'This organization has': member.organization_id}.items():
        if seconds := rate_limiter.wait(limits.UPLOADS, key):
            raise TooMany(f'{subject} sent many files lately. This one was not taken.', seconds)
