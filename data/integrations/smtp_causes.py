"""Why a mail server can't be used: what lies behind an error of the network or of TLS, for whoever runs Botcadence."""

import socket
import ssl

from data.runtime.mail_server import MailServer
from data.runtime.service_urls import CURE

PROBE = 5.0
"""Seconds that a second look at a server takes at most."""

IMPLICIT_TLS = 465
"""The port on which mail servers speak TLS from the first byte (RFC 8314 3.3)."""

SPEAKS_TLS_AT_ONCE = 'The mail server expects TLS from the first moment: its address has to begin with smtps:// here.'
SPEAKS_PLAINLY_AT_FIRST = 'The mail server does not begin with TLS: its address has to begin with smtp:// here.'
WRONG_PASSWORD = f'The mail server does not accept the user name or the password. {CURE}.'

UNKNOWN_AUTHORITY = 'it is signed by somebody unknown here. Name the file of the one who signed it in SSL_CERT_FILE'
CERTIFICATE = {
    9: 'it is not valid yet',
    10: 'it has expired',
    18: UNKNOWN_AUTHORITY,
    19: UNKNOWN_AUTHORITY,
    20: UNKNOWN_AUTHORITY,
    21: UNKNOWN_AUTHORITY,
    62: 'it is for another host name',
    64: 'it is for another IP address',
}
"""By the code of X509_verify_cert_error_string(3)."""


def cause(error: BaseException, server: MailServer) -> str:
    """What is behind an error, as a sentence that names the machine, but neither user nor password."""
    at = f'port {server.port} of {server.host}'
    if isinstance(error, ssl.SSLCertVerificationError):
        why = CERTIFICATE.get(error.verify_code, error.verify_message)
        return f'The certificate of {server.host} is not accepted: {why}.'
    if isinstance(error, ssl.SSLError):
        return f'TLS cannot be agreed on with {at} ({error.reason}).'
    if isinstance(error, socket.gaierror | UnicodeError):
        is_passing = isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN
        return f'The name {server.host} ' + ('cannot be looked up now.' if is_passing else 'cannot be found.')
    if isinstance(error, ConnectionRefusedError):
        return f'Nothing listens on {at}.'
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return f'No answer in time from {at}.'
    return f'The connection to {at} ended ({getattr(error, "strerror", None) or "it hung up"}).'


def other_protocol(error: BaseException, server: MailServer, patience: float) -> str:
    """Where the address begins with the wrong one of smtp:// and smtps://: a sentence that says so; else ''."""
    seconds = min(PROBE, patience)
    if server.secure:
        is_tls_error = isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLCertVerificationError)
        return SPEAKS_PLAINLY_AT_FIRST if is_tls_error and _greets_plainly(server, seconds) else ''
    is_silent = not isinstance(error, ssl.SSLError | socket.gaierror | UnicodeError | ConnectionRefusedError)
    return SPEAKS_TLS_AT_ONCE if is_silent and speaks_tls(server, seconds) else ''


def speaks_tls(server: MailServer, seconds: float = PROBE) -> bool:
    """Whether the server answers TLS with TLS; whose certificate it has does not matter, as nothing is sent."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with (
            socket.create_connection((server.host, server.port), seconds) as plain,
            context.wrap_socket(plain, server_hostname=server.host),
        ):
            return True
    except (OSError, ValueError):
        return False


def _greets_plainly(server: MailServer, seconds: float) -> bool:
    """Whether the server begins as RFC 5321 3.1 says."""
    try:
        with socket.create_connection((server.host, server.port), seconds) as plain:
            return plain.recv(4).startswith((b'220', b'4', b'5'))
    except OSError:
        return False
