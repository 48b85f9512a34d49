"""Organizations: founding, listing, naming, and where they stand."""

from data.services.organizations.changing import change_status, create, rename
from data.services.organizations.listing import PORTION, OrganizationCard, card, choices, latest_of, portion
from data.services.organizations.looking import Overview, membership, overview, picture, whereabouts
