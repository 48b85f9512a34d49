"""Passkeys: what a browser is asked, and whether its answer is right (WebAuthn Level 3); the only place with webauthn.

Every answer is hostile: of any shape and size, for another site, signed by nobody, said before. What is wrong of it is
one sentence for the person; the reason is in the cause of the Problem.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from data.problems import Problem
from data.security import passkey_site

NAME = 'Botcadence'
TIMEOUT = 300  # seconds that a person has to answer (WebAuthn Level 3, 15.1)
_LONGEST_ID = 1023  # bytes (WebAuthn Level 3, 7.1, step 25)
_LONGEST_KEY = 1050  # bytes of a COSE key: one of RSA with 8192 bits
_LONGEST_ANSWER = 24_000  # characters; the largest have a key of RSA and some certificates
TRANSPORTS = ('usb', 'nfc', 'ble', 'smart-card', 'hybrid', 'internal')

Options = dict[str, Any]
_R = TypeVar('_R')


class Refused(Problem):
    """The answer of a browser is not right, whatever of it."""

    def __init__(self) -> None:
        super().__init__('This passkey could not be checked. Try again.')


class Copied(Problem):
    """A passkey whose counter does not go on: there are two of it (WebAuthn Level 3, 6.1.1)."""

    def __init__(self) -> None:
        super().__init__(
            'This passkey was used more often than we know, as if somebody had copied it. Use another way, then '
            'remove it in your account.'
        )


@dataclass(frozen=True)
class Known:
    """A passkey that is known already: its id in base64url, and how it is reached."""

    credential_id: str
    transports: Iterable[str] = ()


def to_register(user_id: str, email: str, name: str, known: Iterable[Known], challenge: str) -> Options:
    """What a browser is asked that is to make a passkey; none of those that are `known` is made twice."""
    from webauthn import generate_registration_options
    from webauthn.helpers import options_to_json_dict
    from webauthn.helpers import structs as w3c

    return options_to_json_dict(
        generate_registration_options(
            rp_id=passkey_site.required().rp_id,
            rp_name=NAME,
            user_id=user_id.encode(),  # random, and tells nothing of the person (WebAuthn Level 3, 14.6.1)
            user_name=email,
            user_display_name=name or email,
            challenge=_raw(challenge),
            timeout=TIMEOUT * 1000,
            authenticator_selection=w3c.AuthenticatorSelectionCriteria(
                resident_key=w3c.ResidentKeyRequirement.REQUIRED,
                user_verification=w3c.UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=_descriptors(known),
        )
    )


def to_authenticate(challenge: str, known: Iterable[Known] = ()) -> Options:
    """What a browser is asked that has a passkey: one of those `known`, or any that it has for this site."""
    from webauthn import generate_authentication_options
    from webauthn.helpers import options_to_json_dict
    from webauthn.helpers.structs import UserVerificationRequirement

    return options_to_json_dict(
        generate_authentication_options(
            rp_id=passkey_site.required().rp_id,
            challenge=_raw(challenge),
            timeout=TIMEOUT * 1000,
            allow_credentials=_descriptors(known),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


@dataclass(frozen=True)
class Answer:
    """What a browser has answered, not checked yet: which passkey it is of, of whom, and what it was asked."""

    credential: dict[str, Any]
    credential_id: str
    challenge: str
    user_id: str


def read(said: object) -> Answer:
    """Take an answer apart, which is JSON as a browser writes it. Raises Refused for what can be none."""
    return _checked(lambda: _taken_apart(said))


@dataclass(frozen=True)
class NewPasskey:
    """A passkey that was just made; texts are base64url without padding."""

    credential_id: str
    public_key: str
    sign_count: int
    aaguid: str
    transports: list[str]
    backed_up: bool


def registered(answer: Answer) -> NewPasskey:
    """The passkey that was made for the challenge of this answer, which is ours and new. Raises Refused."""
    from webauthn import verify_registration_response

    def verify() -> NewPasskey:
        made = verify_registration_response(
            credential=answer.credential,
            expected_challenge=_raw(answer.challenge),
            expected_rp_id=passkey_site.required().rp_id,
            expected_origin=passkey_site.required().origin,
            require_user_verification=True,
        )
        is_short = len(made.credential_id) <= _LONGEST_ID and len(made.credential_public_key) <= _LONGEST_KEY
        if not is_short or _text(made.credential_id) != answer.credential_id:
            raise Refused
        return NewPasskey(
            answer.credential_id,
            _text(made.credential_public_key),
            made.sign_count,
            made.aaguid,
            _transports(answer.credential['response'].get('transports')),
            made.credential_backed_up,
        )

    return _checked(verify)


@dataclass(frozen=True)
class Assertion:
    """What a passkey has just said of itself."""

    sign_count: int
    backed_up: bool


def authenticated(answer: Answer, public_key: str, sign_count: int) -> Assertion:
    """What this passkey says, for the challenge of this answer, which is ours and new; `sign_count` is what we know.

    Raises Refused; and Copied where all is right of it but the counter, which is refused and not only noted
    (WebAuthn Level 3, 7.2, step 22).
    """
    from webauthn import verify_authentication_response

    said = _checked(
        lambda: verify_authentication_response(
            credential=answer.credential,
            expected_challenge=_raw(answer.challenge),
            expected_rp_id=passkey_site.required().rp_id,
            expected_origin=passkey_site.required().origin,
            credential_public_key=_raw(public_key),
            credential_current_sign_count=0,  # looked at below, once everything else is known to be right
            require_user_verification=True,
        )
    )
    if (said.new_sign_count or sign_count) and said.new_sign_count <= sign_count:
        raise Copied
    return Assertion(said.new_sign_count, said.credential_backed_up)


def _taken_apart(said: object) -> Answer:
    if not isinstance(said, str) or len(said) > _LONGEST_ANSWER:
        raise Refused
    credential = json.loads(said)
    response = credential['response']
    client_data = json.loads(_raw(response['clientDataJSON']))
    if client_data.get('crossOrigin') or client_data.get('topOrigin'):
        raise Refused  # nobody shows us in a frame
    challenge, credential_id = _text(_raw(client_data['challenge'])), _text(_raw(credential['id']))
    handle = response.get('userHandle') or ''
    return Answer(credential, credential_id, challenge, _raw(handle).decode())


def _checked(check: Callable[[], _R]) -> _R:
    """What the check makes of an answer; whatever it stumbles over is a refusal, for the answer is anybody's."""
    try:
        return check()
    except Problem:
        raise
    except Exception as error:
        raise Refused from error


def _descriptors(known: Iterable[Known]) -> list[Any]:
    from webauthn.helpers.structs import AuthenticatorTransport, PublicKeyCredentialDescriptor

    return [
        PublicKeyCredentialDescriptor(
            id=_raw(each.credential_id),
            transports=[AuthenticatorTransport(name) for name in _transports(list(each.transports))],
        )
        for each in known
    ]


def _transports(names: object) -> list[str]:
    """Those that there are, each once."""
    return [name for name in TRANSPORTS if name in names] if isinstance(names, list) else []


def _raw(text: str) -> bytes:
    if not isinstance(text, str):
        raise TypeError
    return urlsafe_b64decode(f'{text}{"=" * (-len(text) % 4)}')


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b'=').decode()
