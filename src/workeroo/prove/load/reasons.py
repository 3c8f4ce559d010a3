"""Why did a request get no answer, and where does an answer send who asked?"""

from __future__ import annotations

import errno
import os

import aiohttp
from yarl import URL

from workeroo.errors import InputError
from workeroo.prove.load.honesty import NO_FILES, NO_PORTS
from workeroo.prove.load.script import Line

REDIRECTS = frozenset({301, 302, 303, 307, 308})
KEEPING_METHOD = frozenset({307, 308})
"""With these what was posted is posted again. Source: RFC 9110, section 15.4."""

SAID = (
    (aiohttp.ServerDisconnectedError, "the connection was closed without an answer"),
    (aiohttp.ClientPayloadError, "the answer broke off"),
    (aiohttp.ClientConnectorDNSError, "the server's name has no address"),
    (aiohttp.ClientConnectorCertificateError, "its certificate is one that browsers refuse"),
    (aiohttp.ClientSSLError, "TLS did not come about"),
)
OWN_FAULTS = {
    errno.EMFILE: NO_FILES,
    errno.ENFILE: NO_FILES,
    errno.EADDRNOTAVAIL: NO_PORTS,
}


def onward(url: URL, location: str, line: Line) -> tuple[URL, str | None]:
    """Where a redirect leads; and that it leads away, for a load stays on its target."""
    target = url.join(URL(location, encoded=True)).with_fragment(None)
    if target.origin() == url.origin():
        return target, None
    if str(target.origin()) == line.origin:
        return URL(line.base + target.raw_path_qs, encoded=True), None
    return url, f"sent away to {target.origin()}"


def reason(error: BaseException) -> str:
    """In words that are the same for the same cause, so that they can be counted."""
    if isinstance(error, InputError):
        return error.what
    if isinstance(error, aiohttp.WSServerHandshakeError):
        return f"the websocket was refused with {error.status}"
    for sort, words in SAID:
        if isinstance(error, sort):
            return words
    cause = getattr(error, "os_error", error)
    number = getattr(cause, "errno", None)
    if isinstance(number, int) and number > 0:
        return OWN_FAULTS.get(number) or os.strerror(number).lower()
    return f"no valid answer ({type(error).__name__})"
