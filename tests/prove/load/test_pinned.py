"""Do requests go to the addresses that were looked at, and to no other?"""

from __future__ import annotations

import asyncio
import socket

from workeroo.prove.load.order import Target
from workeroo.prove.load.pinned import resolver_of

URL = "https://shop.example.com"


def test_a_name_stands_for_its_pinned_addresses_of_both_families() -> None:
    resolver = resolver_of(Target(url=URL, addresses=("203.0.113.7", "2001:db8::7")))
    assert resolver is not None

    found = asyncio.run(resolver.resolve("shop.example.com", 443))

    assert [(one["host"], one["family"]) for one in found] == [
        ("203.0.113.7", socket.AF_INET),
        ("2001:db8::7", socket.AF_INET6),
    ]


def test_without_addresses_the_system_is_asked() -> None:
    assert resolver_of(Target(url=URL)) is None
