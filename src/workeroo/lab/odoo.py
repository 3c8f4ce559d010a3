"""How is the lab's Odoo started, and if it dies, why did it?"""

from __future__ import annotations

import http.client
import re
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import msgspec

from workeroo.errors import Unavailable
from workeroo.lab.cpus import pinned
from workeroo.lab.folder import LabFolder
from workeroo.lab.ports import LOOPBACK, Ports, answers
from workeroo.lab.postgres import PORT, ROLE
from workeroo.lab.process import Started, end_all, identify, sessions_of, start_server, stop
from workeroo.lab.source import OdooSource
from workeroo.lab.user import LabUser
from workeroo.lab.wait import wait_until

START_SECONDS = 120
"""A webshop with 17 workers needs some 10 s on two cores; this is for slow machines."""

ANSWER_SECONDS = 3
"""A server on the way up answers its first request in less; a queue that nobody serves never."""

STOP_SECONDS = 15
"""Odoo's workers end after the request at hand; what takes longer is forced."""

_EXCEPTION = re.compile(r"^(?:[\w.]+\.)?\w*(?:Error|Exception|Exit|Interrupt|Warning)\b.*")
_COMPLAINT = re.compile(r" (?:CRITICAL|ERROR) \S+ [\w.]+: (.*)")
_USAGE = re.compile(r"^\S+: error: (.*)")
_ALIVE = re.compile(r" Worker (Worker\w+) \(\d+\) alive")
_LAST_LINES = 20


class OdooDied(Unavailable):
    """The lab's Odoo ended while it should have run.

    Attributes:
        status: its exit status, negative when a signal ended it.
        reason: the line in which Odoo says why.
        last_lines: the end of its log.
    """

    def __init__(self, status: int, reason: str, last_lines: list[str], log: Path) -> None:
        how = f"by signal {-status}" if status < 0 else f"with exit status {status}"
        super().__init__(f"Odoo died {how}: {reason}", where=str(log))
        self.status = status
        self.reason = reason
        self.last_lines = last_lines


class OdooServer(msgspec.Struct, frozen=True):
    """The lab's Odoo server, on some cores only where they are given."""

    folder: LabFolder
    user: LabUser
    source: OdooSource | None = None
    cpus: tuple[int, ...] | None = None

    def start(
        self, ports: Ports, database: str, record: Callable[[Started | None], None]
    ) -> Started:
        """Start it and wait until it serves.

        Raises:
            OdooDied: when it ends instead.
            Unavailable: when it neither serves nor ends.
        """
        process = self._spawn(ports, database)
        started = identify(process.pid)
        record(started)
        wait_until(
            _Watch(process, self.folder.odoo_log, ports).is_over,
            seconds=START_SECONDS,
            what="the start of Odoo",
            where=str(self.folder.odoo_log),
        )
        if started is None or process.poll() is not None:
            raise self._death(process.wait())
        return started

    def stop(self, started: Started | None) -> None:
        """Stop the server that was recorded, and whatever of this lab's Odoo is left."""
        stop(started, polite=signal.SIGTERM, seconds=STOP_SECONDS)
        work = self.folder.work
        serving = sessions_of(self.folder.conf, work)
        building = sessions_of(self.folder.build_conf, work)
        end_all({*serving, *building, *([started.pid] if started else [])}, work)

    def _spawn(self, ports: Ports, database: str) -> subprocess.Popen[bytes]:
        source = self.source
        if source is None:
            raise Unavailable("there is no Odoo to start")
        log = self.folder.odoo_log
        if log.exists():
            log.replace(log.with_name("odoo.previous.log"))
        command = source.command("-c", str(self.folder.conf), *self._own(ports, database))
        return start_server(
            pinned(command, self.cpus),
            user=self.user,
            cwd=self.folder.work,
            log=log,
            environment=source.environment(self.folder),
        )

    def _own(self, ports: Ports, database: str) -> list[str]:
        """What must be the lab's whatever the odoo.conf says; Odoo lets arguments win over it."""
        return [
            f"--http-interface={LOOPBACK}", f"--http-port={ports.http}",
            f"--gevent-port={ports.evented}", f"--database={database}",
            f"--db-filter=^{database}$", "--logfile=",
            *common_arguments(self.folder, self.source),
        ]  # fmt: skip

    def _death(self, status: int) -> OdooDied:
        text = self.folder.odoo_log.read_text(errors="replace")
        lines = text.splitlines()
        return OdooDied(status, why_died(text), lines[-_LAST_LINES:], self.folder.odoo_log)


def common_arguments(folder: LabFolder, source: OdooSource | None) -> list[str]:
    """The arguments for a run of Odoo in the lab, serving or building."""
    addons = ",".join(map(str, source.addons)) if source else ""
    return [
        f"--db_host={folder.sockets}", f"--db_port={PORT}", f"--db_user={ROLE}",
        f"--data-dir={folder.data}", f"--addons-path={addons}",
    ]  # fmt: skip


def why_died(log: str) -> str:
    """The line of a log in which Odoo says why it ended."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    for pattern in (_USAGE, _EXCEPTION, _COMPLAINT):
        for line in reversed(lines):
            if found := pattern.search(line):
                return found[1] if pattern.groups else found[0]
    return lines[-1] if lines else "it wrote nothing"


class _Watch:
    """Watches a start, asking as little as possible: what it asks stands in the log."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path, ports: Ports) -> None:
        self.process = process
        self.log = log
        self.ports = ports
        self.healthy = False

    def is_over(self) -> bool:
        """Whether it serves, or never will."""
        if self.process.poll() is not None:
            return True
        if _alive(self.log) == {"WorkerCron"} and answers(self.ports.evented):
            return True  # a server for scheduled actions only: no HTTP worker will ever answer
        self.healthy = self.healthy or is_healthy(self.ports.http)
        # A worker writes that it is alive before it answers; so now silence means threads.
        return self.healthy and (not _alive(self.log) or answers(self.ports.evented))


def _alive(log: Path) -> set[str]:
    """The kinds of workers that have begun."""
    return set(_ALIVE.findall(log.read_text(errors="replace")))


def is_healthy(port: int) -> bool:
    """Whether Odoo answers on a port."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", "/web/health")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
