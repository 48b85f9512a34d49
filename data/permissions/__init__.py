"""Who may do what: permissions of roles, what a status leaves of them, and the check in every transaction."""

from data.permissions.authorize import Member, NearLimit, Trial, as_member, authorize, identify, refusal, standing
from data.permissions.recent import RECENT, held, proved, recently
from data.permissions.roles import GRANTS, IN_USE, Permission, known
from data.permissions.statuses import NEXT, STATUS_RULES, StatusRule
from data.permissions.verified import NOT_VERIFIED, is_unverified, verified
