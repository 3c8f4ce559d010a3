"""What do a server's sockets and processes say of its workers now, several times a second?

A `Watcher` keeps what does not change from look to look: open files of every process, what part
each has, who serves which connection. It reads, signals nothing, and needs to be the user that
runs Odoo, or root; what it may not see is in the pulse as `trouble`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from workeroo.errors import Unavailable
from workeroo.evidence import Maybe, Unknown
from workeroo.facts.commandline import split
from workeroo.facts.deployment import Deployment
from workeroo.facts.glance import Glance
from workeroo.facts.pulse import DatabasePulse, Pulse
from workeroo.facts.servers import Seen
from workeroo.facts.sockets import LISTEN, Row, Tally, oldest_wait_seconds, tally
from workeroo.probe.child import Child, Moment
from workeroo.probe.evented import EventedPort
from workeroo.probe.holders import Holders
from workeroo.probe.opened import OpenedProcess
from workeroo.probe.paced import Paced
from workeroo.probe.pss import PssRound
from workeroo.probe.pulsehost import HostWatch
from workeroo.probe.sockdiag import SocketTable
from workeroo.probe.world import LIVE, World

Database = Callable[[], Maybe[DatabasePulse]]
"""What PostgreSQL says; called at every look, so it answers from memory for most of them."""

_LIST_SHARE = 0.0004
"""Of one core that may go into listing connections. How many wait and who is busy is seen at every
look without the list; it says whether that is right, and since when each waits."""

_DEAR_LIST_SHARE = 0.01
"""The same where nothing is seen without it: from /proc/net/tcp, which takes twenty times as long
as netlink, and of a threaded server, which has no other processes to look at."""

_NOTHING = Tally(listening=False, waiting=0, backlog=None, waits_seconds=(), served={})


class Watcher:
    """Looks at one server; `contextlib.closing` gives back its files.

    Args:
        master_pid: its master, or the one process of a threaded server.
        port: where its HTTP workers answer.
        evented_port: where its evented process answers; not looked at when not given.
        database: what PostgreSQL says; not asked when not given.
        netlink: whether netlink may be asked for sockets, where it can be.
        root: where /proc and /sys are.

    Raises:
        Unavailable: when the process is not there.
    """

    def __init__(
        self,
        master_pid: int,
        port: int,
        *,
        evented_port: int | None = None,
        database: Database | None = None,
        netlink: bool = True,
        root: Path = LIVE,
    ) -> None:
        self.port = port
        self._proc = root / "proc"
        self._master = _opened(master_pid, self._proc)
        glance = self._alive()
        self._start_ticks = glance.start_ticks
        self._image = glance.image
        self._top = self._read_top(glance)
        self._database = database
        self._table = SocketTable(master_pid, self._proc, netlink=netlink)
        self._evented = EventedPort(self._table, evented_port)
        self._listing = Paced(_DEAR_LIST_SHARE)
        self._listed, self._listed_at, self._begun = _NOTHING, 0.0, 0
        self._host = HostWatch(World(root), master_pid)
        self._holders = Holders()
        self._pss = PssRound()
        self._children: dict[int, Child] = {}
        self._listeners: frozenset[int] | None = None
        self._prefork: bool | None = None
        self._blind: str | None = None

    def look(self) -> Pulse:
        """One look.

        Raises:
            Unavailable: when the server has gone.
        """
        now = time.monotonic()
        master = self._alive()
        self._notice_reload(master)
        counted, listed = self._connections(now)
        children = self._present(master)
        self._holders.assign((child.holder for child in children if child.accepts), listed, now)
        self._pss.step(now, children)
        boot_seconds = time.clock_gettime(time.CLOCK_BOOTTIME)
        moment = Moment(now, boot_seconds, self._evented.connections(now))
        workers = tuple(child.worker(moment) for child in children)
        return Pulse(
            at_seconds=now,
            master_pid=self._master.pid,
            master_start_ticks=self._start_ticks,
            master_stopped=master.stopped,
            port=self.port,
            workers=workers,
            waiting=counted.waiting,
            backlog=counted.backlog,
            oldest_wait_seconds=self._oldest_wait_seconds(counted, now),
            served=self._holders.served,
            host=self._host.look(now),
            database=self._database() if self._database else Unknown("PostgreSQL is not asked"),
            trouble=tuple(self._trouble(counted, children)),
        )

    def close(self) -> None:
        """Give back every open file."""
        self._table.close()
        self._host.close()
        for child in self._children.values():
            child.close()
        self._children = {}
        self._master.close()

    # How it does it

    def _alive(self) -> Glance:
        glance = self._master.glance()
        if glance is None or glance.gone:
            raise Unavailable(
                f"the Odoo server with process {self._master.pid} has ended",
                cure="start it, and watch the new one",
            )
        return glance

    def _read_top(self, glance: Glance) -> Seen:
        argv = split(self._master.argv())
        return Seen(pid=self._master.pid, parent_pid=glance.parent_pid, nice=glance.nice, argv=argv)

    def _notice_reload(self, master: Glance) -> None:
        """The same process runs another image: what it has forked before is of the old one."""
        if master.image == self._image:
            return
        self._image = master.image
        self._top = self._read_top(master)
        self._listeners = self._prefork = None
        for child in self._children.values():
            child.outlive()

    def _connections(self, now: float) -> tuple[Tally, Mapping[int, float] | None]:
        """Who waits; and who is served, by the kernel's list, where that is due."""
        if self._listing.due(now):
            with self._listing.taken(now):
                self._listed = self._counted(self._table.rows(self.port))
            self._listed_at, self._begun = now, self._holders.begun
            return self._listed, None if self._blind else self._listed.served
        if self._table.by_netlink:
            return self._counted(self._table.rows(self.port, 1 << LISTEN)), None
        return self._listed, None

    def _oldest_wait_seconds(self, counted: Tally, now: float) -> float:
        begun = self._holders.begun - self._begun
        elapsed_seconds = now - self._listed_at
        return oldest_wait_seconds(self._listed, counted.waiting, begun, elapsed_seconds)

    def _counted(self, rows: list[Row] | Unknown) -> Tally:
        if isinstance(rows, Unknown):
            self._blind = rows.reason
            return _NOTHING
        self._blind = None
        if self._listeners is None:
            held = self._master.sockets()
            self._listeners = frozenset(held) if held else None
            self._table.narrow(self.port)
        counted = tally(rows, self._listeners)
        if not counted.listening:  # not yet, or on a socket that it has opened since
            self._listeners = None
        return counted

    def _present(self, master: Glance) -> list[Child]:
        pids = self._pids(master)
        for pid in self._children.keys() - pids:
            self._children.pop(pid).close()
        for pid in sorted(pids - self._children.keys()):
            child = Child.found(pid, self._proc, self._master)
            if child is not None:
                self._children[pid] = child
        present = []
        for pid, child in sorted(self._children.items()):
            if child.look(self._top, prefork=self._prefork is not False):
                present.append(child)
            else:
                self._children.pop(pid).close()
        return present

    def _pids(self, master: Glance) -> set[int]:
        """Of the workers: the children of a master, or a threaded server itself."""
        if master.handles_workers:
            self._prefork = True
        elif master.handles_its_own_limit:
            self._prefork = False
        cheap = self._table.by_netlink and self._prefork is not False
        self._listing.share = _LIST_SHARE if cheap else _DEAR_LIST_SHARE
        below = self._master.forked_pids()
        children = _by_parent(self._proc, self._master.pid) if below is None else set(below)
        if self._prefork is False:
            return {self._master.pid}
        return children

    def _trouble(self, counted: Tally, children: Iterable[Child]) -> Iterable[str]:
        if self._blind is not None:
            yield self._blind
        elif not counted.listening:
            yield f"the server does not listen on port {self.port}"
        if self._host.trouble is not None:
            yield self._host.trouble
        closed = [child for child in children if child.closed is not None]
        if closed:
            yield f"who serves which connection is not seen: {closed[0].closed}"


