"""Secrets: passwords, and tokens in links."""
