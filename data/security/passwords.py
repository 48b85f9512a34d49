"""Passwords: which ones are good enough, and the only place that hashes and compares them (libpass, argon2id)."""

import os
import re
import threading
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from data.inputs import texts
from data.problems import Invalid, collect

if TYPE_CHECKING:
    from passlib.context import CryptContext

_SHORTEST = 8  # NIST SP 800-63B-4 3.1.1.2, ASVS 6.2.1
_LONGEST = 128
_TYPED = 4 * _LONGEST  # characters that are looked at before they are composed: a letter with three marks is four
_JUDGED = 20  # characters; zxcvbn tries every reading of 4, @, 1, …: 20 take it 60 ms at worst, 72 take 3.6 s
_GOOD_SCORE = 2  # of 4: more than a million guesses
_LISTED = 'listed'  # all of zxcvbn's lists in one
_PRODUCT = ('botcadence', 'bot cadence', 'cadence')

_parameters: dict[str, Any] = {  # OWASP's minimum: 19 MiB, two passes, one lane
    'argon2__type': 'id',
    'argon2__memory_cost': 19_456,
    'argon2__time_cost': 2,
    'argon2__parallelism': 1,
}
_hashing = threading.BoundedSemaphore(max(1, (os.cpu_count() or 1) - 1))  # one core stays for those who work
_judging = threading.Lock()  # zxcvbn keeps the person's own words in a dictionary that all its calls share

_TOO_LONG = f'Use at most {_LONGEST} characters.'
_ADVICE = 'Use a few words that nobody would expect together.'
_REASONS = {
    'repeat': 'Repeated characters or words are easy to guess.',
    'sequence': 'Sequences like abcd or 1234 are easy to guess.',
    'spatial': 'Rows of neighboring keys are easy to guess.',
    'date': 'Dates are easy to guess.',
    'regex': 'Years are easy to guess.',
    'passwords': 'Too many people use a password like this.',
    'user_inputs': 'Your email address and our name are easy to guess.',
    'surnames': 'Names are easy to guess.',
    'male_names': 'Names are easy to guess.',
    'female_names': 'Names are easy to guess.',
    'english_wikipedia': 'A single word is easy to guess.',
    'us_tv_and_film': 'A single word is easy to guess.',
}


def check_new(password: object, *, email: str, field: str = 'password') -> str:
    """The password as it is kept and compared: 8 to 128 code points, any characters, and not too easy to guess.

    Raises Invalid(field) with the reason. No rules on which characters to mix, nothing is cut, folded or left out
    (NIST SP 800-63B-4 3.1.1.2, ASVS 6.2.4, 6.2.5, 6.2.8, 6.2.11). Only what looks the same and is the same to Unicode
    is one: an é is one sign on some keyboards and two on others, and NFC makes one of both, here and when it is
    compared (RFC 8265, 4.2.2). NFKC would also make ² a 2, which is another password.
    """
    if not isinstance(password, str) or not password:
        raise Invalid(**{field: 'Enter a password.'})
    if len(password) > _TYPED:
        raise Invalid(**{field: _TOO_LONG})
    password = unicodedata.normalize('NFC', password)
    if reason := _unfit(password) or _resemblance(password, email) or _weakness(password, email):
        raise Invalid(**{field: reason})
    return password


def check_pair(password: object, confirmation: object, *, email: str) -> str:
    """The same for one that is typed twice. Raises one Invalid with all that is wrong of it and of 'confirmation'."""
    with collect() as checks:
        secret = checks.of(check_new, password, email=email)
        if confirmation != password:
            checks.wrong['confirmation'] = 'The two passwords are not the same.'
    return secret


def hash(password: str) -> str:
    """The password as an argon2id hash in PHC form; raises Invalid('password') for what can't be one.

    Takes about 25 ms of a processor: call it in a thread, outside of any transaction.
    """
    forms = _forms(password)
    if not forms:
        raise Invalid(**{'password': 'Enter a password.'})
    with _hashing:
        return str(_context().hash(forms[0]))


def verify(password: object, stored: str | None) -> tuple[bool, str | None]:
    """Whether the password is the stored one, and a new hash to keep when the stored one is weaker than today's.

    Takes as long when nothing is stored or the password can't be right, so the time tells nobody who has an account.
    Passwords were kept as they were typed before they were composed: one with marks is tried in both forms, and kept in
    the one of today once it is right.
    """
    forms = _forms(password)
    with _hashing:
        context = _context()
        if not forms or not isinstance(stored, str):
            return any([context.dummy_verify() for _ in forms or ('',)]), None
        try:
            right = [form for form in forms if context.verify(form, stored)]
        except ValueError:  # not a hash, or one of a scheme that we don't take
            return any([context.dummy_verify() for _ in forms]), None
        is_as_today = bool(right) and right[0] == forms[0] and not _is_weaker(stored)
        return bool(right), None if not right or is_as_today else str(context.hash(forms[0]))


