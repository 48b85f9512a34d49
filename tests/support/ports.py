"""Ports for the servers of this run: reserved, so that nobody else on this machine is given them meanwhile."""

import socket

_reserved: list[socket.socket] = []


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens, and on which a server of this run can.

    Between asking for a free port and listening on it, another process would be given the same one. A socket that is
    bound but does not listen keeps it: a server shares it with that one, for both set SO_REUSEADDR, and until there is
    a server, who connects is refused.
    """
    reserved = socket.socket()
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    reserved.bind(('127.0.0.1', 0))
    _reserved.append(reserved)
    port: int = reserved.getsockname()[1]
    return port
