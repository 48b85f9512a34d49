"""The authorization code flow (RFC 6749 §4.1, RFC 7636, RFC 9207): out to a provider, and back with who somebody is.

What a provider gives out is used at once and kept nowhere.
"""

from collections.abc import Mapping
from typing import Any

from authlib.integrations.base_client import OAuthError

from data.integrations.oidc import github
from data.integrations.oidc.asking import client_of, object_of
from data.integrations.oidc.discovery import metadata_of
from data.integrations.oidc.id_token import verified
from data.integrations.oidc.identity import Claims, Flow, identified
from data.integrations.oidc.trouble import ProviderDown, ProviderProblem, ProviderRefused, ProviderWrong, printable
from data.runtime.logs import log
from data.runtime.providers import Provider

AGAIN = {'max_age': '0', 'prompt': 'login'}
"""What asks a provider to make sure again who somebody is."""

KNOWS_NO_PROMPT = 'https://accounts.google.com'
"""Google answers `prompt=login` with an error."""

MICROSOFT = 'https://login.microsoftonline.com/'
LONGEST_CODE = 4096


async def send(provider: Provider, flow: Flow, redirect_uri: str) -> str:
    """The address to which somebody is sent. Raises ProviderDown, ProviderWrong, which are in the log."""
    try:
        async with client_of(provider) as client:
            if provider.kind == 'github':
                url, more = github.authorization(provider), {}
            else:
                url, more = (await metadata_of(provider, client)).authorization, {'nonce': flow.nonce}
                more |= _again(provider) if flow.asked_at else {}
            sent, _ = client.create_authorization_url(url, flow.state, flow.verifier, redirect_uri=redirect_uri, **more)
            return str(sent)
    except ProviderProblem as problem:
        raise _logged(provider, problem) from problem.__cause__


async def take_back(provider: Provider, flow: Flow, answer: Mapping[str, str], redirect_uri: str) -> Claims:
    """Who came back from the provider with this `answer`, the parameters of the address that it sent them to.

    Raises ProviderRefused, ProviderWrong, ProviderDown, which are in the log.
    """
    try:
        if answer.get('state') != flow.state:
            raise ProviderWrong(provider, 'The answer belongs to another question (state).')
        async with client_of(provider) as client:
            return await _finish(provider, client, flow, answer, redirect_uri)
    except ProviderProblem as problem:
        raise _logged(provider, problem) from problem.__cause__


async def _finish(provider: Provider, client: Any, flow: Flow, answer: Mapping[str, str], redirect_uri: str) -> Claims:
    metadata = None if provider.kind == 'github' else await metadata_of(provider, client)
    names = (provider.issuer,) if metadata else github.names(provider)
    if (issuer := answer.get('iss')) not in names and (issuer is not None or (metadata and metadata.names_itself)):
        raise ProviderWrong(provider, 'The answer comes from another provider (iss).')
    code = _code(provider, answer)
    if metadata and metadata.secret_in_form:
        client.token_endpoint_auth_method = 'client_secret_post'  # noqa: S105  # the name of a way, no password
    token = await _token(
        provider, client, metadata.token if metadata else github.token(provider), code, flow, redirect_uri
    )
    if metadata is None:
        return await github.claims_of(provider, client, _access(token))
    claims = await verified(provider, client, token, flow)
    said = claims
    if 'email' not in claims and metadata.userinfo:
        bearer = f'Bearer {_access(token)}'
        said = await object_of(provider, client, metadata.userinfo, Authorization=bearer)
        if said.get('sub') != claims['sub']:  # or somebody else's could be put under it (Core §5.3.2)
            raise ValueError('Userinfo is about somebody else (sub).')
    is_verified = said.get('email_verified') is True or _is_verified_by_microsoft(provider, claims)
    return identified(provider, claims['sub'], said.get('email'), is_verified, claims.get('name') or said.get('name'))


def _code(provider: Provider, answer: Mapping[str, str]) -> str:
    """The code that stands for who somebody is, or what the provider has against giving one (RFC 6749 §4.1.2.1)."""
    match answer.get('error'):
        case None:
            code = answer.get('code', '')
            if not 0 < len(code) <= LONGEST_CODE:
                raise ProviderWrong(provider, 'There is no code in the answer.')
            return code
        case 'access_denied':
            sentence = f'{provider.label} did not sign you in: you declined, or it does not let you in here.'
            raise ProviderRefused(f'{sentence} Try again, or sign in another way.', 'access_denied')
        case 'server_error' | 'temporarily_unavailable' as error:
            raise ProviderDown(provider, error)
        case error:
            sentence = f'{provider.label} ended the sign-in with an error. Try again, or sign in another way.'
            raise ProviderRefused(sentence, printable(error))


async def _token(provider: Provider, client: Any, url: str, code: str, flow: Flow, redirect_uri: str) -> dict[str, Any]:
    try:
        token = await client.fetch_token(
            url, code=code, code_verifier=flow.verifier, redirect_uri=redirect_uri, grant_type='authorization_code'
        )
    except OAuthError as error:
        if error.error in ('invalid_grant', 'bad_verification_code'):  # the latter is GitHub's
            sentence = f'This sign-in with {provider.label} is over: it took too long, or was used before.'
            raise ProviderRefused(f'{sentence} Start again.', printable(error.error)) from None
        raise ProviderWrong(provider, f'It gave no token: {printable(error.error)}.') from None
    return dict(token)


def _is_verified_by_microsoft(provider: Provider, claims: Mapping[str, Any]) -> bool:
    """Whether the tenant that somebody is of owns the domain of their address; email_verified it never says."""
    is_microsoft = provider.issuer.startswith(MICROSOFT)
    return is_microsoft and 'email' in claims and claims.get('xms_edov') is True


def _access(token: Mapping[str, Any]) -> str:
    """The access token. Raises ValueError for one that fits into no header."""
    access = token.get('access_token')
    if not isinstance(access, str) or not access.isascii() or not access.isprintable() or not access:
        raise ValueError('There is no access token.')
    return access


def _again(provider: Provider) -> dict[str, str]:
    return {**AGAIN, 'prompt': 'select_account'} if provider.issuer == KNOWS_NO_PROMPT else AGAIN


def _logged(provider: Provider, problem: ProviderProblem) -> ProviderProblem:
    level = log.info if isinstance(problem, ProviderRefused) else log.warning
    level('nobody signed in through a provider', provider=provider.name, reason=problem.cause)
    return problem
