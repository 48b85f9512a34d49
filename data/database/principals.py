"""Principals: who acts, be it a person through a browser session or the system itself."""

from dataclasses import dataclass

ADMINISTRATOR = 'the administrator'
"""Whoever runs the installation, as the audit log has them; no e-mail address of anybody's."""

LONGEST_NETWORK = 64
"""Characters of a network that are kept: an address of IPv6 with its zone."""


class Principal:
    """Whoever acts, standing in one organization ('' where it is about none), and from where.

    `user_id` is None for who has no account. The network is cut here, once, to what the tables hold.
    """

    organization_id: str
    network: str

    def __post_init__(self) -> None:
        """Cut the network."""
        object.__setattr__(self, 'network', self.network[:LONGEST_NETWORK])


@dataclass(frozen=True)
class Actor(Principal):
    """A session of a user. What it may do is found out by `authorize`, in each transaction."""

    session_id: str
    user_id: str
    organization_id: str
    network: str


@dataclass(frozen=True)
class System(Principal):
    """The system in one organization: its administrator, work in the background, or somebody without an account.

    Nobody is asked whether it may. `email` is how the audit log calls it; it has no name beside that.
    """

    organization_id: str
    network: str = ''
    email: str = ADMINISTRATOR
    name: None = None
    user_id: None = None
