"""What each role may do, as the application itself reads it."""

from components.kit.card import Card
from components.members import matrix
from data.models import Role
from data.permissions import GRANTS, Permission


def roles_card() -> None:
    """The table of permissions, as the application itself reads it."""
    with Card('What each role may do', hint='The status of the organization can narrow this down for a while.'):
        acts = {act.phrase[0].upper() + act.phrase[1:]: [act in GRANTS[role] for role in Role] for act in Permission}
        matrix([role.label for role in Role], acts)
