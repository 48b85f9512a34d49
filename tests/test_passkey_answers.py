"""Passkeys: made and used with a software authenticator, and every answer that is not right is refused."""

import json
import secrets
from typing import Any

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.problems import Problem
from data.security import passkey_site, passkeys
from data.security.passkeys import Copied, Known, NewPasskey, Refused
from tests.support.authenticator import BACKED_UP, CAN_BE_BACKED_UP, PRESENT, VERIFIED, SoftAuthenticator, b64, raw

SITE = 'https://bots.example.com'
OLGA, MIA = 'olgaolgaolgaolga', 'miamiamiamiamiam'


@pytest.fixture(autouse=True)
def at_our_site() -> None:
    passkey_site.configure(SITE)


@pytest.fixture
def device() -> SoftAuthenticator:
    return SoftAuthenticator(SITE)


def read(said: Any) -> passkeys.Answer:
    """What comes of an answer on its way."""
    return passkeys.read(json.dumps(said))


def nonce() -> str:
    return b64(secrets.token_bytes(32))


def to_register(known: tuple[Known, ...] = (), challenge: str = '') -> dict[str, Any]:
    return passkeys.to_register(OLGA, 'olga@example.com', 'Olga', known, challenge or nonce())


def made_by(device: SoftAuthenticator, **overrides: Any) -> NewPasskey:
    return passkeys.registered(read(device.create(to_register(), **overrides)))


def used(device: SoftAuthenticator, passkey: NewPasskey, known: int = 0, **overrides: Any) -> passkeys.Assertion:
    answer = read(device.get(passkeys.to_authenticate(nonce()), **overrides))
    return passkeys.authenticated(answer, passkey.public_key, known)


# what a browser is asked ---------------------------------------------------------------------------------------------


def test_a_browser_is_asked_for_a_passkey_that_is_found_without_an_address_and_proves_the_person() -> None:
    challenge = nonce()
    asked = to_register((Known('AQID', ['usb', 'nonsense']),), challenge)
    assert asked['rp'] == {'name': 'Botcadence', 'id': 'bots.example.com'}
    assert asked['authenticatorSelection']['residentKey'] == 'required'
    assert asked['authenticatorSelection']['userVerification'] == 'required'
    assert asked['excludeCredentials'] == [{'id': 'AQID', 'type': 'public-key', 'transports': ['usb']}]
    assert (asked['challenge'], asked['attestation'], asked['timeout']) == (challenge, 'none', 300_000)
    assert asked['user'] == {'id': b64(OLGA.encode()), 'name': 'olga@example.com', 'displayName': 'Olga'}
    assert {each['alg'] for each in asked['pubKeyCredParams']} == {-8, -7, -257}
    json.dumps(asked)


def test_a_browser_is_asked_for_any_passkey_or_for_those_of_one_person() -> None:
    anybody, olga = passkeys.to_authenticate(nonce()), passkeys.to_authenticate(nonce(), [Known('AQID')])
    assert anybody['allowCredentials'] == []
    assert olga['allowCredentials'] == [{'id': 'AQID', 'type': 'public-key'}]
    assert {it['userVerification'] for it in (anybody, olga)} == {'required'}


@pytest.mark.parametrize(
    ('public_url', 'rp_id'),
    [
        ('https://bots.example.com', 'bots.example.com'),
        ('https://bots.example.com:8443', 'bots.example.com'),
        ('http://localhost:8080', 'localhost'),
        ('http://bots.localhost:8080', 'bots.localhost'),
        ('https://192.0.2.7', None),
        ('https://[2001:db8::1]:8080', None),
        ('http://192.168.1.5:8080', None),
        ('http://bots.example.com', None),
        ('', None),
    ],
)
def test_passkeys_are_for_a_name_that_is_safe(public_url: str, rp_id: str | None) -> None:
    passkey_site.configure(public_url)
    here = passkey_site.site()
    assert (here and (here.rp_id, here.origin)) == (rp_id and (rp_id, public_url))
    if rp_id is None:
        with pytest.raises(Problem, match='at this address'):
            passkeys.to_authenticate(nonce())


@pytest.mark.parametrize('public_url', ['http://127.0.0.1:8080', 'http://[::1]:8080', 'http://127.1.2.3:8080'])
def test_this_machine_has_a_name(public_url: str) -> None:
    passkey_site.configure(public_url)
    assert passkey_site.site() == passkey_site.Site('http://localhost:8080', 'localhost')


# what it answers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize('alg', [-7, -8, -257])
def test_a_passkey_is_made_and_used(alg: int) -> None:
    device = SoftAuthenticator(SITE, alg=alg, aaguid=bytes(range(16)))
    passkey = made_by(device)
    assert raw(passkey.credential_id) == device.passkeys[0].credential_id
    assert (passkey.sign_count, passkey.transports, passkey.backed_up) == (1, ['internal'], False)
    assert passkey.aaguid == '00010203-0405-0607-0809-0a0b0c0d0e0f'
    assert used(device, passkey, 1) == passkeys.Assertion(2, False)
    assert used(device, passkey, 2).sign_count == 3


