"""What each role may do, as the application itself reads it."""

from components.kit.card import Card
from components.members import matrix
from data.models import Role
from data.permissions import GRANTS, Permission


def roles_card() -> None:
    """The table of permissions, as the application itself reads it."""
    with Card('What each role may do', hint='The status of the organization can narrow this down for a while.'):
        acts = {it.phrase[0].upper() + it.phrase[1:]: [it in GRANTS[role] for role in Role] for it in Permission}
        matrix([role.label for role in Role], acts)
