"""The chat on a customer's site: its button, its frame, and what visitors do there. Visitors have no account."""

from pages.widget.site import Site
