"""What does systemd hear of a service: that it is ready, alive, ending?

The protocol of sd_notify(3): one datagram to the socket that NOTIFY_SOCKET names. Without that
nobody is told.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from contextlib import suppress


def notify(environment: Mapping[str, str], message: str) -> None:
    """Tell systemd: "READY=1", "WATCHDOG=1", "STOPPING=1", "STATUS=..."."""
    address = environment.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    if address.startswith("@"):  # an abstract name
        address = "\0" + address[1:]
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as it:
        it.sendto(message.encode(), address)
