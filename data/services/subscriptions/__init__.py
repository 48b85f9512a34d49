"""Subscriptions: which plan an organization has, what follows, the periods that it is billed by, and its limits.

Days are those of `data.services.usage.days`. Without a catalogue there is nothing of it, and nobody notices.
"""

from data.services.subscriptions.advancing import advance, begin, period_of, present
from data.services.subscriptions.following import follow_limits, is_trial, span_of
from data.services.subscriptions.holding import Held, held, of, plan_of
from data.services.subscriptions.looking import State, SubscriptionView, standing
from data.services.subscriptions.previewing import OverLimit, Preview, preview
from data.services.subscriptions.switching import cancel, choose, resume, set_reference
