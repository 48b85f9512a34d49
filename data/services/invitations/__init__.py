"""Invitations: offers of a role to an e-mail address, and the answers to them."""

from data.services.invitations.answering import Closed, Offer, SomebodyElse, accept, decline, look
from data.services.invitations.links import Dead
from data.services.invitations.listing import PORTION, Pending, portion
from data.services.invitations.sending import (
    GOOD_FOR,
    change_role,
    check,
    invite,
    link,
    resend,
    revoke,
    revoke_of,
)
from data.services.invitations.verdicts import Judged, Verdict