def watcher_of(deployment: Deployment, *, database: Database | None = None) -> Watcher:
    """A watcher of a server that was found.

    Raises:
        Unavailable: when it does not run, or it is not known where it answers.
    """
    tops = [*deployment.of("master"), *deployment.of("threaded server")]
    if not tops:
        raise Unavailable(f"{deployment.name} does not run", cure="start it")
    setting = deployment.setting("http_port")
    port = setting.value if setting and isinstance(setting.value, int) else None
    heard = [p for process in deployment.processes for p in process.listens_on]
    if port is None or (heard and port not in heard):
        port = next(iter(tops[0].listens_on), port)
    if port is None:
        raise Unavailable(
            f"it is not seen on which port {deployment.name} listens",
            cure="call it as root or as the user that runs Odoo",
        )
    evented = [p for process in deployment.of("evented") for p in process.listens_on]
    return Watcher(tops[0].pid, port, evented_port=next(iter(evented), None), database=database)


def _opened(pid: int, proc: Path) -> OpenedProcess:
    try:
        return OpenedProcess(pid, proc)
    except OSError as error:
        raise Unavailable(f"there is no process {pid}", cure="give a server that runs") from error


def _by_parent(proc: Path, parent: int) -> set[int]:
    """The children of a process, where the kernel has no list of them: all are looked through."""
    found = set()
    for name in os.listdir(proc):  # noqa: PTH208 - several times a second
        if name.isdecimal() and _parent_of(proc, int(name)) == parent:
            found.add(int(name))
    return found


def _parent_of(proc: Path, pid: int) -> int | None:
    try:
        process = OpenedProcess(pid, proc)
    except OSError:
        return None
    glance = process.glance()
    process.close()
    return glance.parent_pid if glance else None
