"""On which ports does a lab listen?"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator

import msgspec

from workeroo.errors import Unavailable

FIRST_PORT = 18069
LAST_PORT = 28069
"""Below Linux's range for outgoing connections (ip_local_port_range, from 32768)."""

LOOPBACK = "127.0.0.1"


class Ports(msgspec.Struct, frozen=True):
    """The three ports of a lab."""

    http: int
    evented: int
    nginx: int

    def all(self) -> tuple[int, int, int]:
        """All three."""
        return (self.http, self.evented, self.nginx)


def choose_ports(taken: Iterable[int]) -> Ports:
    """Three ports that nobody listens on and no other lab has chosen.

    Raises:
        Unavailable: when there are none.
    """
    free = _free_ports(set(taken))
    try:
        return Ports(next(free), next(free), next(free))
    except StopIteration:
        raise Unavailable(f"no three ports from {FIRST_PORT} to {LAST_PORT} are free") from None


def is_free(port: int) -> bool:
    """Whether nobody listens on a port, on any address of this machine."""
    return all(_can_bind(address, port) for address in (LOOPBACK, ""))


def answers(port: int) -> bool:
    """Whether somebody accepts a connection on a port."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1):
            return True
    except OSError:
        return False


def _free_ports(taken: set[int]) -> Iterator[int]:
    for port in range(FIRST_PORT, LAST_PORT):
        if port not in taken and is_free(port):
            yield port


def _can_bind(address: str, port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do: connections of the last one that are still closing do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
    return True
