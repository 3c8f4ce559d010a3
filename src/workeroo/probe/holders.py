"""Which worker serves which connection?

The kernel tells the inode of each accepted connection, and /proc/PID/fd tells who has it. A worker
accepts on the lowest free descriptor, which is nearly always the same one: that is asked first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from workeroo.probe.opened import OpenedProcess

_STRANGER_LOOKS = 5
"""A connection whose holder was not found is searched for again after so many looks: it may belong
to a worker that was forked meanwhile, and a search reads every descriptor of every idle worker."""


class Holder:
    """One process that accepts connections, and those that it has.

    Attributes:
        held: inodes of connections that it serves.
        surprised: it has a socket that is newer than the kernel's list: it has just accepted.
    """

    def __init__(self, process: OpenedProcess, *, many: bool = False) -> None:
        self.process = process
        self.many = many
        self.held: set[int] = set()
        self.surprised = False
        self._usual: str | None = None
        self._others: set[int] = set()

    @property
    def connections(self) -> int:
        """How many it serves."""
        return len(self.held) or int(self.surprised)

    def keep(self, served: Mapping[int, float]) -> None:
        """Forget what has ended."""
        self.held = {inode for inode in self.held if inode in served}
        self.surprised = False

    def guess(self, missing: set[int]) -> None:
        """Look at the usual descriptor."""
        if self._usual is None:
            return
        link = self.process.link(self._usual) or ""
        if link.startswith("socket:[") and (inode := int(link[8:-1])) in missing:
            self.held.add(inode)

    def search(self, missing: set[int], served: Mapping[int, float]) -> None:
        """Look at every descriptor."""
        sockets = self.process.sockets()
        mine = missing & sockets.keys()
        self.held |= mine
        for inode in mine:
            self._usual = sockets[inode]
        rest = sockets.keys() - served.keys()
        self.surprised = not self.held and bool(self._others) and bool(rest - self._others)
        self._others = set(rest)


class Holders:
    """Who serves what, from look to look.

    Attributes:
        served: connections that were being served and have ended.
    """

    def __init__(self) -> None:
        self.served = 0
        self._last: set[int] = set()
        self._strangers: dict[int, int] = {}
        self._look = 0

    def assign(self, holders: Iterable[Holder], served: Mapping[int, float]) -> None:
        """Find the holder of every connection that is being served."""
        self._look += 1
        self.served += len(self._last - served.keys())
        self._last = set(served)
        all_of_them = list(holders)
        for holder in all_of_them:
            holder.keep(served)
        missing = served.keys() - {inode for holder in all_of_them for inode in holder.held}
        idle = [holder for holder in all_of_them if holder.many or not holder.held]
        for holder in idle:
            if not missing:
                break
            holder.guess(missing)
            missing -= holder.held
        self._search(idle, missing, served)

    def _search(self, idle: list[Holder], missing: set[int], served: Mapping[int, float]) -> None:
        due = {n for n in missing if self._strangers.get(n, 0) <= self._look}
        for holder in idle:
            if not due:
                break
            if holder.many or not holder.held:
                holder.search(due, served)
                due -= holder.held
        waiting = {n: at for n, at in self._strangers.items() if n in missing and n not in due}
        self._strangers = waiting | dict.fromkeys(due, self._look + _STRANGER_LOOKS)
