"""Sign-in through a provider: OpenID Connect Core 1.0 with PKCE, state and nonce, and GitHub's OAuth 2.

The libraries for it take 7 MB and a fifth of a second: they are loaded where there are providers, and only there.
"""

from collections.abc import Mapping

from data.integrations.oidc.identity import Claims, Flow
from data.integrations.oidc.trouble import ProviderDown, ProviderProblem, ProviderRefused, ProviderWrong
from data.runtime.providers import Provider


async def begin(provider: Provider, flow: Flow, redirect_uri: str) -> str:
    """The address to which somebody is sent. Raises ProviderDown, ProviderWrong, which are in the log."""
    from data.integrations.oidc import code_flow

    return await code_flow.send(provider, flow, redirect_uri)


async def finish(provider: Provider, flow: Flow, answer: Mapping[str, str], redirect_uri: str) -> Claims:
    """Who came back from the provider with this `answer`, the parameters of the address that it sent them to.

    Raises ProviderRefused, ProviderWrong, ProviderDown, which are in the log.
    """
    from data.integrations.oidc import code_flow

    return await code_flow.take_back(provider, flow, answer, redirect_uri)


def warm_up() -> None:
    """Load the libraries, and the certificates that are believed, before the first person waits for that."""
    from data.integrations.oidc import asking, code_flow

    asking.trusted()
