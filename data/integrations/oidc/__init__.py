"""Sign-in through a provider: OpenID Connect Core 1.0 with PKCE, state and nonce, and GitHub's OAuth 2."""

from data.integrations.oidc.flow import begin, finish
from data.integrations.oidc.identity import Claims, Flow
from data.integrations.oidc.trouble import ProviderDown, ProviderProblem, ProviderRefused, ProviderWrong
