"""What each role may do, as the application itself reads it, and the question before the one that may do everything."""

from components.kit.card import Fold
from components.kit.dialog import confirm
from components.members import matrix
from data.models import Role
from data.permissions import GRANTS, IN_USE


def roles_card() -> None:
    """The table of permissions, folded; a line for each group of them."""
    with Fold(
        'What each role may do',
        hint='While an organization is restricted, suspended or being deleted, less is allowed.',
    ):
        lines = {', '.join(act.phrase for act in acts): [acts[0] in GRANTS[role] for role in Role] for acts in IN_USE}
        matrix([role.label for role in Role], {text[0].upper() + text[1:]: cells for text, cells in lines.items()})


async def ask_to_appoint(role: str, who: str, action: str) -> bool:
    """Whether to go on: who makes somebody Owner is asked first, for an Owner may turn everybody out."""
    if role != Role.OWNER:
        return True
    sentence = 'As Owner, {who} may do everything here: appoint other Owners, change your role, and remove you.'
    return await confirm(f'{action}?', sentence, action=action, who=who)
