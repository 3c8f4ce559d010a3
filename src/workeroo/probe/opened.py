"""How is one process looked at again and again, cheaply, and never another with its pid?

Its files in /proc are opened once: an open file of a process that ended answers "no such process",
also when another process has the pid by then.
"""

from __future__ import annotations

import os
from pathlib import Path

from workeroo.errors import InputError
from workeroo.facts import procstat
from workeroo.facts.glance import Glance, glance
from workeroo.facts.sockets import inode_of

_STAT_BYTES = 1024
"""A line of stat is half of this."""

_TEXT_BYTES = 65536

_STANDARD = ("0", "1", "2")


class OpenedProcess:
    """One process with its files open.

    Attributes:
        closed: why its descriptors cannot be listed, None where they can.
    """

    def __init__(self, pid: int, proc: Path = Path("/proc")) -> None:
        self.pid = pid
        self.closed: str | None = None
        self._home = f"{proc}/{pid}"
        self._stat = os.open(f"{self._home}/stat", os.O_RDONLY | os.O_CLOEXEC)
        self._line = b""
        self._glance: Glance | None = None
        self._descriptors: int | None = None
        self._children: int | None = None
        try:
            flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
            self._descriptors = os.open(f"{self._home}/fd", flags)
        except OSError as error:
            self.closed = f"the descriptors of process {pid} cannot be listed: {error.strerror}"

    def glance(self) -> Glance | None:
        """How it is; None when it has gone."""
        try:
            line = os.pread(self._stat, _STAT_BYTES, 0)
            if line != self._line:  # one that sleeps has the same line again
                self._line, self._glance = line, glance(line)
        except (OSError, InputError):
            return None
        return self._glance

    def links(self) -> dict[str, str]:
        """Its descriptors, number to what each leads to; none where they cannot be listed."""
        if self._descriptors is None:
            return {}
        try:
            names = os.listdir(self._descriptors)  # noqa: PTH208 - pathlib lists no open folder
        except OSError as error:  # it ended, or gave up its user's rights after it was opened
            self.closed = f"the descriptors of process {self.pid}: {error.strerror}"
            return {}
        return {name: link for name in names if (link := self.link(name)) is not None}

    def has(self, number: str) -> bool:
        """Whether there is such a descriptor; where there is none, this is quicker than `link`."""
        at = self._descriptors
        return at is not None and os.access(number, os.F_OK, dir_fd=at)

    def link(self, number: str) -> str | None:
        """What one descriptor leads to; None where there is none."""
        if self._descriptors is None:
            return None
        try:
            return os.readlink(number, dir_fd=self._descriptors)
        except OSError:
            return None

    def socket_at(self, number: str) -> int | None:
        """The inode of the socket that one descriptor is; None where it is none."""
        link = self.link(number)
        return None if link is None else inode_of(link)

    def sockets(self) -> dict[int, str]:
        """The sockets that it holds: inode to descriptor."""
        found = ((inode_of(link), name) for name, link in self.links().items())
        return {inode: name for inode, name in found if inode is not None}

    def pipes(self) -> set[str]:
        """The pipes that it holds, less those that it may have got from whoever started it."""
        links = self.links().items()
        return {link for name, link in links if link.startswith("pipe:") and name not in _STANDARD}

    def argv(self) -> bytes:
        """Its command line."""
        return self._bytes("cmdline") or b""

    def name(self) -> str:
        """Of its program: "wkhtmltopdf"."""
        return (self._bytes("comm") or b"").decode("utf-8", "replace").strip()

    def pss_bytes(self) -> int | None:
        """Its proportional share of memory; None where it cannot be read. This is dear."""
        text = (self._bytes("smaps_rollup") or b"").decode("ascii", "replace")
        return procstat.kilobytes(text, "Pss")

    def child_pids(self) -> list[int] | None:
        """Of all its threads; None where the kernel does not tell (CONFIG_PROC_CHILDREN)."""
        try:
            threads = os.listdir(f"{self._home}/task")  # noqa: PTH208 - half the time of pathlib
        except OSError:
            return []
        told = [self._bytes(f"task/{thread}/children") for thread in threads]
        if all(words is None for words in told) and self.glance() is not None:
            return None
        return [int(word) for words in told for word in (words or b"").split()]

    def forked_pids(self) -> list[int] | None:
        """Of its first thread alone, as a master forks them; None where the kernel does not tell.

        This is asked at every look, so that the file stays open.
        """
        try:
            if self._children is None:
                path = f"{self._home}/task/{self.pid}/children"
                self._children = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            return [int(word) for word in os.pread(self._children, _TEXT_BYTES, 0).split()]
        except OSError:
            return None

    def close(self) -> None:
        """Give back its files."""
        if self._children is not None:
            os.close(self._children)
            self._children = None
        os.close(self._stat)
        if self._descriptors is not None:
            os.close(self._descriptors)
            self._descriptors = None

    def _bytes(self, name: str) -> bytes | None:
        """A file; None where it is not there or may not be read."""
        try:
            file = os.open(f"{self._home}/{name}", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            return os.read(file, _TEXT_BYTES)
        except OSError:
            return None
        finally:
            os.close(file)