def test_the_answer_says_whose_it_is_and_what_was_asked(device: SoftAuthenticator) -> None:
    challenge = nonce()
    registration = read(device.create(to_register(challenge=challenge)))
    assert (registration.challenge, registration.user_id) == (challenge, '')
    answer = read(device.get(passkeys.to_authenticate(challenge)))
    assert (answer.challenge, answer.user_id, answer.credential_id) == (challenge, OLGA, registration.credential_id)


def test_none_is_made_twice_in_one_device(device: SoftAuthenticator) -> None:
    passkey = made_by(device)
    with pytest.raises(PermissionError):
        device.create(to_register((Known(passkey.credential_id),)))


@pytest.mark.parametrize(
    ('said', 'kept'),
    [(['usb', 'usb', 'tape', 7, None], ['usb']), ('usb', []), (None, []), ({'usb': 1}, []), ([['usb']], [])],
)
def test_only_ways_that_there_are_are_kept(device: SoftAuthenticator, said: Any, kept: list[str]) -> None:
    device.transports = said
    assert made_by(device).transports == kept


def test_a_passkey_that_is_kept_elsewhere_too_says_so() -> None:
    device = SoftAuthenticator(SITE, flags=PRESENT | VERIFIED | CAN_BE_BACKED_UP)
    passkey = made_by(device)
    assert not passkey.backed_up
    device.flags |= BACKED_UP
    assert used(device, passkey, 1).backed_up


# the counter ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(('known', 'said'), [(7, 7), (7, 6), (7, 1), (7, 0), (2**32 - 1, 3)])
def test_a_counter_that_does_not_go_on_is_that_of_a_copy(device: SoftAuthenticator, known: int, said: int) -> None:
    passkey = made_by(device)
    with pytest.raises(Copied, match='copied'):
        used(device, passkey, known, counter=said)


@pytest.mark.parametrize(('known', 'said'), [(0, 0), (0, 1), (7, 8), (7, 1000), (2**31 - 1, 2**31), (3, 2**32 - 1)])
def test_a_counter_goes_on_by_any_step_or_is_none(device: SoftAuthenticator, known: int, said: int) -> None:
    assert used(device, made_by(device), known, counter=said).sign_count == said


def test_a_wrong_signature_tells_nothing_of_the_counter(device: SoftAuthenticator) -> None:
    passkey, other = made_by(device), made_by(SoftAuthenticator(SITE))
    answer = read(device.get(passkeys.to_authenticate(nonce()), counter=1))
    with pytest.raises(Refused):
        passkeys.authenticated(answer, other.public_key, 7)
    with pytest.raises(Copied):
        passkeys.authenticated(answer, passkey.public_key, 7)


# what is refused -----------------------------------------------------------------------------------------------------

ELSEWHERE: list[dict[str, Any]] = [
    {'client_data': {'origin': 'https://evil.example'}},
    {'client_data': {'origin': f'{SITE}:8443'}},
    {'client_data': {'origin': 'http://bots.example.com'}},
    {'client_data': {'origin': f'{SITE}.evil.example'}},
    {'client_data': {'origin': [SITE]}},
    {'client_data': {'origin': None}},
    {'client_data': {'crossOrigin': True}},
    {'client_data': {'topOrigin': 'https://evil.example'}},
    {'client_data': {'type': 'payment.get'}},
    {'client_data': {'challenge': 7}},
    {'client_data': {'challenge': ['a list']}},
    {'client_data': {'challenge': 'é'}},
    {'rp_id': 'evil.example'},
    {'rp_id': 'example.com'},
]


@pytest.mark.parametrize('overrides', ELSEWHERE, ids=str)
def test_what_is_said_elsewhere_is_refused(device: SoftAuthenticator, overrides: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        made_by(device, **overrides)
    passkey = made_by(device)
    with pytest.raises(Refused):
        used(device, passkey, 1, **overrides)


@pytest.mark.parametrize('flags', [0, PRESENT, VERIFIED, PRESENT | VERIFIED | BACKED_UP])
def test_a_person_who_was_not_there_or_not_verified_is_refused(device: SoftAuthenticator, flags: int) -> None:
    passkey = made_by(device)
    device.flags = flags
    with pytest.raises(Refused):
        made_by(device)
    device.passkeys.pop()
    with pytest.raises(Refused):
        used(device, passkey, 1)


def test_an_answer_to_another_question_is_refused(device: SoftAuthenticator) -> None:
    made = device.create(to_register())
    passkey = passkeys.registered(read(made))
    said = device.get(passkeys.to_authenticate(nonce()))
    with pytest.raises(Refused):
        passkeys.registered(read(said))
    with pytest.raises(Refused):
        passkeys.authenticated(read(made), passkey.public_key, 1)


@pytest.mark.parametrize('part', ['clientDataJSON', 'authenticatorData', 'signature'])
def test_nothing_of_an_answer_can_be_changed(device: SoftAuthenticator, part: str) -> None:
    passkey = made_by(device)
    said = device.get(passkeys.to_authenticate(nonce()))
    whole = raw(said['response'][part])
    for at in range(0, len(whole), 5):
        for tampered in (whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :], whole[:at], whole + b'\0'):
            with pytest.raises(Refused):
                response = said['response'] | {part: b64(tampered)}
                passkeys.authenticated(read(said | {'response': response}), passkey.public_key, 1)
    assert passkeys.authenticated(read(said), passkey.public_key, 1).sign_count == 2


