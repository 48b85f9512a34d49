"""What each role may do, as the application itself reads it."""

from components.kit.card import Fold
from components.members import matrix
from data.models import Role
from data.permissions import GRANTS, IN_USE


def roles_card() -> None:
    """The table of permissions, folded; a line for each group of them."""
    with Fold('What each role may do', hint='While an organization is restricted or suspended, less is allowed.'):
        lines = {', '.join(act.phrase for act in acts): [acts[0] in GRANTS[role] for role in Role] for acts in IN_USE}
        matrix([role.label for role in Role], {text[0].upper() + text[1:]: cells for text, cells in lines.items()})
