"""A software authenticator: keeps passkeys and answers what `navigator.credentials` is asked (WebAuthn Level 3).

It does what a real one does, and where a test wants it, what one never would: a counter that goes back, another site,
a person who was not verified.
"""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

Answer = dict[str, Any]
Key = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey

PRESENT, VERIFIED, CAN_BE_BACKED_UP, BACKED_UP, ATTESTED = 1, 4, 8, 16, 64
"""Flags of what an authenticator says of itself (WebAuthn Level 3, 6.1)."""


def b64(raw: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(raw).rstrip(b'=').decode()


def raw(text: str) -> bytes:
    """What base64url without padding stands for."""
    return urlsafe_b64decode(text + '=' * (-len(text) % 4))


@dataclass
class Kept:
    """A passkey in an authenticator."""

    rp_id: str
    user_handle: bytes
    key: Key
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    counter: int = 0


@dataclass
class SoftAuthenticator:
    """An authenticator together with the browser it is used in, which is at `origin`.

    `flags` is what it says of the person; `counts` whether it has a counter; `alg` the algorithm of its keys (COSE).
    """

    origin: str
    flags: int = PRESENT | VERIFIED
    counts: bool = True
    alg: int = -7
    aaguid: bytes = bytes(16)
    transports: Any = field(default_factory=lambda: ['internal'])
    passkeys: list[Kept] = field(default_factory=list)

    def create(self, options: Answer, **overrides: Any) -> Answer:
        """Answer `navigator.credentials.create`. Raises PermissionError for a passkey that it has already."""
        known = {raw(each['id']) for each in options.get('excludeCredentials', ())}
        if any(passkey.credential_id in known for passkey in self.passkeys):
            raise PermissionError('InvalidStateError')
        assert self.alg in [each['alg'] for each in options['pubKeyCredParams']]
        passkey = Kept(options['rp']['id'], raw(options['user']['id']), self._new_key())
        passkey.credential_id = overrides.get('credential_id', passkey.credential_id)
        passkey.counter = 1 if self.counts else 0
        self.passkeys.append(passkey)
        public = cbor2.dumps(self._cose(passkey.key))
        attested = self.aaguid + len(passkey.credential_id).to_bytes(2, 'big') + passkey.credential_id + public
        data = self._data(passkey, self.flags | ATTESTED, overrides) + attested
        attestation = {'fmt': 'none', 'attStmt': {}, 'authData': data, **overrides.get('attestation', {})}
        return self._answer(
            passkey,
            clientDataJSON=b64(self._client_data('webauthn.create', options['challenge'], overrides)),
            attestationObject=b64(cbor2.dumps(attestation)),
            transports=self.transports,
        )

    def get(self, options: Answer, **overrides: Any) -> Answer:
        """Answer `navigator.credentials.get` with the newest passkey that fits. Raises LookupError where none does."""
        allowed = {raw(each['id']) for each in options.get('allowCredentials', ())}
        fits = [
            passkey
            for passkey in self.passkeys
            if passkey.rp_id == options['rpId'] and (not allowed or passkey.credential_id in allowed)
        ]
        if not fits:
            raise LookupError('NotAllowedError')
        passkey = fits[-1]
        passkey.counter = overrides.get('counter', passkey.counter + 1 if self.counts else 0)
        client_data = self._client_data('webauthn.get', options['challenge'], overrides)
        data = self._data(passkey, self.flags, overrides)
        return self._answer(
            passkey,
            clientDataJSON=b64(client_data),
            authenticatorData=b64(data),
            signature=b64(self._sign(passkey.key, data + hashlib.sha256(client_data).digest())),
            userHandle=b64(overrides.get('user_handle', passkey.user_handle)),
        )

    def _client_data(self, kind: str, challenge: str, overrides: Answer) -> bytes:
        said = {'type': kind, 'challenge': challenge, 'origin': self.origin, 'crossOrigin': False}
        return json.dumps(said | overrides.get('client_data', {})).encode()

    def _data(self, passkey: Kept, flags: int, overrides: Answer) -> bytes:
        site = hashlib.sha256(str(overrides.get('rp_id', passkey.rp_id)).encode()).digest()
        return site + bytes([flags]) + passkey.counter.to_bytes(4, 'big')

    def _answer(self, passkey: Kept, **response: Any) -> Answer:
        name = b64(passkey.credential_id)
        kind = {'type': 'public-key', 'authenticatorAttachment': 'platform', 'clientExtensionResults': {}}
        return {'id': name, 'rawId': name, 'response': response, **kind}

    def _new_key(self) -> Key:
        if self.alg == -8:
            return ed25519.Ed25519PrivateKey.generate()
        if self.alg == -257:
            return rsa.generate_private_key(65537, 2048)
        return ec.generate_private_key(ec.SECP256R1())

    def _cose(self, key: Key) -> dict[int, Any]:
        """The public key (RFC 9053)."""
        if isinstance(key, ed25519.Ed25519PrivateKey):
            return {1: 1, 3: -8, -1: 6, -2: key.public_key().public_bytes_raw()}
        numbers = key.public_key().public_numbers()
        if isinstance(numbers, rsa.RSAPublicNumbers):
            return {1: 3, 3: -257, -1: numbers.n.to_bytes(256, 'big'), -2: numbers.e.to_bytes(3, 'big')}
        return {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, 'big'), -3: numbers.y.to_bytes(32, 'big')}

    def _sign(self, key: Key, data: bytes) -> bytes:
        if isinstance(key, ed25519.Ed25519PrivateKey):
            return key.sign(data)
        if isinstance(key, rsa.RSAPrivateKey):
            return key.sign(data, padding.PKCS1v15(), SHA256())
        return key.sign(data, ec.ECDSA(SHA256()))
