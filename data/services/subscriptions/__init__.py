"""Subscriptions: the plan of an organization, what it will be, and what that costs."""
