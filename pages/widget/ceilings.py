"""How much visitors may do: each of them, all of one network at an agent, and, wherever they seem to come from, all of

an agent, of an organization and of this process. Behind a web server that is not named, everybody seems to be local.
"""

import hashlib

from starlette.requests import HTTPConnection

from data.runtime import limits
from data.runtime.rate_limiter import network_of, wait
from data.services.agents.serving import Serving


def network(connection: HTTPConnection) -> str:
    """Where it comes from, '' for this machine, which no limit of networks holds."""
    return network_of(connection.client.host if connection.client else '')


def seconds_to_ask(here: str, *, is_fetched: bool) -> int:
    """0 where something may be fetched, or sent, else the seconds until it may."""
    return wait(limits.READS if is_fetched else limits.SENDS, here) if here else 0


def seconds_to_say(serving: Serving, token: str | None, here: str) -> int:
    """0 where a message may be said, else the seconds until it may; without a token by somebody new.

    What is refused by a smaller circle does not count in the larger ones: one visitor who writes too much takes
    nothing away from all others.
    """
    agent, organization = serving.agent_id, serving.organization_id
    if token:
        visitor = _name(token)
        refused = wait(limits.SAYS, visitor) or wait(limits.SAYS_AN_HOUR, visitor)
    else:
        refused = (here and wait(limits.NEW_HERE, here)) or wait(limits.NEW_AT_AGENT, agent)
    return (
        refused
        or (wait(limits.SAYS_HERE, here, agent) if here else 0)
        or wait(limits.SAYS_AT_AGENT, agent)
        or wait(limits.SAYS_AT_ORGANIZATION, organization)
        or wait(limits.SAYS_IN_ALL)
    )


def count_first(token: str) -> None:
    """Count the message by which somebody came, now that they have a token."""
    wait(limits.SAYS, _name(token))
    wait(limits.SAYS_AN_HOUR, _name(token))


def seconds_to_act(serving: Serving, token: str) -> int:
    """0 where a visitor may do something else, else the seconds until they may."""
    return wait(limits.ACTS, _name(token)) or wait(limits.ACTS_AT_AGENT, serving.agent_id)


def seconds_to_come(serving: Serving) -> int:
    """0 where it may be looked who somebody is, else the seconds until it may; it takes no message away."""
    return wait(limits.COMES_AT_AGENT, serving.agent_id)


def _name(token: str) -> str:
    """What a visitor counts as; the token itself is not kept."""
    return hashlib.sha256(token.encode()).hexdigest()[:32]
