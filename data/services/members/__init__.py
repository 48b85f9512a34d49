"""Members: the people of an organization, their roles, and who leaves."""

from data.services.members.changing import ALWAYS_AN_OWNER, LAST_OWNER, change_role, leave, remove, touch
from data.services.members.listing import PORTION, Order, People, Person, owners, portion
