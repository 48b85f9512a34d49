"""Codes of authenticator apps and recovery codes: each once, a step early or late at most, however they are typed."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pyotp
import pytest

from data.problems import Invalid
from data.security import recovery, totp

SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
NOW = datetime(2026, 3, 1, 12, 0, 10, tzinfo=UTC)
STEP = int(NOW.timestamp()) // 30
WRONG_TYPES: list[Any] = [None, True, 123456, 1.5, b'123456', [], ['123456'], {}, '', ' ', '12345', '1234567', '12345a']


def code(steps: int = 0, at: datetime = NOW) -> str:
    """What an app shows that is so many steps ahead."""
    return pyotp.TOTP(SECRET).at(at, counter_offset=steps)


def why(typed: object, last_step: int = 0) -> str:
    with pytest.raises(Invalid) as problem:
        totp.step_of(SECRET, typed, NOW, last_step)
    assert list(problem.value.fields) == ['code']
    return problem.value.fields['code']


def test_it_is_what_the_standard_says() -> None:
    secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'  # RFC 6238, appendix B; its last six digits
    for seconds, shown in [(59, '287082'), (1111111109, '081804'), (20000000000, '353130')]:
        at = datetime.fromtimestamp(seconds, UTC)
        assert totp.step_of(secret, shown, at, 0) == seconds // 30


def test_secrets_are_random_and_long_enough() -> None:
    secrets = {totp.new_secret() for _ in range(20)}
    assert len(secrets) == 20
    assert all(len(pyotp.TOTP(secret).byte_secret()) == 20 for secret in secrets)


@pytest.mark.parametrize('account', ['olga@example.com', 'ol&ga=1?secret=x#@example.com', 'münchen@bücher.example'])
def test_the_app_lists_it_under_our_name_and_the_address(account: str) -> None:
    parts = urlsplit(totp.uri(SECRET, account))
    assert (parts.scheme, parts.netloc, unquote(parts.path)) == ('otpauth', 'totp', f'/Botcadence:{account}')
    assert parse_qs(parts.query, strict_parsing=True) == {'secret': [SECRET], 'issuer': ['Botcadence']}


@pytest.mark.parametrize('steps', [-1, 0, 1])
def test_a_clock_may_be_a_step_early_or_late(steps: int) -> None:
    assert totp.step_of(SECRET, code(steps), NOW, 0) == STEP + steps


@pytest.mark.parametrize('steps', [-20, -3, -2, 2, 3, 20])
def test_and_no_more(steps: int) -> None:
    assert 'right time' in why(code(steps))


def test_a_code_is_taken_once_and_none_before_it() -> None:
    taken = totp.step_of(SECRET, code(), NOW, 0)
    assert 'used already' in why(code(), taken)
    assert 'used already' in why(code(-1), taken)
    assert totp.step_of(SECRET, code(1), NOW, taken) == taken + 1
    assert 'used already' in why(code(), taken + 1)


def test_what_was_taken_in_a_future_that_was_a_wrong_clock_is_not_taken_again() -> None:
    assert 'used already' in why(code(1), STEP + 100)


@pytest.mark.parametrize(
    'typed', ['{} {}', ' {}{} ', '{}-{}', '{}\u2009{}', '\t{}\xa0{}\n', '{}–{}', '\u202f{}{}', '- {} - {} -']
)
def test_spaces_don_t_count(typed: str) -> None:
    digits = code()
    assert totp.step_of(SECRET, typed.format(digits[:3], digits[3:]), NOW, 0) == STEP


@pytest.mark.parametrize('zero', ['٠', '۰', '०', '０', '𝟎'])
def test_digits_of_any_script_count(zero: str) -> None:
    typed = ''.join(chr(ord(zero) + int(digit)) for digit in code())
    assert totp.step_of(SECRET, typed, NOW, 0) == STEP


@pytest.mark.parametrize('typed', [*WRONG_TYPES, '1' * 10**6, '²²²²²²', '①②③④⑤⑥', '12345\x00', '+12345', '12_345'])
def test_anything_else_is_no_code(typed: Any) -> None:
    assert why(typed) == 'Enter the 6 digits that your app shows.'
    assert not totp.is_like(typed)


def test_the_beginning_of_time_is_no_trap() -> None:
    assert totp.step_of(SECRET, code(at=datetime.fromtimestamp(3, UTC)), datetime.fromtimestamp(3, UTC), -1) == 0


def test_guessing_gets_nowhere() -> None:
    """Three codes of a million are right at any moment: that is what the throttle multiplies."""
    right = {code(steps) for steps in (-1, 0, 1)}
    taken = 0
    for number in range(0, 10**6, 997):
        try:
            totp.step_of(SECRET, f'{number:06}', NOW, 0)
            taken += 1
        except Invalid:
            assert f'{number:06}' not in right
    assert taken <= 3


def test_time_zones_do_not_matter() -> None:
    for hours in (-11, 5.5, 13):
        there = NOW.astimezone(timezone(timedelta(hours=hours)))
        assert totp.step_of(SECRET, code(), there, 0) == STEP


# recovery codes ------------------------------------------------------------------------------------------------------


def test_ten_codes_of_a_hundred_and_twenty_bits_that_can_be_read_from_paper() -> None:
    codes = recovery.new_codes() + recovery.new_codes()
    assert len(set(codes)) == 20
    letters = set(''.join(codes)) - {'-'}
    assert letters <= set('0123456789abcdefghjkmnpqrstvwxyz') and len(letters) > 28
    assert all([len(group) for group in each.split('-')] == [4] * 6 for each in codes)


def test_a_code_is_known_however_it_is_typed() -> None:
    written = '0o1l-abcd-wxyz-2345-6789-efgh'.replace('o', '0').replace('l', '1')
    kept = recovery.hash_of(written)
    assert len(kept) == 64 and written not in kept
    for typed in [
        written.upper(),
        written.replace('-', ''),
        written.replace('-', ' '),
        f'  {written}\n',
        'OOIL-abcd-wxyz-2345-6789-efgh',
        'ooil–abcd‑wxyz 2345 6789EFGH',
    ]:
        assert recovery.hash_of(typed) == kept, typed


@pytest.mark.parametrize('typed', [*WRONG_TYPES, 'u' * 24, 'a' * 23, 'a' * 25, 'ß' * 12, 'a' * 10**6, 'é' + 'a' * 23])
def test_anything_else_is_no_recovery_code(typed: Any) -> None:
    assert recovery.hash_of(typed) == ''
