"""Unanswered questions: what visitors ask and the knowledge says nothing about, until somebody writes the answer."""

from data.services.unanswered.changing import AnswerWritten, dismiss, reopen, write
from data.services.unanswered.collecting import close, collect, forget
from data.services.unanswered.looking import PORTION, UnansweredQuestion, UnansweredQuestions, counts_of, portion