def warm_up() -> None:
    """Load the libraries, so that the first person waits no longer than the next, and nobody else with them."""
    with _hashing:
        _context()
    with _judging:
        _judge()


def configure(memory_cost: int, time_cost: int) -> None:
    """Hash with this much memory (KiB) and this many passes from now on; for tests, which have no time for more."""
    _parameters.update(argon2__memory_cost=memory_cost, argon2__time_cost=time_cost)
    _context.cache_clear()


@cache
def _context() -> 'CryptContext':
    from passlib.context import CryptContext

    context = CryptContext(schemes=['argon2'], **_parameters)
    context.dummy_verify()  # makes the dummy hash: a stranger waits no longer than a member, not even the first one
    return context


def _is_weaker(stored: str) -> bool:
    """libpass calls a stronger hash outdated too; following it, a lowered setting would weaken everybody's."""
    from passlib.hash import argon2

    used = argon2.from_string(stored)
    effort = _parameters['argon2__memory_cost'] * _parameters['argon2__time_cost']
    return bool(used.type != 'id' or used.memory_cost * used.rounds < effort)


def _forms(password: object) -> tuple[str, ...]:
    """The ways in which a password may be stored, that of today first; none of what can't be one."""
    if not isinstance(password, str) or len(password) > _TYPED:
        return ()
    composed = unicodedata.normalize('NFC', password)
    if len(composed) > _LONGEST or _has_surrogate(composed):
        return ()
    return tuple(dict.fromkeys((composed, unicodedata.normalize('NFD', password), password)))


def _has_surrogate(text: str) -> bool:
    return any('\ud800' <= character <= '\udfff' for character in text)


def _unfit(password: str) -> str:
    if len(password) < _SHORTEST:
        return f'Use at least {_SHORTEST} characters.'
    if len(password) > _LONGEST:
        return _TOO_LONG
    if _has_surrogate(password):
        return 'This password contains half a character. Type it instead of pasting it.'
    return ''


def _resemblance(password: str, email: str) -> str:
    """A reason where most letters and digits of the password come from the address or the product's name."""
    plain = rest = _plain(password)
    for word in sorted(map(_plain, _own_words(email)), key=len, reverse=True):
        rest = rest.replace(word, '')
    if len(rest) * 2 >= len(plain):
        return ''
    return f'{_REASONS["user_inputs"]} {_ADVICE}'


def _weakness(password: str, email: str) -> str:
    """A reason where zxcvbn needs too few guesses for the beginning of the password."""
    period = (password * 2).find(password, 1)  # a cut within a repeated word would look like something new
    judged = password[: max(1, _JUDGED // period) * period][:_JUDGED]
    with _judging:
        estimate = _judge()(judged, user_inputs=_own_words(email))
    if estimate['score'] >= _GOOD_SCORE:
        return ''
    longest = max(estimate['sequence'], key=lambda match: len(match['token']))
    return f'{_REASONS.get(_kind(longest), "This password is easy to guess.")} {_ADVICE}'


@cache
def _judge() -> Callable[..., dict[str, Any]]:
    """zxcvbn with all its lists in one: it looks for every piece of a password in each of them, several times.

    Call it as the only one who judges: zxcvbn has its lists once.
    """
    from zxcvbn import matching, zxcvbn

    ranks: dict[str, int] = {}
    for words in matching.RANKED_DICTIONARIES.values():
        ranks |= {word: rank for word, rank in words.items() if rank < ranks.get(word, rank + 1)}
    matching.RANKED_DICTIONARIES.clear()
    matching.RANKED_DICTIONARIES[_LISTED] = ranks
    judge: Callable[..., dict[str, Any]] = zxcvbn
    return judge


def _kind(match: dict[str, Any]) -> str:
    """What zxcvbn has found: a pattern, or the list that a word is on."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    name = str(match.get('dictionary_name', match['pattern']))
    if name != _LISTED:
        return name
    lists: dict[str, list[str]] = FREQUENCY_LISTS
    place = slice(match['rank'] - 1, match['rank'])
    return next(name for name, words in lists.items() if words[place] == [match['matched_word']])


def _own_words(email: str) -> list[str]:
    address = texts.search_key(email)
    local = address.partition('@')[0]
    parts = [part for part in re.split(r'[\W_]+', address) if len(part) > 2]
    return [word for word in (address, local, _plain(local), *parts, *_PRODUCT) if len(word) > 2]


def _plain(text: str) -> str:
    return re.sub(r'[\W_]', '', texts.search_key(text))
