"""Asking a provider over HTTP: in bounded time, with answers of bounded size, and never anywhere else."""

import asyncio
import ssl
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc.errors import JoseError

from data.integrations.oidc.trouble import ProviderDown, ProviderWrong, printable
from data.runtime.limits import PROVIDER_ANSWER, PROVIDER_AT_ONCE, PROVIDER_CONNECT, PROVIDER_TOTAL
from data.runtime.providers import Provider, is_loopback, is_safe

IDENTITY = 'identity'
HEADERS = {'Accept': 'application/json', 'Accept-Encoding': IDENTITY, 'User-Agent': 'Botcadence'}

_UNREADABLE = ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError
"""What reading an answer ends with that is not of the shape it should have."""

_asking: Counter[str] = Counter()


class _Answer(httpx2.AsyncByteStream):
    """The body of an answer, as far as it is not too long."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        length = 0
        async for part in self._stream:
            length += len(part)
            if length > PROVIDER_ANSWER:
                raise ValueError(f'An answer has more than {PROVIDER_ANSWER} bytes.')
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()


class _Transport(httpx2.AsyncHTTPTransport):
    """Takes no answer that is too long, nor one that may become so: compressed ones were not asked for."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await super().handle_async_request(request)
        if response.headers.get('content-encoding', IDENTITY) != IDENTITY:
            await response.aclose()
            raise ValueError('An answer is compressed.')
        response.stream = _Answer(response.stream)
        return response


@cache
def trusted() -> ssl.SSLContext:
    """Whose certificates are believed: those this machine trusts. Made once, it takes longer than all else."""
    return httpx2.create_ssl_context()


@asynccontextmanager
async def client_of(provider: Provider, **options: Any) -> AsyncIterator[Any]:
    """An OAuth 2 client of Authlib for one sign-in. What goes wrong meanwhile is ProviderDown or ProviderWrong."""
    if _asking[provider.name] >= PROVIDER_AT_ONCE:
        raise ProviderDown(provider, 'Too many people wait for its answer.', late=True)
    _asking[provider.name] += 1
    try:
        async with (
            asyncio.timeout(PROVIDER_TOTAL),
            AsyncOAuth2Client(
                client_id=provider.client_id,
                client_secret=provider.client_secret,
                scope=provider.scopes,
                code_challenge_method='S256',
                transport=_Transport(verify=trusted()),
                timeout=httpx2.Timeout(PROVIDER_TOTAL, connect=PROVIDER_CONNECT),
                headers=HEADERS,
                **options,
            ) as client,
        ):
            yield client
    except (TimeoutError, httpx2.TimeoutException) as error:
        raise ProviderDown(provider, f'It did not answer in time ({type(error).__name__}).', late=True) from error
    except httpx2.HTTPStatusError as error:
        status = f'It answered {error.response.status_code}.'
        raise (ProviderDown if error.response.status_code >= 500 else ProviderWrong)(provider, status) from error
    except (httpx2.TransportError, OSError) as error:
        raise ProviderDown(provider, f'{type(error).__name__}: {printable(error)}') from error
    except (AuthlibBaseError, JoseError, httpx2.HTTPError, httpx2.InvalidURL, *_UNREADABLE) as error:
        raise ProviderWrong(provider, f'{type(error).__name__}: {printable(error)}') from error
    finally:
        _asking[provider.name] -= 1


async def json_of(provider: Provider, client: Any, url: object, **headers: str) -> Any:
    """The JSON at this address. Raises what `client_of` makes sentences of."""
    require_safe(provider, url)
    response = await client.request('GET', url, headers=headers, withhold_token=True)
    if response.status_code >= 500:
        raise ProviderDown(provider, f'It answered {response.status_code}.')
    if response.status_code != 200:
        raise ValueError(f'It answered {response.status_code}.')
    return response.json()


async def object_of(provider: Provider, client: Any, url: object, **headers: str) -> dict[str, Any]:
    """The JSON object at this address, likewise."""
    found = await json_of(provider, client, url, **headers)
    if not isinstance(found, dict):
        raise ValueError('An answer is no JSON object.')
    return found


def require_safe(provider: Provider, url: object) -> None:
    """Raise ValueError unless an address that the provider names is one to send anything or anybody to.

    What is not on this machine does not lead there either: a provider is no way to what only this machine can reach.
    """
    if not is_safe(url) or (is_loopback(str(url)) and not is_loopback(provider.issuer)):
        raise ValueError('An address that it names is none to send anything to.')
