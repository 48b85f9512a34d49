"""What is done to an organization as a whole: making one, naming it, and moving it to another status."""

from sqlmodel import select

from data.database import Actor, System, personal, reading, transaction
from data.inputs import texts
from data.models import Organization, Status, User, new_id
from data.permissions import Permission, authorize, identify
from data.problems import Invalid
from data.services import audit, founding, statuses
from data.services.audit import Act


def create(actor: Actor, name: object) -> Organization:
    """Make another organization with the actor as Owner. Raises Invalid('name'), SignedOut."""
    clean_name = texts.organization_name(name)
    with personal(actor) as tx:
        identify(tx, actor)
        user = tx.exec(select(User).where(User.id == actor.user_id)).one()
    inside = Actor(actor.session_id, actor.user_id, new_id(), actor.network)
    with transaction(inside) as tx:
        identify(tx, inside)
        return founding.found(tx, inside, user, clean_name)


def rename(actor: Actor, name: object, *, version: int) -> Organization:
    """Give the organization a new display name; its id, and so its address, stays.

    Raises Invalid('name'), Stale when somebody saved after `version`, Forbidden, NotFound, SignedOut.
    """
    clean_name = texts.organization_name(name)
    with transaction(actor) as tx:
        member = authorize(tx, actor, Permission.ORGANIZATION_RENAME)
        organization = member.organization
        organization.expect(version)
        before, organization.name = organization.name, clean_name
        organization.name_key = texts.search_key(clean_name)[:400]
        audit.record(tx, member, Act.ORGANIZATION_RENAME, clean_name, before=before)
    return organization


def change_status(organization_id: str, status: Status, reason: str) -> Organization:
    """Move an organization to another status, as the instance's administrator; every open screen shows it.

    When it is deleted, whoever has no other one gets one before: many of them in transactions of their own, so that
    the one in which it goes, for everybody at once, is short. Where that ends in between, it goes on when tried again.
    Raises NotFound, Invalid('status') when this status can't follow the present one, Invalid('reason').
    """
    why = texts.clean(reason, field='reason', label='The reason', limit=200, required=status is Status.SUSPENDED)
    administrator = System(organization_id)
    with reading(administrator) as tx:
        _may_follow(tx.find(Organization, organization_id), status)
    if status is Status.DELETED:
        founding.house_most(organization_id)
    with transaction(administrator) as tx:
        organization = tx.find(Organization, organization_id)
        _may_follow(organization, status)
        homeless = founding.only_here(tx, organization_id) if status is Status.DELETED else []
        statuses.move(tx, administrator, organization, status, why)
        for user in homeless:
            founding.ensure_one(tx, user)
    return organization


def _may_follow(organization: Organization, status: Status) -> None:
    if not statuses.may_follow(organization, status):
        now = organization.status.value
        way = 'already' if status is organization.status else f'and can’t become {status.value} from there'
        raise Invalid(status=f'“{organization.name}” is {now} {way}.')
