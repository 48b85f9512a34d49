"""Projects of one organization: what they are called, where each stands, and which of them work."""

from data.services.projects.changing import change, create
from data.services.projects.ending import archive, delete, erase, erase_due, reopen, restore
from data.services.projects.looking import (
    PORTION,
    ProjectCard,
    Projects,
    ProjectStates,
    ProjectView,
    get,
    portion,
    states,
)
from data.services.projects.standing import KEPT, PROJECT_RULES, OtherStatus
