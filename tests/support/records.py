"""Events for tests of the record: a few through the service, or very many around it."""

from sqlalchemy import Engine, insert
from sqlmodel import SQLModel

from data import clock
from data.database import Actor, audit_chain, transaction
from data.permissions import Permission, authorize
from data.services import audit
from tests.support.probes import run
from tests.support.world import World


def add(actor: Actor, *targets: str, action: str = 'test:act') -> None:
    """Put acts on the record, the last one newest; their names may be those of another version."""
    with transaction(actor) as tx:
        member = authorize(tx, actor, Permission.AUDIT_VIEW)
        for target in targets:
            audit_chain.append(
                tx, member.organization, action, actor_id=actor.user_id, actor_email=member.email, target=target
            )


def fill(db: Engine, world: World, count: int) -> None:
    """Put many events on Acme's record, without their chain."""
    newest = audit.portion(world.owner, limit=1).rows[0].seq
    fixed = {
        'organization_id': world.organization_id,
        'actor_id': world.owner.user_id,
        'actor_email': 'olga@acme.test',
        'action': 'organization:rename',
        'subject': 'organization',
        'outcome': 'done',
        'rule': '',
        'details': {'before': 'Acme'},
        'network': '192.0.2.7',
        'at': clock.now(),
        'hash': 'f' * 64,
    }
    many = [{**fixed, 'seq': newest + number, 'target': f'target {number}'} for number in range(1, count + 1)]
    with db.begin() as connection:
        connection.execute(insert(SQLModel.metadata.tables['audit_events']), many)
    run(db, 'UPDATE organizations SET audit_seq = :seq WHERE id = :id', seq=newest + count, id=world.organization_id)
