"""Phone numbers of one organization: no number twice, one primary as long as there are any."""

from collections.abc import Mapping

from sqlmodel import col, func, select, update

from data.database import Actor, TenantSession, reading, transaction
from data.inputs import phones, texts
from data.models import PhoneNumber, Purpose, is_id
from data.permissions import Permission, authorize
from data.problems import Invalid, NotFound, Stale
from data.services import audit
from data.services.audit import Act

LIMIT = 20
"""How many numbers an organization can have."""


def of_organization(actor: Actor) -> list[PhoneNumber]:
    """All numbers, the primary one first. Raises NotFound, SignedOut."""
    with reading(actor) as tx:
        authorize(tx, actor, Permission.ORGANIZATION_VIEW)
        order = col(PhoneNumber.is_primary).desc(), col(PhoneNumber.created_at)
        return list(tx.exec(select(PhoneNumber).order_by(*order)))


def add(actor: Actor, values: Mapping[str, object]) -> PhoneNumber:
    """Add a number; the first one becomes the primary.

    `values`: number, country, label, purpose. Raises Invalid at the field, Forbidden, NotFound, SignedOut.
    """
    phone, label, purpose = _checked(values)
    with transaction(actor) as tx:
        member = authorize(tx, actor, Permission.PHONE_MANAGE)
        _refuse_duplicate(tx, phone.e164)
        count = tx.exec(select(func.count()).select_from(PhoneNumber)).one()
        if count >= LIMIT:
            raise Invalid(number=f'An organization can have {LIMIT} numbers. Remove one first.')
        row = PhoneNumber(
            organization_id=actor.organization_id,
            e164=phone.e164,
            country=phone.country,
            label=label,
            purpose=purpose,
            is_primary=count == 0,
        )
        tx.add(row)
        audit.record(tx, member, Act.PHONE_ADD, row.e164, subject=row.id)
    return row


def change(actor: Actor, phone_id: str, values: Mapping[str, object], *, version: int) -> PhoneNumber:
    """Correct a number, its label or its purpose.

    Raises Invalid at the field, Stale, Forbidden, NotFound, SignedOut.
    """
    phone, label, purpose = _checked(values)
    with transaction(actor) as tx:
        member = authorize(tx, actor, Permission.PHONE_MANAGE)
        row = _of(tx, phone_id)
        if row.version != version:
            raise Stale
        _refuse_duplicate(tx, phone.e164, but=row.id)
        row.e164, row.country, row.label, row.purpose = phone.e164, phone.country, label, purpose
        row.version += 1
        audit.record(tx, member, Act.PHONE_CHANGE, row.e164, subject=row.id)
    return row


def make_primary(actor: Actor, phone_id: str) -> None:
    """Make this number the primary one instead of the present one. Raises Forbidden, NotFound, SignedOut."""
    with transaction(actor) as tx:
        member = authorize(tx, actor, Permission.PHONE_MANAGE)
        row = _of(tx, phone_id)
        _let_be_primary(tx, row)
        audit.record(tx, member, Act.PHONE_MAKE_PRIMARY, row.e164, subject=row.id)


def remove(actor: Actor, phone_id: str) -> None:
    """Remove a number; the oldest one left takes over as primary. Raises Forbidden, NotFound, SignedOut."""
    with transaction(actor) as tx:
        member = authorize(tx, actor, Permission.PHONE_MANAGE)
        row = _of(tx, phone_id)
        tx.delete(row)
        tx.flush()
        if row.is_primary and (heir := tx.exec(select(PhoneNumber).order_by(col(PhoneNumber.created_at))).first()):
            _let_be_primary(tx, heir)
        audit.record(tx, member, Act.PHONE_REMOVE, row.e164, subject=row.id)


def _checked(values: Mapping[str, object]) -> tuple[phones.Phone, str, Purpose]:
    """The three things a person says about a number; every wrong one is named at once."""
    values = values if isinstance(values, Mapping) else {}
    wrong: dict[str, str] = {}
    phone, label, said = phones.Phone('', ''), '', values.get('label')
    try:
        phone = phones.parse(values.get('number'), values.get('country'))
    except Invalid as error:
        wrong |= error.fields
    try:
        label = texts.clean('' if said is None else said, field='label', label='The label', limit=40, required=False)
    except Invalid as error:
        wrong |= error.fields
    purpose = next((purpose for purpose in Purpose if purpose == values.get('purpose')), None)
    if purpose is None:
        wrong['purpose'] = 'Choose what this number is for.'
    if wrong or purpose is None:
        raise Invalid(**wrong)
    return phone, label, purpose


def _of(tx: TenantSession, phone_id: str) -> PhoneNumber:
    row = tx.exec(select(PhoneNumber).where(PhoneNumber.id == phone_id)).first() if is_id(phone_id) else None
    if row is None:
        raise NotFound('This phone number is no longer here.')
    return row


def _refuse_duplicate(tx: TenantSession, e164: str, *, but: str = '') -> None:
    if tx.exec(select(PhoneNumber.id).where(PhoneNumber.e164 == e164, PhoneNumber.id != but)).first():
        raise Invalid(number='This number is already in the list.')


def _let_be_primary(tx: TenantSession, row: PhoneNumber) -> None:
    tx.exec(update(PhoneNumber).values(is_primary=False))
    tx.flush()
    row.is_primary = True
