"""Which worker serves which connection?

A worker accepts on its lowest free descriptor, which is nearly always the same one: a socket there
is a connection that it serves, and one look at one link tells. The kernel's list of connections,
which costs more and is asked less often, says whether that was right and who else holds any.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from workeroo.facts.sockets import inode_of
from workeroo.probe.opened import OpenedProcess

_STRANGER_SECONDS = 1.0
"""A connection whose holder was not found is searched for again after so long: it may belong to a
worker that was forked meanwhile, and a search reads every descriptor of every idle worker."""


class Holder:
    """One process that accepts connections, and those that it serves.

    Args:
        process: its open files.
        many: whether it serves many at once: a threaded server.

    Attributes:
        since: by the inode of each connection, when the process was first seen to have it; of one
            that it had before, when its client sent the last of the request.
    """

    def __init__(self, process: OpenedProcess, *, many: bool = False) -> None:
        self.process = process
        self.many = many
        self.since: dict[int, float] = {}
        self._usual = lowest_free(process.links())
        self._others: set[int] = set()
        self._searched = False

    def glance(self, now: float) -> None:
        """Look at the usual descriptor."""
        if self.many or not (self.since or self.process.has(self._usual)):
            return
        inode = self.process.socket_at(self._usual)
        if inode is None or inode in self._others:
            self.since = {}
        elif inode not in self.since:
            self.since = {inode: now}

    def agree(self, listed: Mapping[int, float], before: float) -> None:
        """Hold what was seen at the look before against the kernel's list."""
        wrong = {n for n, at in self.since.items() if n not in listed and at <= before}
        for inode in wrong:
            del self.since[inode]
        if wrong:  # a database connection lies where requests used to
            self._others |= wrong
            self._usual = lowest_free(self.process.links())

    def search(self, missing: Mapping[int, float], listed: Collection[int], now: float) -> None:
        """Look at every descriptor.

        Args:
            missing: connections without a holder, with the moment since when somebody serves each.
            listed: all that the kernel lists.
            now: of this look.
        """
        links = self.process.links()
        named = ((inode_of(link), name) for name, link in links.items())
        sockets = {inode: name for inode, name in named if inode is not None}
        mine = {n: missing[n] for n in missing.keys() & sockets.keys()}
        fresh = sockets.keys() - set(listed) - self._others
        if not mine and not self.many and self._searched and fresh:
            # Accepted after the list was made. A database connection that is as new lies above it.
            mine = {min(fresh, key=lambda inode: int(sockets[inode])): now}
        self._usual = next((sockets[inode] for inode in mine), None) or lowest_free(links)
        if mine:
            self.since = self.since | mine if self.many else mine
        self._others = sockets.keys() - set(listed) - mine.keys()
        self._searched = True


class Holders:
    """Who serves what, from look to look.

    Attributes:
        begun: connections that were seen being served.
        served: those of them that have ended.
    """

    def __init__(self) -> None:
        self.begun = 0
        self.served = 0
        self._last: set[int] = set()
        self._looked_at = float("-inf")
        self._strangers: dict[int, float] = {}

    def assign(
        self, holders: Iterable[Holder], listed: Mapping[int, float] | None, now: float
    ) -> None:
        """Find who serves what; `listed` is the kernel's list where it was asked just now."""
        each = list(holders)
        for holder in each if self._has_looked else []:  # the first look has the list
            holder.glance(now)
        if listed is not None:
            self._agree(each, listed, now)
        current = {inode for holder in each for inode in holder.since}
        self.begun += len(current - self._last)
        self.served += len(self._last - current)
        self._last, self._looked_at = current, now

    def _agree(self, holders: list[Holder], listed: Mapping[int, float], now: float) -> None:
        for holder in holders:
            holder.agree(listed, self._looked_at)
        missing = listed.keys() - {inode for holder in holders for inode in holder.since}
        due = {n: self._since(n, listed[n], now) for n in missing if self._is_due(n, now)}
        for holder in holders:
            # One that has none of the list may have another kind of socket in the usual place.
            if due and (holder.many or not holder.since.keys() & listed.keys()):
                holder.search(due, listed, now)
                due = {n: since for n, since in due.items() if n not in holder.since}
        waiting = {n: at for n, at in self._strangers.items() if n in missing and n not in due}
        self._strangers = waiting | dict.fromkeys(due, now + _STRANGER_SECONDS)

    def _is_due(self, inode: int, now: float) -> bool:
        return self._strangers.get(inode, now) <= now

    def _since(self, inode: int, quiet_seconds: float, now: float) -> float:
        """When its holder got it: just now, unless it was there before we looked."""
        was_there = inode in self._strangers or not self._has_looked
        return now - max(0.0, quiet_seconds) if was_there else now

    @property
    def _has_looked(self) -> bool:
        return self._looked_at > float("-inf")


def lowest_free(links: Mapping[str, str]) -> str:
    """The number that the next descriptor gets."""
    taken = set(links)
    return next(name for number in range(len(taken) + 1) if (name := str(number)) not in taken)
