"""Invoices: periods are closed, drafts become final and get their numbers, documents are made."""
