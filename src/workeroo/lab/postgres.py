"""How does the lab keep a PostgreSQL of its own?

A cluster in the lab's folder that listens on a socket there and on no port. Only the lab's user
and whoever started the lab may connect. It forgets on a crash (fsync off): a lab is made again.
"""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import msgspec

from workeroo.errors import Unavailable
from workeroo.lab.folder import LabFolder, remove_tree
from workeroo.lab.process import identify, works_in
from workeroo.lab.program import find_program, plain_environment, run
from workeroo.lab.user import LabUser
from workeroo.progress import Progress

ROLE = "odoo"
"""Odoo refuses to work as the role `postgres`."""

PORT = 5432
"""Only the name of the socket: nothing listens on TCP."""

NEEDED = ("initdb", "pg_ctl", "psql", "pg_dump", "pg_restore")
PACKAGED = Path("/usr/lib/postgresql")
START_SECONDS = 60
MAX_CONNECTIONS = 100
"""PostgreSQL's own default."""

_CONF = """
# The lab's own: quick, forgetful, and out of everyone's reach.
listen_addresses = ''
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
port = {port}
max_connections = {max_connections}
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
autovacuum_naptime = 1min
log_line_prefix = '%m [%p] %d '
"""


class Cluster(msgspec.Struct, frozen=True):
    """The lab's PostgreSQL."""

    folder: LabFolder
    user: LabUser
    programs: Path

    def make(self, progress: Progress) -> None:
        """Make the cluster where there is none."""
        data = self.folder.cluster
        if data.is_dir():
            return
        with progress.step("making a PostgreSQL cluster"):
            unfinished = data.with_name("pg.new")
            remove_tree(unfinished)
            unfinished.mkdir(mode=0o700)
            self.user.own(unfinished)
            self._run(
                "initdb", "-D", unfinished, "-U", ROLE, "-E", "UTF8", "--locale=C.UTF-8",
                "--auth=peer", "--no-sync", "--no-instructions",
            )  # fmt: skip
            self._configure(unfinished)
            unfinished.rename(data)

    def start(self, progress: Progress) -> None:
        """Start it where it does not run.

        Raises:
            Unavailable: when it does not start.
        """
        if self.is_running():
            return
        (self.folder.cluster / "postmaster.pid").unlink(missing_ok=True)  # of a killed server
        log = self.folder.logs / "postgresql.log"
        with progress.step("starting PostgreSQL"):
            try:
                self._control("start", "-w", "-t", str(START_SECONDS), "-s", "-l", str(log))
            except Unavailable as error:
                last = log.read_text(errors="replace").strip().splitlines()[-1:] or [error.what]
                raise Unavailable(f"PostgreSQL did not start: {last[0]}", where=str(log)) from error

    def stop(self) -> None:
        """Stop it, ending its connections."""
        if self.is_running():
            self._control("stop", "-w", "-m", "fast", "-s")

    def is_running(self) -> bool:
        """Whether it runs."""
        try:
            text = (self.folder.cluster / "postmaster.pid").read_text(encoding="utf-8")
        except FileNotFoundError:
            return False
        pid = int(text.split("\n", 1)[0])
        # A pid file that outlived its server may name anybody; a server works in its data folder.
        return identify(pid) is not None and works_in(pid, self.folder.cluster)

    def query(self, sql: str, database: str = "postgres") -> list[str]:
        """The rows of a query, as text."""
        out = self._run("psql", *self.address(), "-d", database, "-XAtqc", sql)
        return [line for line in out.splitlines() if line]

    def dump(self, database: str, file: Path) -> None:
        """Write a database into a file."""
        self._run("pg_dump", *self.address(), "-Fc", "-Z1", "-f", file, database)

    def restore(self, database: str, file: Path) -> None:
        """Read a database from a file that `dump` wrote."""
        options = ("--no-owner", "--exit-on-error", "-j2", "-d", database)
        self._run("pg_restore", *self.address(), *options, file)

    def address(self) -> tuple[str, ...]:
        """How PostgreSQL's own programs find it."""
        return ("-h", str(self.folder.sockets), "-p", str(PORT), "-U", ROLE)

    def _control(self, *arguments: str) -> None:
        # No pipes: the server would inherit them, and their reader would wait for the server.
        self._run("sh", "-c", 'exec "$@" >/dev/null 2>&1 </dev/null', "sh",
                  self.programs / "pg_ctl", *arguments, "-D", self.folder.cluster)  # fmt: skip

    def _run(self, program: str, *arguments: str | Path) -> str:
        path = "/bin/sh" if program == "sh" else self.programs / program
        environment = plain_environment(HOME=str(self.folder.work))
        return run(
            [path, *arguments],
            user=self.user,
            environment=environment,
            cwd=self.folder.work,
            leaves_server=program == "sh",
        )

    def _configure(self, data: Path) -> None:
        conf = _CONF.format(sockets=self.folder.sockets, port=PORT, max_connections=MAX_CONNECTIONS)
        with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(conf)
        (data / "pg_hba.conf").write_text("local all all peer map=lab\n", encoding="utf-8")
        starter = pwd.getpwuid(os.geteuid()).pw_name
        lines = [f'lab "{name}" {ROLE}\n' for name in sorted({self.user.name, starter})]
        (data / "pg_ident.conf").write_text("".join(lines), encoding="utf-8")


def find_cluster(folder: LabFolder, user: LabUser) -> Cluster:
    """The lab's cluster, with the newest PostgreSQL that is installed.

    Raises:
        Unavailable: when none is.
    """
    made_by = folder.cluster / "PG_VERSION"
    if not made_by.is_file():
        return Cluster(folder, user, _newest())
    version = made_by.read_text(encoding="utf-8").strip()
    programs = PACKAGED / version / "bin"
    if not programs.is_dir():
        programs = _newest()
    return Cluster(folder, user, programs)


def _newest() -> Path:
    versions = [path for path in PACKAGED.glob("*/bin") if path.parent.name.isdecimal()]
    for path in sorted(versions, key=lambda path: int(path.parent.name), reverse=True):
        if all((path / name).exists() for name in NEEDED):
            return path
    return Path(find_program("initdb", package="postgresql")).parent
