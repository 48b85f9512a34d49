"""Passages: what the sources of a project say, in pieces that are found by their words."""

from data.services.passages.finding import Found, Hit, find
from data.services.passages.pieces import (
    LONGEST,
    MOST,
    Piece,
    changed,
    forget,
    language_around,
    prepared,
    stems_of,
    write,
    write_answer,
)
from data.services.passages.words import small_talk
