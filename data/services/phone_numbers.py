"""Phone numbers of one organization: no number twice, one primary as long as there are any."""

from collections.abc import Mapping

from sqlmodel import col, func, select, update

from data import problems
from data.database import Actor, TenantSession, constant, reading, transaction
from data.inputs import phones, texts
from data.models import PhoneNumber, Purpose
from data.permissions import Permission, authorize
from data.problems import Invalid
from data.services import audit, sureness
from data.services.audit import Act

PHONE_LIMIT = 20
"""How many numbers an organization can have."""

_GONE = 'This phone number is no longer here.'
_NUMBERS = constant(select(PhoneNumber).order_by(col(PhoneNumber.is_primary).desc(), col(PhoneNumber.created_at)))


def of_organization(actor: Actor) -> list[PhoneNumber]:
    """All numbers, the primary one first. Raises NotFound, SignedOut."""
    with reading(actor) as tx:
        authorize(tx, actor, Permission.ORGANIZATION_VIEW)
        return list(tx.exec(_NUMBERS))


def add(actor: Actor, values: Mapping[str, object]) -> PhoneNumber:
    """Add a number; the first one becomes the primary.

    `values`: number, country, label, purpose, and `sure`: fields that are right though they look wrong. Raises Invalid
    at the field, Doubtful where only `sure` is missing, Forbidden, NotFound, SignedOut.
    """
    phone, doubts, label, purpose = _checked(values)
    with transaction(actor) as tx:
        member = authorize(tx, actor, Permission.PHONE_MANAGE)
        in_spite = sureness.overruled(doubts, values)
        _refuse_duplicate(tx, phone.e164)
        count = tx.exec(select(func.count()).select_from(PhoneNumber)).one()
        if count >= PHONE_LIMIT:
            raise Invalid(number=f'An organization can have {PHONE_LIMIT} numbers. Remove one first.')
        row = PhoneNumber(
            organization_id=actor.organization_id,
            e164=phone.e164,
            country=phone.country,
            label=label,
            purpose=purpose,
            is_primary=count == 0,
        )
        tx.add(row)
        audit.record(tx, member, Act.PHONE_ADD, row.e164, subject=row.id, **in_spite)
    return row


def change(actor: Actor, phone_id: str, values: Mapping[str, object], *, version: int) -> PhoneNumber:
    """Correct a number, its label or its purpose.

    Raises as `add` does, but of the number that is stored it has no doubts, and Stale.
    """
    phone, doubts, label, purpose = _checked(values)
    with transaction(actor) as tx:
        member = authorize(tx, actor, Permission.PHONE_MANAGE)
        row = tx.find(PhoneNumber, phone_id, _GONE)
        row.expect(version)
        in_spite = sureness.overruled(doubts if phone.e164 != row.e164 else {}, values)
        _refuse_duplicate(tx, phone.e164, but=row.id)
        row.e164, row.country, row.label, row.purpose = phone.e164, phone.country, label, purpose
        audit.record(tx, member, Act.PHONE_CHANGE, row.e164, subject=row.id, **in_spite)
    return row


def make_primary(actor: Actor, phone_id: str) -> None:
    """Make this number the primary one instead of the present one. Raises Forbidden, NotFound, SignedOut."""
    with transaction(actor) as tx:
        member = authorize(tx, actor, Permission.PHONE_MANAGE)
        row = tx.find(PhoneNumber, phone_id, _GONE)
        _let_be_primary(tx, row)
        audit.record(tx, member, Act.PHONE_MAKE_PRIMARY, row.e164, subject=row.id)


def remove(actor: Actor, phone_id: str) -> None:
    """Remove a number; the oldest one left takes over as primary. Raises Forbidden, NotFound, SignedOut."""
    with transaction(actor) as tx:
        member = authorize(tx, actor, Permission.PHONE_MANAGE)
        row = tx.find(PhoneNumber, phone_id, _GONE)
        tx.delete(row)
        tx.flush()
        if row.is_primary and (heir := tx.exec(select(PhoneNumber).order_by(col(PhoneNumber.created_at))).first()):
            _let_be_primary(tx, heir)
        audit.record(tx, member, Act.PHONE_REMOVE, row.e164, subject=row.id)


def _checked(values: Mapping[str, object]) -> tuple[phones.Phone, dict[str, str], str, Purpose]:
    """What a person says about a number, and the doubts about it; every wrong one is named at once."""
    values = values if isinstance(values, Mapping) else {}
    with problems.collect() as checks:
        phone, doubt = checks.of(phones.read, values.get('number'), values.get('country')) or (None, '')
        label = checks.of(_label, values.get('label'))
        purpose = checks.of(_purpose, values.get('purpose'))
        doubts = {'number': doubt} if doubt else {}
        if checks.wrong:
            checks.wrong = {**doubts, **checks.wrong}
    return phone, doubts, label, purpose


def _label(value: object) -> str:
    text = '' if value is None else value
    return texts.clean(text, field='label', label='The label', limit=40, required=False)


def _purpose(value: object) -> Purpose:
    try:
        return Purpose(value)  # type: ignore[arg-type]  # it comes from a browser and may be anything
    except ValueError:
        raise Invalid(purpose='Choose what this number is for.') from None


def _refuse_duplicate(tx: TenantSession, e164: str, *, but: str = '') -> None:
    same = select(PhoneNumber.id).where(PhoneNumber.e164 == e164, PhoneNumber.id != but)
    with tx.no_autoflush:  # the row is written once, with all that changes in it
        is_taken = tx.exec(same).first() is not None
    if is_taken:
        raise Invalid(number='This number is already in the list.')


def _let_be_primary(tx: TenantSession, row: PhoneNumber) -> None:
    tx.exec(update(PhoneNumber).values(is_primary=False))
    tx.flush()
    row.is_primary = True
