"""The virtual authenticator of Chromium: a device that makes and keeps passkeys."""

from typing import Any

from playwright.sync_api import CDPSession, Page


class Device:
    """The virtual authenticator of a browser."""

    def __init__(self, page: Page, **options: Any) -> None:
        self.session: CDPSession = page.context.new_cdp_session(page)
        self.session.send('WebAuthn.enable')
        kind = {'protocol': 'ctap2', 'transport': 'internal', 'hasResidentKey': True, 'hasUserVerification': True}
        chosen = {**kind, 'isUserVerified': True, 'automaticPresenceSimulation': True, **options}
        self.id = self.session.send('WebAuthn.addVirtualAuthenticator', {'options': chosen})['authenticatorId']

    @property
    def passkeys(self) -> list[dict[str, Any]]:
        """What it keeps."""
        kept: list[dict[str, Any]] = self._send('getCredentials')['credentials']
        return kept

    def verify(self, verified: bool) -> None:
        """Whether it recognizes the person from now on."""
        self._send('setUserVerified', isUserVerified=verified)

    def keep(self, passkey: dict[str, Any]) -> None:
        """Keep a passkey that another device has, or that this one had, as it was then."""
        self._send('clearCredentials')
        self._send('addCredential', credential=passkey)

    def _send(self, act: str, **values: Any) -> Any:
        return self.session.send(f'WebAuthn.{act}', {'authenticatorId': self.id, **values})
