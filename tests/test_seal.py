"""Sealed secrets: opened with the same key, for the same thing and person, or not at all."""

import base64

import pytest

from data.security import seal, tokens

SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
OLGA, MIA = 'olgaolgaolgaolga', 'miamiamiamiamiam'


def unreadable(sealed: str, purpose: str = 'app', user_id: str = OLGA) -> str:
    with pytest.raises(seal.Unreadable) as problem:
        seal.unseal(sealed, purpose, user_id)
    assert SECRET not in str(problem.value)
    return str(problem.value)


@pytest.mark.parametrize('secret', [SECRET, '', 'é 🦊 \x00', 'x' * 100])
def test_what_is_sealed_comes_out_again(secret: str) -> None:
    assert seal.unseal(seal.seal(secret, 'app', OLGA), 'app', OLGA) == secret


def test_it_fits_its_column_shows_nothing_and_is_never_the_same_twice() -> None:
    sealed = {seal.seal(SECRET, 'app', OLGA) for _ in range(20)}
    assert len(sealed) == 20
    assert all(len(each) < 255 and SECRET not in each for each in sealed)
    assert all(SECRET.encode() not in base64.urlsafe_b64decode(each) for each in sealed)


def test_it_is_of_no_use_to_another_person_or_for_another_thing() -> None:
    sealed = seal.seal(SECRET, 'app', OLGA)
    assert 'set this one up anew' in unreadable(sealed, user_id=MIA)
    unreadable(sealed, purpose='other')


def test_another_key_opens_nothing() -> None:
    sealed = seal.seal(SECRET, 'app', OLGA)
    tokens.configure('another key for tests that is long enough')
    unreadable(sealed)


def test_nothing_of_it_can_be_changed() -> None:
    raw = base64.urlsafe_b64decode(seal.seal(SECRET, 'app', OLGA))
    for at in range(len(raw)):
        unreadable(base64.urlsafe_b64encode(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]).decode())
        unreadable(base64.urlsafe_b64encode(raw[:at]).decode())


@pytest.mark.parametrize('nonsense', ['', 'A', '====', 'é', '%%%', 'A' * 5000, '\x00'])
def test_nonsense_is_a_sentence_too(nonsense: str) -> None:
    assert unreadable(nonsense)
