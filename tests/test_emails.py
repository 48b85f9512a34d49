"""One address has one key, whatever the spelling, and nothing but an address is one."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from data.inputs.emails import Email, parse
from data.problems import Invalid

LONG_DOMAIN = '.'.join(['d' * 60] * 3)


@pytest.mark.parametrize(
    ('typed', 'shown', 'key'),
    [
        ('a@example.com', 'a@example.com', 'a@example.com'),
        (' A.Bc@Example.COM\n', 'A.Bc@Example.COM', 'a.bc@example.com'),
        ('a+b@example.com', 'a+b@example.com', 'a+b@example.com'),
        ('A.B@gmail.com', 'A.B@gmail.com', 'a.b@gmail.com'),
        ('Postmaster@example.com', 'Postmaster@example.com', 'postmaster@example.com'),
        ('user@müller.de', 'user@müller.de', 'user@xn--mller-kva.de'),
        ('user@xn--mller-kva.de', 'user@xn--mller-kva.de', 'user@xn--mller-kva.de'),
        ('User@MÜLLER.de', 'User@müller.de', 'user@xn--mller-kva.de'),
        ('user@mu\u0308ller.de', 'user@müller.de', 'user@xn--mller-kva.de'),
        ('a@ｅxample.com', 'a@example.com', 'a@example.com'),
        ('anna@office.test', 'anna@office.test', 'anna@office.test'),
        ("o'neil&{x}@example.com", "o'neil&{x}@example.com", "o'neil&{x}@example.com"),
    ],
)
def test_an_address_is_shown_as_typed_and_compared_by_its_key(typed: str, shown: str, key: str) -> None:
    assert parse(typed) == Email(shown, key)


INVISIBLE = (
    '\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u061c\u180e\ufe0f'  # spaces, joiners, hyphens without a width
    '\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069'  # marks of direction (UAX #9)
)


@pytest.mark.parametrize('invisible', INVISIBLE, ids=ascii)
def test_characters_that_nobody_sees_are_no_part_of_an_address(invisible: str) -> None:
    for typed in ('{}a@b.example', 'a@b.example{}', '{}a@b.example{}', 'a{}@{}b.{}example', '{} a@b.example {}'):
        assert parse(typed.replace('{}', invisible)) == Email('a@b.example', 'a@b.example')
    assert parse(invisible.join('anna@müller.de')) == Email('anna@müller.de', 'anna@xn--mller-kva.de')


@pytest.mark.parametrize(
    'typed',
    [
        '\u00a0a@b.example\u00a0',
        '\u3000a@b.example\u2003',
        '\u202aa@b.example\u202c',
        '\ta@b.example\r\n',
        'mailto:a@b.example',
        'MAILTO: a@b.example',
        'mailto:a@b.example?subject=Hello%20there',
        'mailto:%61@b.example',
        'E-Mail: a@b.example',
        '<a@b.example>',
        '<mailto:a@b.example>',
        'Ann Lee <a@b.example>',
        '"Lee, Ann" <a@b.example>;',
        'Ann Lee <mailto:a@b.example>,',
        '"a@b.example"',
        "'a@b.example'",
        '“a@b.example”',
        '(a@b.example)',
        '[a@b.example].',
        'a@b.example.',
        'a@b.example,',
        'a@b.example;',
        'ａ＠ｂ．ｅｘａｍｐｌｅ',
        'a＠b.example',
        'a@b。example',
        'mailto://a@b.example',
        # as Outlook, Markdown and the headers of mails write it
        'a@b.example <mailto:a@b.example>',
        'a@b.example<mailto:A@b.example>',
        '[a@b.example](mailto:a@b.example)',
        'Ann Lee <a@b.example<mailto:a@b.example>>',
        'To: a@b.example',
        'SMTP:a@b.example',
        'Correo electrónico: a@b.example',
        'メール：a@b.example',
        '‹a@b.example›',
    ],
)
def test_what_is_copied_along_is_no_part_of_an_address(typed: str) -> None:
    assert parse(typed) == Email('a@b.example', 'a@b.example')


@pytest.mark.parametrize(
    'typed',
    [
        '',
        ' ',
        'anna',
        'a@localhost',
        'a@test',
        'a@example',
        'a@[127.0.0.1]',
        'a@[IPv6:::1]',
        'a@1.2.3.4',
        'a@printer.local',
        '.a@x.de',
        'a.@x.de',
        'a..b@x.de',
        '"q x"@x.de',
        '"a"@x.de',
        'a@b.c, evil@x.de',
        'a@x.de;b@x.de',
        'a@b@x.de',
        'a@b.c\r\nBcc: x@y.de',
        'a\x00@x.de',
        'a@-x.de',
        'a@x_y.de',
        'a b@x.de',
        '<img/src=x>@x.de',
        '\u212aim@x.de',
        'аnna@x.de',
        '\ud800@x.de',
        'a@\ud800.de',
        'a@xn--a.de',
        'a@نامه\u200cای.com',  # without its joiner it is another domain
        'Anna <a@x.de> <b@x.de>',
        'mailto:a@x.de,b@x.de',
        '<mailto:>',
        'mailto:a%00@x.de',
        '\u200b',
    ],
)
def test_everything_else_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as problem:
        parse(typed, field='address')
    assert list(problem.value.fields) == ['address']


def test_the_limits_are_those_of_smtp() -> None:
    assert parse('x' * 64 + '@example.com').key == 'x' * 64 + '@example.com'
    with pytest.raises(Invalid):
        parse('x' * 65 + '@example.com')
    longest = f'{"x" * 64}@{LONG_DOMAIN}.{"e" * 3}.de'
    assert len(longest) == 254
    assert parse(longest).key == longest
    with pytest.raises(Invalid, match='at most 254 characters'):
        parse(longest + 'e')
    with pytest.raises(Invalid):
        parse('x' * 64 + '@' + '.'.join(['ü' * 40] * 4) + '.de')  # short to look at, too long for the wire


@settings(deadline=None)
@given(st.one_of(st.text(st.characters(exclude_categories=())), st.emails()))
@example('a@faß.de')
@example('a@ΑΣ.gr')
def test_what_is_shown_leads_to_the_same_key(value: str) -> None:
    try:
        found = parse(value)
    except Invalid as problem:
        assert list(problem.fields) == ['email']
    else:
        assert parse(found.shown).key == parse(found.key).key == found.key
        assert found.key.isascii()
        assert found.key == found.key.lower()


@pytest.mark.parametrize('sign', ['\u2018', '\u2019', '\u02bc', '\u2032', '\uff07'], ids=ascii)
def test_an_apostrophe_that_a_text_processor_made_is_the_one_that_was_typed(sign: str) -> None:
    assert parse(f'o{sign}neil@x.example').key == "o'neil@x.example"
    assert parse(f'Ann O{sign}Neil <o{sign}neil@x.example>').key == "o'neil@x.example"


@pytest.mark.parametrize('sign', ['\u2010', '\u2011'], ids=ascii)
def test_a_hyphen_that_does_not_break_is_a_hyphen(sign: str) -> None:
    assert parse(f'ann{sign}lee@my{sign}shop.example').key == 'ann-lee@my-shop.example'


@pytest.mark.parametrize(
    'typed', ['a@b.example <mailto:c@b.example>', '[a@b.example](mailto:c@b.example)', 'https://a@b.c']
)
def test_two_addresses_are_not_one(typed: str) -> None:
    with pytest.raises(Invalid):
        parse(typed)


@pytest.mark.parametrize('address', ['=?utf-8?q?x?=@acme.test', 'a=?@acme.test'])
def test_an_address_that_mail_programs_decode_is_refused(address: str) -> None:
    with pytest.raises(Invalid, match='without ='):
        parse(address)


@pytest.mark.parametrize('typed', ['rené@example.com', 'иван@example.com', '李@example.com'])
def test_what_is_wrong_before_the_at_is_said(typed: str) -> None:
    with pytest.raises(Invalid, match='Before the @'):
        parse(typed)