def test_a_passkey_of_another_name_is_refused(device: SoftAuthenticator) -> None:
    passkey = made_by(device)
    said = device.get(passkeys.to_authenticate(nonce()))
    for changed in ({'id': 'AQID'}, {'rawId': 'AQID'}, {'id': said['id'] + '='}, {'type': 'password'}):
        with pytest.raises(Refused):
            passkeys.authenticated(read(said | changed), passkey.public_key, 1)


@pytest.mark.parametrize(
    'attestation',
    [
        {'fmt': 'packed', 'attStmt': {'alg': -7, 'sig': b'x' * 70}},
        {'fmt': 'packed', 'attStmt': {'alg': -7, 'sig': b'x' * 70, 'x5c': [b'x' * 500]}},
        {'fmt': 'none', 'attStmt': {'sig': b'x'}},
        {'fmt': 'tpm', 'attStmt': {'ver': '2.0', 'certInfo': b'x', 'pubArea': b'y', 'sig': b'z', 'x5c': [b'w']}},
        {'fmt': 'android-safetynet', 'attStmt': {'ver': '1', 'response': b'a.b.c'}},
        {'fmt': 7},
        {'fmt': ['none']},
        {'authData': b''},
        {'authData': 'text'},
        {'authData': b'x' * 2000},
    ],
    ids=str,
)
def test_an_attestation_that_is_none_of_ours_is_refused(device: SoftAuthenticator, attestation: Any) -> None:
    with pytest.raises(Refused):
        made_by(device, attestation=attestation)


@pytest.mark.parametrize('length', [0, 1024, 5000])
def test_an_id_that_no_passkey_has_is_refused(device: SoftAuthenticator, length: int) -> None:
    with pytest.raises(Refused):
        made_by(device, credential_id=b'x' * length)


def test_the_longest_id_fits_its_column(device: SoftAuthenticator) -> None:
    assert len(made_by(device, credential_id=b'x' * 1023).credential_id) <= 1400


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=()), max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
PATHS = [
    ('id',),
    ('rawId',),
    ('type',),
    ('response',),
    ('authenticatorAttachment',),
    ('response', 'clientDataJSON'),
    ('response', 'userHandle'),
    ('response', 'attestationObject'),
    ('response', 'authenticatorData'),
    ('response', 'signature'),
]
DEVICE = SoftAuthenticator(SITE)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(PATHS), ANYTHING)
def test_whatever_stands_in_its_place_it_is_refused_in_a_sentence(path: tuple[str, ...], value: Any) -> None:
    passkey_site.configure(SITE)
    passkey = made_by(DEVICE)
    for said, check in (
        (DEVICE.create(to_register()), passkeys.registered),
        (DEVICE.get(passkeys.to_authenticate(nonce())), lambda it: passkeys.authenticated(it, passkey.public_key, 0)),
    ):
        place = said
        for name in path[:-1]:
            place = place[name]
        place[path[-1]] = value
        try:
            check(read(said))
        except Problem as problem:
            assert str(problem)
    DEVICE.passkeys.clear()


@settings(max_examples=100, deadline=None)
@given(ANYTHING | st.binary(max_size=50))
def test_anything_else_is_no_answer(said: Any) -> None:
    with pytest.raises(Refused):
        passkeys.read(said)
    if not isinstance(said, bytes):
        with pytest.raises(Refused):
            read(said)


def test_what_is_too_long_or_too_deep_is_refused(device: SoftAuthenticator) -> None:
    said = device.create(to_register())
    nested = b64(b'[' * 10_000 + b']' * 10_000)
    bomb = b64(b'\x81' * 10_000 + b'\x00')  # CBOR: lists in lists
    for answer in (
        said | {'more': 'x' * 30_000},
        said | {'response': said['response'] | {'clientDataJSON': nested}},
        said | {'response': said['response'] | {'attestationObject': bomb}},
        said | {'response': said['response'] | {'attestationObject': b64(cbor2.dumps([1, 2]))}},
    ):
        with pytest.raises(Refused):
            passkeys.registered(read(answer))
    with pytest.raises(Refused):
        passkeys.read('[' * 20_000)
