"""Do netlink and /proc/net tell the same of sockets of our own?"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest

from workeroo.evidence import Unknown
from workeroo.facts.sockets import LISTEN, Tally, tally
from workeroo.probe.sockdiag import SocketTable

BACKLOG = 5
FAMILIES = ["ipv4", "ipv6", "both"]


@pytest.fixture(params=FAMILIES)
def server(request: pytest.FixtureRequest) -> Iterator[socket.socket]:
    """One that listens on IPv4, on IPv6, or on both by one socket, as Odoo may be told to."""
    if request.param == "ipv4":
        it = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
    else:
        both = request.param == "both"
        host = "::" if both else "::1"
        it = socket.create_server(
            (host, 0), family=socket.AF_INET6, backlog=BACKLOG, dualstack_ipv6=both
        )
    with it:
        yield it


@pytest.mark.parametrize("netlink", [True, False])
def test_who_waits_and_who_is_served_is_counted(server: socket.socket, netlink: bool) -> None:
    port = server.getsockname()[1]
    host = "::1" if server.getsockname()[0] == "::1" else "127.0.0.1"
    with closing(SocketTable(os.getpid(), netlink=netlink)) as table, ExitStack() as clients:
        assert table.by_netlink is netlink
        table.narrow(port)
        for _ in range(3):
            clients.enter_context(socket.create_connection((host, port)))
        accepted = clients.enter_context(server.accept()[0])
        inode = os.fstat(accepted.fileno()).st_ino
        counted = counted_by(table, port)

    assert (counted.waiting, counted.backlog) == (2, BACKLOG if netlink else None)
    assert list(counted.served) == [inode]
    assert len(counted.waits_seconds) == (2 if netlink else 0)


def test_those_that_listen_alone_are_had_without_the_rest(server: socket.socket) -> None:
    port = server.getsockname()[1]
    with closing(SocketTable(os.getpid())) as table:
        rows = table.rows(port, 1 << LISTEN)

    assert not isinstance(rows, Unknown)
    assert [row.state for row in rows] == [LISTEN]


def test_where_netlink_fails_the_text_is_read(server: socket.socket) -> None:
    port = server.getsockname()[1]
    with closing(SocketTable(os.getpid())) as table:
        assert table._netlink is not None
        table._netlink.close()  # as where a unit restricts it after the start
        assert counted_by(table, port).listening
        assert not table.by_netlink


def test_a_process_that_is_not_there_has_no_sockets_to_see() -> None:
    with closing(SocketTable(2**22 + 1)) as table:
        assert isinstance(table.rows(8069), Unknown)


def counted_by(table: SocketTable, port: int) -> Tally:
    rows = table.rows(port)
    assert not isinstance(rows, Unknown)
    return tally(rows, None)
