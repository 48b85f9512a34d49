"""Unanswered questions: what visitors ask and the knowledge says nothing about, until somebody writes the answer."""

from data.services.unanswered.collecting import close, collect, forget
