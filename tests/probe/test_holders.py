"""Who serves which connection, told by a process of our own?"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from workeroo.probe.holders import Holder, Holders, lowest_free
from workeroo.probe.opened import OpenedProcess
from workeroo.probe.paced import Paced


class Server:
    """This process as a worker: it accepts connections of its own."""

    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=8)
        # All at once: clients of a real server take no descriptors in it.
        address = self.listening.getsockname()
        self.clients = [socket.create_connection(address) for _ in range(4)]

    def accept(self) -> socket.socket:
        return self.listening.accept()[0]

    def close(self) -> None:
        for client in [*self.clients, self.listening]:
            client.close()


@pytest.fixture
def server() -> Iterator[Server]:
    with closing(Server()) as it:
        yield it


@pytest.fixture
def holder(server: Server) -> Iterator[Holder]:
    del server  # its listening socket is there before the holder is
    with closing(OpenedProcess(os.getpid())) as process:
        yield Holder(process)


def inode(accepted: socket.socket) -> int:
    return os.fstat(accepted.fileno()).st_ino


def test_a_connection_that_the_kernel_lists_finds_its_holder(
    server: Server, holder: Holder
) -> None:
    holders = Holders()
    with server.accept() as accepted:
        holders.assign([holder], {inode(accepted): 0.5}, 10.0)
        assert holder.since == {inode(accepted): 9.5}
        holders.assign([holder], None, 11.0)  # seen again without the list
        assert holder.since == {inode(accepted): 9.5}
    holders.assign([holder], None, 12.0)
    assert (holder.since, holders.served) == ({}, 1)


def test_the_next_connection_is_seen_without_the_list(server: Server, holder: Holder) -> None:
    holders = Holders()
    first = server.accept()
    holders.assign([holder], {inode(first): 0.0}, 10.0)
    first.close()
    with server.accept() as second:
        holders.assign([holder], None, 11.0)
        assert holder.since == {inode(second): 11.0}
    assert (holders.begun, holders.served) == (2, 1)


def test_what_the_list_does_not_have_was_no_request(server: Server, holder: Holder) -> None:
    holders = Holders()
    first = server.accept()
    holders.assign([holder], {inode(first): 0.0}, 10.0)
    holders.assign([holder], {}, 11.0)  # a database connection, say

    assert holder.since == {}
    holders.assign([holder], None, 12.0)
    assert holder.since == {}
    first.close()


def test_a_connection_that_nobody_holds_breaks_nothing(holder: Holder) -> None:
    holders = Holders()

    for at in range(5):
        holders.assign([holder], {4294967295: 0.0}, float(at))

    assert (holder.since, holders.served) == ({}, 0)


def test_a_threaded_server_holds_many(server: Server, holder: Holder) -> None:
    holder.many = True
    holders = Holders()
    held = [server.accept() for _ in range(3)]

    holders.assign([holder], {inode(one): 1.0 for one in held}, 10.0)
    assert len(holder.since) == 3
    held.pop().close()
    holders.assign([holder], {inode(one): 2.0 for one in held}, 11.0)
    assert (len(holder.since), holders.served) == (2, 1)
    for one in held:
        one.close()


def test_the_next_descriptor_is_the_lowest_free() -> None:
    assert lowest_free({}) == "0"
    assert lowest_free({"0": "", "1": "", "3": ""}) == "2"


def test_what_is_dear_rests_until_it_is_paid_for() -> None:
    paced = Paced(share=0.01, least_seconds=0.5)
    assert paced.due(0.0)
    with paced.taken(0.0):
        end = time.thread_time() + 0.02
        while time.thread_time() < end:
            pass

    assert not paced.due(1.9)
    assert paced.due(1e9)
    with paced.taken(2.0):
        pass
    assert not paced.due(2.4)
