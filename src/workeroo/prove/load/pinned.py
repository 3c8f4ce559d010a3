"""To which addresses do requests go? To those that were looked at before, and to no other."""

from __future__ import annotations

import ipaddress
import socket

from aiohttp.abc import AbstractResolver, ResolveResult

from workeroo.prove.load.order import Target

NUMERIC = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV


class Pinned(AbstractResolver):
    """Knows one name, the target's, and gives the addresses that it was told."""

    def __init__(self, addresses: tuple[str, ...]) -> None:
        self._addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of the target; requests to another server are never made."""
        del family  # those that were looked at are of the right one
        return [
            ResolveResult(
                hostname=host, host=address, port=port, family=_family(address), proto=0,
                flags=NUMERIC,
            )
            for address in self._addresses
        ]  # fmt: skip

    async def close(self) -> None:
        """Nothing is open."""


def resolver_of(target: Target) -> AbstractResolver | None:
    """What looks the target's name up; None for the system's."""
    return Pinned(target.addresses) if target.addresses else None


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ipaddress.ip_address(address).version == 6 else socket.AF_INET  # noqa: PLR2004 - IPv6
