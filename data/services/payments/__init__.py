"""Payments: what was paid and credited, and what follows where it was not."""
