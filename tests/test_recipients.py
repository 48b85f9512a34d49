"""Addresses are found in whatever people paste, each once, with the name beside it; what is none is said."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.inputs import emails, recipients
from data.inputs.recipients import MOST, MOST_LEFT_OUT, NO_ADDRESS
from data.problems import Invalid

A, B, C = (f'{name}@x.example' for name in ('ann', 'bob', 'cleo'))


def named(text: str) -> list[tuple[str, str]]:
    """The addresses in a text, each with its name; nothing may have been left out."""
    found = recipients.parse(text)
    assert [it.problem for it in found] == [''] * len(found)
    return [(it.text, it.name) for it in found]


def left_out(text: str) -> list[str]:
    return [it.text for it in recipients.parse(text) if it.problem]


@pytest.mark.parametrize(
    ('text', 'expected'),
    [
        # spreadsheets
        (f'Ann\tLee\t{A}', [(A, 'Ann Lee')]),
        (f'Ann\tLee\t{A}\tSales\r\nBob\tRay\t{B}\tOps\r\n', [(A, 'Ann Lee'), (B, 'Bob Ray')]),
        (f'{A}\tAnn\tLee\n{B}\tBob\tRay', [(A, 'Ann Lee'), (B, 'Bob Ray')]),
        (f'12\tAnn Lee\t{A}\t+49 30 901820', [(A, 'Ann Lee')]),
        (f'Müller, Jörg\t{A}', [(A, 'Müller Jörg')]),
        (f'Ann\t{A}\tBob\t{B}', [(A, 'Ann'), (B, 'Bob')]),
        # CSV
        (f'"Ann";"Lee";"{A}"', [(A, 'Ann Lee')]),
        (f'Ann,Lee,{A}\nBob,Ray,{B}', [(A, 'Ann Lee'), (B, 'Bob Ray')]),
        (f'{A},"Lee, Ann"\n{B},"Ray, Bob"', [(A, 'Lee, Ann'), (B, 'Ray, Bob')]),
        (f'Ann;{A}\nBob;{B}', [(A, 'Ann'), (B, 'Bob')]),
        (f'| Ann Lee | {A} |', [(A, 'Ann Lee')]),
        # bullets and numbers
        (f'- {A}\n* {B}\n• {C}', [(A, ''), (B, ''), (C, '')]),
        (f'1. {A}\n2) {B}\n(3) {C}', [(A, ''), (B, ''), (C, '')]),
        (f'-{A}\n•{B}\n·{C}', [(A, ''), (B, ''), (C, '')]),
        (f'- Ann Lee: {A}\n- Bob: {B}', [(A, 'Ann Lee'), (B, 'Bob')]),
        # mail programs
        (f'Cleo Park {C}', [(C, 'Cleo Park')]),
        (f'"Park, Cleo" <{C}>', [(C, 'Park, Cleo')]),
        (f'Park, Cleo <{C}>, Ann <{A}>', [(C, 'Park, Cleo'), (A, 'Ann')]),
        (f'Ann Lee <{A}>; Bob <{B}>', [(A, 'Ann Lee'), (B, 'Bob')]),
        (f"'Ann Lee' <{A}>", [(A, 'Ann Lee')]),
        (f'To: Ann Lee <{A}>, Bob <{B}>\nCc: {C}', [(A, 'Ann Lee'), (B, 'Bob'), (C, '')]),
        (f'{C} (Cleo)', [(C, 'Cleo')]),
        (f'{A} (Ann Lee), {B} (Bob)', [(A, 'Ann Lee'), (B, 'Bob')]),
        (f'{A} <mailto:{A}>', [(A, '')]),
        (f'mailto:{A}?subject=Hello', [(A, '')]),
        (f'[Ann](mailto:{A}), <a href="mailto:{B}">', [(A, 'Ann'), (B, '')]),
        (f'Lee, Ann (External) <{A}>; Ray, Bob (Sales) <{B}>', [(A, 'Lee, Ann'), (B, 'Ray, Bob')]),
        (f'Ann Lee (CEO): {A}', [(A, 'Ann Lee')]),
        (f'Ann Lee &lt;{A}&gt;; Bob &lt;{B}&gt;', [(A, 'Ann Lee'), (B, 'Bob')]),
        (f'Ann&nbsp;Lee &#60;{A}&#x3E;', [(A, 'Ann Lee')]),
        ('a&amp;b@x.example, o&copy@x.example', [('a&b@x.example', ''), ('o&copy@x.example', '')]),
        (f'SMTP:{A};smtp:{B}', [(A, ''), (B, '')]),
        (f'Correo: {A}\nCourriel : {B}\n邮箱：{C}', [(A, ''), (B, ''), (C, '')]),
        (f'https://x.example/?email={A}&id=3', [(A, '')]),
        # visiting cards (vCard 3 and 4: RFC 2426, RFC 6350)
        (
            f'BEGIN:VCARD\r\nVERSION:3.0\r\nN:Lee;Ann;;;\r\nFN:Ann Lee\r\nEMAIL;TYPE=INTERNET;TYPE=WORK:{A}\r\n'
            f'TEL:+1 202 555 0143\r\nEND:VCARD\r\nBEGIN:VCARD\r\nFN:Ray\\, Bob\r\nitem1.EMAIL:{B}\r\nEND:VCARD',
            [(A, 'Ann Lee'), (B, 'Ray, Bob')],
        ),
        (f'BEGIN:VCARD\nEMAIL:{A}\nEND:VCARD\nBob {B}', [(A, ''), (B, 'Bob')]),
        (f'BEGIN:VCARD\nEMAIL:{A}\nFN:Ann\n  Lee\nEND:VCARD', [(A, 'Ann Lee')]),
        # guests of an event, in lines that are bent (iCalendar: RFC 5545)
        (
            f'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nORGANIZER;CN=Ann Lee:mailto:{A}\r\n'
            f'ATTENDEE;CN="Ray, Bob";RSVP=TRUE:mailto:{B}\r\nATTENDEE;ROLE=REQ-PARTICIPANT;CN={C[:9]}\r\n {C[9:]}'
            f';X-NUM-GUESTS=0:mailto:\r\n {C}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n',
            [(A, 'Ann Lee'), (B, 'Ray, Bob'), (C, '')],
        ),
        # what is said of an address by a key, in a link or a list
        (f'https://x.example/?email={A}', [(A, '')]),
        (f'https://x.example/people/{A}', [(A, '')]),
        (f'CN={A}', [(A, '')]),
        (f'email={A}\nMail={B}', [(A, ''), (B, '')]),
        # what a mail was, in other languages
        (f'Von: Ann Lee <{A}>\nAn: Bob <{B}>', [(A, 'Ann Lee'), (B, 'Bob')]),
        (f'De : Ann Lee <{A}>\nÀ : Bob <{B}>', [(A, 'Ann Lee'), (B, 'Bob')]),
        (f'Кому: Ann Lee <{A}>', [(A, 'Ann Lee')]),
        (f'收件人：Ann Lee <{A}>', [(A, 'Ann Lee')]),
        (f'On Mon, 3 Nov 2026 at 10:12, Ann Lee <{A}> wrote:', [(A, 'Ann Lee')]),
        (f'An Nguyen <{A}>, Van Lee <{B}>', [(A, 'An Nguyen'), (B, 'Van Lee')]),
        # bullets of any kind that stick to the address
        (f'✓{A}\n➢{B}\n\uf0b7{C}', [(A, ''), (B, ''), (C, '')]),
        (f'☐{A}\n⁃{B}\n✉️{C}', [(A, ''), (B, ''), (C, '')]),
        (f'>{A}\n>> {B}', [(A, ''), (B, '')]),
        # side by side, glued, in prose
        (f'{A} {B}  {C}', [(A, ''), (B, ''), (C, '')]),
        (f'Ann {A} Bob {B}', [(A, 'Ann'), (B, 'Bob')]),
        (f'{A} Ann {B} Bob', [(A, 'Ann'), (B, 'Bob')]),
        (f'{A}/{B}', [(A, ''), (B, '')]),
        (f'please ask {A} and {B}.', [(A, ''), (B, '')]),
        (f'{A}.\n{B}!\n{C}…', [(A, ''), (B, ''), (C, '')]),
        (f'{A}, {B};{C}\nd@x.example\t', [(A, ''), (B, ''), (C, ''), ('d@x.example', '')]),
        (f' <{A}> ,, ;\r\n', [(A, '')]),
        (f'{A}, Bob <{B}>', [(A, ''), (B, 'Bob')]),
        (f'"Lee, Ann" <{A}>, {B}', [(A, 'Lee, Ann'), (B, '')]),
        (f'mailto:{A}\u2028{B}\u3001{C}\uff1bd@x.example', [(A, ''), (B, ''), (C, ''), ('d@x.example', '')]),
        # what keyboards and copying make of them
        ('ann＠x．example、bob＠x．example；ｃｌｅｏ＠ｘ．ｅｘａｍｐｌｅ', [(A, ''), (B, ''), (C, '')]),
        (f'\u202a{A}\u202c\u2028\ufeff{B}\u2029\u200b{C}', [(A, ''), (B, ''), (C, '')]),
        (f'{A}\r{B}\x85{C}', [(A, ''), (B, ''), (C, '')]),
        (f'Ann\u00a0Lee\u00a0{A}', [(A, 'Ann Lee')]),
        (f'{A}, bob[at]x.example', [(A, ''), (B, '')]),
        ('Ann (at) x.example\nBob Ray: bob {AT} x.example', [('Ann@x.example', ''), (B, 'Bob Ray')]),
        ("o'neil+a&b@x.example", [("o'neil+a&b@x.example", '')]),
        (f'{A}, bob [at] x [dot] example', [(A, ''), (B, '')]),
        (f'{A} bob(a)x.example cleo[ät]x.example', [(A, ''), (B, ''), (C, '')]),
        # websites in the rows of a table are none that was meant
        (f'Ann,Lee,{A},x.example\nBob,Ray,{B},x.example', [(A, 'Ann Lee'), (B, 'Bob Ray')]),
        (f'Ann,Lee,{A},acme.example\nBob,Ray,{B},acme.example', [(A, 'Ann Lee'), (B, 'Bob Ray')]),
        (f'Ann Lee\t{A}\tacme.example', [(A, 'Ann Lee')]),
        (f'Ann Lee works at acme.example {A}', [(A, 'Ann Lee works at acme.example')]),
        (f'bob.ray <{B}>, ann.lee <{A}>', [(B, 'bob.ray'), (A, 'ann.lee')]),
        # what somebody is to be with us is no name
        (f'{A};Member\n{B};Viewer', [(A, ''), (B, '')]),
        (f'{A};Member;Ann\n{B};member;Bob', [(A, 'Ann'), (B, 'Bob')]),
        (f'Ann Lee\t{A}\tOwner', [(A, 'Ann Lee')]),
        (f'ADMIN\t{A}\nAdmins: {B}', [(A, ''), (B, '')]),
        (f'Ann Owner <{A}>', [(A, 'Ann Owner')]),
        # a name in small letters, in a table
        (f'ann,lee,{A}\nbob,ray,{B}', [(A, 'ann lee'), (B, 'bob ray')]),
        ('ann@müller.example', [('ann@müller.example', '')]),
        # or beside the address: in a cell of its own, in parentheses, or where the address is made of it
        (f'ann lee\t{A}\nbob ray\t{B}', [(A, 'ann lee'), (B, 'bob ray')]),
        (f'ann lee, {A}', [(A, 'ann lee')]),
        (f'{A}; ann lee', [(A, 'ann lee')]),
        (f'ann|{A}', [(A, 'ann')]),
        (f'ann lee {A}', [(A, 'ann lee')]),
        (f'{A} (bob)', [(A, 'bob')]),
        (f'Hi Ann, please invite {B}', [(B, '')]),
        # a name in cells of its own
        (f'Cleo Park, {C}', [(C, 'Cleo Park')]),
        (f'{C}, Cleo Park', [(C, 'Cleo Park')]),
        (f'{C}; Park; Cleo', [(C, 'Park Cleo')]),
        (f'Ann, {A}', [(A, 'Ann')]),
        (f'Ann Lee, {A}, Bob Ray, {B}', [(A, 'Ann Lee'), (B, 'Bob Ray')]),
        (f'{A}; Ann Lee; {B}; Bob Ray; {C}; Cleo Park', [(A, 'Ann Lee'), (B, 'Bob Ray'), (C, 'Cleo Park')]),
        (f'{A},Member', [(A, '')]),
        (f'{A}, (Bob Ray)', [(A, 'Bob Ray')]),
        (f'Smith, John A. <{A}>, Lee, Ann <{B}>', [(A, 'Smith, John A.'), (B, 'Lee, Ann')]),
        (f'van den Berg, Ann Maria <{A}>', [(A, 'van den Berg, Ann Maria')]),
        (f'Thanks for your mail, I am glad. Ask {A}, she knows, or Bob, perhaps.', [(A, 'I am glad. Ask')]),
        # the @ in brackets
        (f'{A}, bob(@)x.example; cleo [@] x.example', [(A, ''), (B, ''), (C, '')]),
        (f'{A}, bob<at>x.example; cleo -at- x -dot- example', [(A, ''), (B, ''), (C, '')]),
    ],
)
def test_the_addresses_are_found_with_their_names(text: str, expected: list[tuple[str, str]]) -> None:
    assert named(text) == expected


@pytest.mark.parametrize(
    ('text', 'expected'),
    [
        (f'First\tLast\tEmail\nAnn\tLee\t{A}', ['First\tLast\tEmail']),
        (f'{A}, nobody, {B}', ['nobody']),
        (f'nobody, {A}', ['nobody']),
        (f'{A}; what', ['what']),
        (f'Hello team\n{A}\n\n--\nOlga', ['Hello team', 'Olga']),
        (f'{A}, bob@', ['bob@']),
        (f'{A}\nbob@x', ['bob@x']),
        ('ann@b@x.example', ['ann@b@x.example']),
        (f'@ann {A}', ['@ann']),
        (f'-----\n{A}\n* * *\n<>', []),
        # an @ that was forgotten, beside an address that is one
        (f'Ann <{A}>, Bob <bob.x.example>', ['bob.x.example']),
        (f'Ann <{A}> Bob <bob.x.example>', ['bob.x.example']),
        (f'{A}, bob.x.example, cleo.x.example', ['bob.x.example', 'cleo.x.example']),
        (f'{A}; bob.ray.x.example', ['bob.ray.x.example']),
        (f'{A} bob.x.example {C}', ['bob.x.example']),
        (f'{A}\tbob.x.example', ['bob.x.example']),
        (f'{A},bob.x.example\n{C},dan.x.example', ['bob.x.example', 'dan.x.example']),
        (f'Ann {A} Bob bob.x.example', ['bob.x.example']),
        (f'Ann Lee {A}\nBob Ray bob.x.example', ['bob.x.example']),
        (f'{A} | bob.acme.example', ['bob.acme.example']),
        (f'{A}, fay at x.example', ['fay at x.example']),
        (f'{A}\tfay at x.example', ['fay at x.example']),
        (f'{A} fay at x.example {C}', ['fay at x.example']),
        (f'- {A}\n- fay dot ray at x dot example.', ['fay dot ray at x dot example']),
        (f'Ann <{A}>, Fay <fay at x.example>', ['fay at x.example']),
        (f'name,email\nBob,bob.x.example\nAnn,{A}\nCleo,{C}', ['name,email', 'bob.x.example']),
        (f'{A}\tAnn\nbob.x.example\tBob\nfay at x.example\tFay', ['bob.x.example', 'fay at x.example']),
        (f'{A} Bob.X.Example', ['Bob.X.Example']),
        (f'{A}, bob, cleo', ['bob', 'cleo']),
        (f'bob; {A}; cleo; dan', ['bob', 'cleo', 'dan']),
        # in quotes and brackets
        *(
            (text.format(A, 'fay at x.example'), ['fay at x.example'])
            for text in ('{}, "{}"', '{} "{}"', '{}\t“{}”', '{}; «{}»', "{}, '{}'", '{} ({})', '{}, [{}]', '{}, `{}`')
        ),
        (f'"fay at x.example" {A}', ['fay at x.example']),
        (f'Fay (fay at x.example), Ann ({A})', ['fay at x.example']),
        (f'{A} "bob.x.example"', ['bob.x.example']),
        (f'{A} (bob.x.example)', ['bob.x.example']),
        (f'"Ann","{A}"\n"Fay","fay at x.example"', ['fay at x.example']),
        # an @ among spaces, or in other words
        (f'{A}, bob @ x.example', ['bob @ x.example']),
        (f'{A}, bob @x.example', ['bob @x.example']),
        (f'{A}, bob@ x.example', ['bob@ x.example']),
        (f'{A}, bob arroba x punto example', ['bob arroba x punto example']),
        (f'{A}, bob at x', ['bob at x']),
        # people without an address beside one who has one
        (f'Ann Lee <{A}>, Bob Ray', ['Bob Ray']),
        (f'Ann Lee <{A}>, Bob Ray, Cleo <{C}>', ['Bob Ray']),
        (f'Ann <{A}>; Bob Ray; Cleo <{C}>', ['Bob Ray']),
        (f'Bob Ray, Ann Lee <{A}>', ['Bob Ray']),
        (f'Bob; Ann <{A}>', ['Bob']),
        (f'Ann Lee {A}, Bob Ray', ['Bob Ray']),
        (f'{A} (Ann Lee), Bob Ray', ['Bob Ray']),
        (f'ann lee {A}, bob ray', ['bob ray']),
        (f'Ann <{A}>, Bob <bob>', ['Bob <bob>']),
        (f'Ann <{A}> Bob Ray', ['Bob Ray']),
        (f'Ann {A} Cleo {C} Bob', ['Bob']),
        (f'"Bob Ray" <>, Ann <{A}>', ['"Bob Ray" <>']),
        ('eva@x.example, Bob, Cleo', ['Bob', 'Cleo']),
        ('Bob; Cleo; eva@x.example', ['Bob', 'Cleo']),
        ('eva@x.example, Bob, Cleo, Dan', ['Bob', 'Cleo', 'Dan']),
        ('eva@x.example, Bob Ray, Cleo Park', ['Bob Ray', 'Cleo Park']),
        (f'Ann, {A}, Bob', ['Bob']),
        (f'{A} bob ray', ['bob ray']),
        (f'{A} {C} bob', ['bob']),
        (f'{A}, Bob (no address)', ['Bob (no address)']),
        (f'fay at x.example and {A}', ['fay at x.example']),
        (f'{A}, Bob and Cleo', ['Bob and Cleo']),
        *((f'{A} {word} Bob', ['Bob']) for word in ('and', '&', '/', 'und')),
    ],
)
def test_what_is_left_out_is_said(text: str, expected: list[str]) -> None:
    assert left_out(text) == expected


@pytest.mark.parametrize(
    'text',
    [
        'bob.x.example',
        f'Ann <{A}>, Bob <bob.x.example>',
        f'{A}, bob.x.example',
        '@bob',
        f'{A} bob.x.example {C}',
        f'{A}\tbob.x.example',
        f'Ann Lee {A}\nBob Ray bob.x.example',
        'fay at x.example',
        f'{A}, fay at x.example',
        'Fay <fay at x.example>',
    ],
)
def test_what_was_meant_as_an_address_is_to_be_corrected(text: str) -> None:
    assert [it.is_left_out for it in recipients.parse(text) if it.problem] == [False]


@pytest.mark.parametrize('text', ['nobody', 'Bob Ray', 'www.x.example', f'<b>{A}</b> what, Bob', 'Dr. Lee', '12.30'])
def test_what_was_not_meant_as_an_address_is_only_said(text: str) -> None:
    assert all(it.is_left_out for it in recipients.parse(text) if it.problem)


def test_what_was_left_out_is_bounded() -> None:
    found = recipients.parse(f'{A}\n' + 'nobody\n' * 5000 + 'x' * 5000)
    assert [it.text for it in found[:2]] == [A, 'nobody']
    assert len(found) == 1 + MOST_LEFT_OUT + 1
    assert found[-1].problem == 'There is no email address in 4951 more.'
    assert len(recipients.parse('x' * 5000)[0].text) == emails.LONGEST
    assert recipients.parse('nobody')[0].problem == NO_ADDRESS


def test_prose_is_not_taken_apart() -> None:
    mail = f"""Hi all,\n\nplease invite Ann ({A}) and Bob, who starts on Monday, as a developer, in Berlin, at ten.
    We met, I think, in the office, and she told me, as ever, to ask {B}, or somebody else, whom she knows.\n\nThanks
    """
    assert left_out(mail) == ['Hi all,', 'Bob', 'Thanks']
    assert [it.key for it in recipients.parse(mail) if it.key] == [A, B]


def test_an_address_that_is_given_twice_is_there_twice() -> None:
    assert [it.key for it in recipients.parse(f'{A}, {A.upper()}\nAnn <{A}>')] == [A] * 3


@pytest.mark.parametrize('text', [f'{A},' * (MOST + 1), f'{A}\n' * 1000, '@' * 5000, f'Ann\t{A}\n' * 4000])
def test_too_many_are_refused(text: str) -> None:
    with pytest.raises(Invalid, match=f'at most {MOST} '):
        recipients.parse(text)


LOCAL = st.from_regex(r'[a-z0-9][a-z0-9.+_-]{0,10}[a-z0-9]', fullmatch=True).filter(lambda it: '..' not in it)
ADDRESS = st.builds('{}@{}.example'.format, LOCAL, st.from_regex(r'[a-z]{1,8}', fullmatch=True))
NAME = st.sampled_from(['', 'Ann', 'Ann Lee', 'Zoë van den Berg', 'Dr. Jörg Müller', '李雷', 'محمد', "Pat O'Neil"])
ENTRY = st.sampled_from(
    [
        '{address}',
        '- {address}',
        '* {name} {address}',
        '1. {address}',
        '{name} <{address}>',
        '"{name}" <{address}>',
        '<{address}>',
        '{address} ({name})',
        'mailto:{address}',
        '{name} <mailto:{address}>',
        '\u202a{address}\u202c',
        '"{address}"',
        '({address})',
        '{name}\t{address}',
        '{name}: {address}',
    ]
)


@settings(deadline=None)
@given(
    st.lists(st.tuples(ADDRESS, NAME, ENTRY), min_size=1, max_size=20, unique_by=lambda it: it[0]),
    st.sampled_from(['\n', '\r\n', '\r', '; ', ', ', ';\n', ',\r\n', '\u2028', '\n\n', ' ;; ', '.\n']),
)
def test_every_address_in_a_soup_comes_out_once(entries: list[tuple[str, str, str]], separator: str) -> None:
    soup = separator.join(entry.format(address=address, name=name) for address, name, entry in entries)
    assert [it.text for it in recipients.parse(soup) if it.key] == [address for address, _, _ in entries]


@settings(deadline=None)
@given(
    st.lists(ADDRESS, min_size=1, max_size=5, unique=True),
    st.text(st.characters(exclude_characters='@'), max_size=20).map(lambda it: f'\n{it}\n'),
)
def test_nothing_around_them_hides_an_address(addresses: list[str], around: str) -> None:
    found = recipients.parse(around + around.join(addresses) + around)
    assert [it.text for it in found if it.key] == addresses


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=200) | st.text('@a.b,;<>"\'()\t\n -„“', max_size=60))
def test_any_text_is_addresses_or_sentences(text: str) -> None:
    try:
        found = recipients.parse(text)
    except Invalid as problem:
        assert set(problem.fields) == {'addresses'}
    else:
        assert all(bool(it.key) != bool(it.problem) and it.text for it in found)
        assert all(emails.parse(it.text).key == it.key for it in found if it.key)
