"""The names of ways in that providers are, and what people read for them."""

from data.runtime import providers


def method_of(name: str) -> str:
    """The name of the way in that a provider is, as sessions and events have it."""
    return f'oidc:{name}'


def label_of(name: str) -> str:
    """What people read for a provider with this name, also where it is set no more."""
    provider = providers.named(name)
    return provider.label if provider else providers.LABELS.get(name, name.title())
