"""Tax status of an organization: the tax id that the operator has looked up, and whether it is exempt."""

from sqlmodel import select

from data import clock
from data.database import System, TenantSession, constant, transaction
from data.models import BillingAddress, Organization, Subscription
from data.problems import Invalid
from data.services import audit
from data.services.audit import Act

_ADDRESS = constant(select(BillingAddress))
_SUBSCRIPTION = constant(select(Subscription))


def confirm_tax_id(organization_id: str) -> str:
    """Keep that the tax id on the billing address was looked up and is right, until another one is there; that id.

    Raises Invalid('organization') where there is none to confirm, NotFound, Unavailable.
    """
    by = System(organization_id)
    with transaction(by) as tx:
        organization, subscription = _of(tx, organization_id)
        address = tx.exec(_ADDRESS).first()
        if address is None or not address.tax_id:
            raise Invalid(organization=f'The billing address of {organization.name} has no tax ID to confirm.')
        if address.kind != 'company':
            raise Invalid(organization=f'{organization.name} is billed to a person: only that of a company counts.')
        if subscription.confirmed_tax_id != address.tax_id:
            subscription.confirmed_tax_id, subscription.confirmed_at = address.tax_id, clock.now()
            audit.record(tx, by, Act.BILLING_CONFIRM_TAX_ID, address.tax_id)
        return address.tax_id


def exempt(organization_id: str, *, is_exempt: bool = True) -> Organization:
    """Let no tax be on the invoices of an organization from the next one on, or let it be again.

    Raises Invalid('organization'), NotFound, Unavailable.
    """
    by = System(organization_id)
    with transaction(by) as tx:
        organization, subscription = _of(tx, organization_id)
        if subscription.is_exempt != is_exempt:
            subscription.is_exempt = is_exempt
            audit.record(tx, by, Act.BILLING_EXEMPT, after='not due' if is_exempt else 'due')
        return organization


def _of(tx: TenantSession, organization_id: str) -> tuple[Organization, Subscription]:
    organization, subscription = tx.find(Organization, organization_id), tx.exec(_SUBSCRIPTION).first()
    if subscription is None:
        raise Invalid(organization=f'{organization.name} has no plan, so there is no tax to decide about.')
    return organization, subscription
