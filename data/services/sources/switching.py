"""Sources are switched off and on, and deleted: what is off or gone is in no answer from the next one on."""

from data.database import Actor, transaction
from data.models import Source
from data.services import passages
from data.services.audit import Act
from data.services.sources import standing


def switch_off(actor: Actor, source_id: object) -> Source:
    """Keep a source and let it answer nobody. Raises OtherStatus, Forbidden, NotFound, SignedOut."""
    return _switch(actor, source_id, is_off=True)


def switch_on(actor: Actor, source_id: object) -> Source:
    """Let a source that was off answer again. Raises OtherStatus, Forbidden, NotFound, SignedOut."""
    return _switch(actor, source_id, is_off=False)


def remove(actor: Actor, source_id: object) -> None:
    """Delete a source for good, with its file and all that was found in it.

    Raises OtherStatus, Forbidden, NotFound, SignedOut.
    """
    with transaction(actor) as tx:
        member, project, source = standing.may_edit_source(tx, actor, source_id)
        standing.change_size(tx, source, 0)
        passages.forget(tx, source)
        tx.delete(source)
        standing.note(tx, member, project, source, Act.SOURCE_REMOVE)


def _switch(actor: Actor, source_id: object, *, is_off: bool) -> Source:
    with transaction(actor) as tx:
        member, project, source = standing.may_edit_source(tx, actor, source_id)
        if source.is_off != is_off:
            source.is_off = is_off
            passages.changed(tx, project.id)
            standing.note(tx, member, project, source, Act.SOURCE_SWITCH_OFF if is_off else Act.SOURCE_SWITCH_ON)
    return source
