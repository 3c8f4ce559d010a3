"""Whatever workers open and close, does the kernel's list put the watch right?"""

from __future__ import annotations

from typing import cast

from hypothesis import given
from hypothesis import strategies as st

from workeroo.facts.sockets import inode_of
from workeroo.probe.holders import Holder, Holders
from workeroo.probe.opened import OpenedProcess

OPS = ("accept", "finish", "open a database", "close a database", "open a file", "close a file")


class Descriptors:
    """The table of a process, which gives out the lowest free number, as the kernel does."""

    next_inode = 1000

    def __init__(self) -> None:
        self.table = {0: "/dev/null", 1: "pipe:[1]", 2: "pipe:[1]", 3: "pipe:[2]", 5: "socket:[5]"}
        self.connection: int | None = None
        self.databases: list[int] = []
        self.files: list[int] = []

    def do(self, op: str) -> None:
        """As a worker: it opens and closes other things only while it serves."""
        if op == "accept" and self.connection is None:
            self.connection = self._open(socket=True)
        elif self.connection is None:
            return
        elif op == "finish":
            del self.table[self.connection]
            self.connection = None
        elif op == "open a database":
            self.databases.append(self._open(socket=True))
        elif op == "open a file":
            self.files.append(self._open(socket=False))
        elif op == "close a database" and self.databases:
            del self.table[self.databases.pop()]
        elif op == "close a file" and self.files:
            del self.table[self.files.pop(0)]

    def serving(self) -> set[int]:
        inode = None if self.connection is None else inode_of(self.table[self.connection])
        return set() if inode is None else {inode}

    # What a holder asks of a process.

    def links(self) -> dict[str, str]:
        return {str(number): link for number, link in self.table.items()}

    def has(self, number: str) -> bool:
        return number in self.links()

    def socket_at(self, number: str) -> int | None:
        return inode_of(self.table.get(int(number), ""))

    def _open(self, *, socket: bool) -> int:
        number = next(n for n in range(len(self.table) + 1) if n not in self.table)
        Descriptors.next_inode += 1
        self.table[number] = f"socket:[{self.next_inode}]" if socket else "/dev/urandom"
        return number


Day = list[tuple[list[tuple[int, str]], bool]]
"""Looks: what the workers did before each, and whether the list was asked at it."""

DAYS = st.lists(
    st.tuples(
        st.lists(st.tuples(st.integers(0, 2), st.sampled_from(OPS)), max_size=8), st.booleans()
    ),
    max_size=12,
)


@given(DAYS)
def test_a_list_finds_every_holder_and_a_second_one_every_error(day: Day) -> None:
    workers = [Descriptors() for _ in range(3)]
    seen = [Holder(cast("OpenedProcess", worker)) for worker in workers]
    holders = Holders()
    now = 0.0

    def look(*, listed: bool) -> None:
        nonlocal now
        now += 2.0  # longer than strangers are left alone
        everyone = {inode: 0.0 for worker in workers for inode in worker.serving()}
        holders.assign(seen, everyone if listed else None, now)

    look(listed=True)
    for ops, listed in day:
        for number, op in ops:
            workers[number].do(op)
        look(listed=listed)
        if listed:
            for worker, holder in zip(workers, seen, strict=True):
                assert worker.serving() <= holder.since.keys()
        assert holders.begun - holders.served == sum(len(holder.since) for holder in seen)

    look(listed=True)
    look(listed=True)
    assert [set(holder.since) for holder in seen] == [worker.serving() for worker in workers]


@given(st.lists(st.booleans(), min_size=1, max_size=30))
def test_of_a_worker_that_opens_nothing_else_no_list_is_needed(busy: list[bool]) -> None:
    worker = Descriptors()
    holder, holders = Holder(cast("OpenedProcess", worker)), Holders()
    holders.assign([holder], {}, 0.0)

    for at, is_busy in enumerate(busy, 1):
        worker.do("finish")
        if is_busy:
            worker.do("accept")
        holders.assign([holder], None, float(at))
        assert set(holder.since) == worker.serving()
    assert holders.begun == sum(busy)
