"""The virtual authenticator of Chromium: a device that makes and keeps passkeys."""

from typing import Any

from playwright.sync_api import CDPSession, Locator, Page, expect

from tests.support.served import PASSWORD


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


def visit_account(page: Page, url: str) -> None:
    """Open the screen of the account, and wait until it answers."""
    page.goto(f'{url}/account')
    page.wait_for_function('window.socket?.connected')


def add_passkey(page: Page, name: str = 'Laptop') -> None:
    """Add one in the dialog, and close what is shown after the first."""
    page.get_by_role('button', name='Add a passkey').click()
    dialog = page.get_by_role('dialog', name='Add a passkey')
    dialog.get_by_label('Name').fill(name)
    dialog.get_by_role('button', name='Create passkey').click()
    expect(dialog).to_have_count(0)
    expect(passkeys_of(page).filter(has_text=name)).to_have_count(1)


def write_codes_down(page: Page) -> list[str]:
    """The recovery codes that are shown; afterwards they are gone."""
    dialog = page.get_by_role('dialog', name='Your recovery codes')
    expect(dialog.get_by_role('listitem')).to_have_count(10)
    codes = dialog.get_by_role('listitem').all_text_contents()
    dialog.get_by_role('button', name='I have them').click()
    expect(dialog).to_have_count(0)
    return codes


def passkeys_of(page: Page) -> Locator:
    """The passkeys on the screen of the account, also behind a dialog, where they have no role."""
    return page.locator('[aria-label="Passkeys"] [role="listitem"]')


def sign_out(page: Page, url: str) -> None:
    """Sign out elsewhere in this browser; the open page goes to sign in by itself."""
    page.wait_for_function('window.socket?.connected')
    page.request.post(f'{url}/auth/sign-out', headers={'Origin': url}, max_redirects=0)
    page.wait_for_url('**/sign-in')
    expect(page.get_by_role('heading', name='Sign in')).to_be_visible()


def sign_in_by_password(page: Page, email: str) -> None:
    """Send the form of sign-in."""
    page.get_by_label('Email').fill(email)
    page.get_by_label('Password').fill(PASSWORD)
    page.get_by_role('button', name='Sign in', exact=True).click()
