"""How is a real Odoo brought to write the log of something that goes wrong, and what is kept of it?

A `Stage` is the lab with an odoo.conf of one's own, clients that ask in parallel, and an eye on the
log. What it wrote is kept with neutral paths and ports and is otherwise left as it came.
"""

from __future__ import annotations

import http.client
import json
import re
import signal
import socket
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from workeroo.errors import Unavailable
from workeroo.lab.conf import write_conf
from workeroo.lab.lab import Lab, Wanted
from workeroo.lab.odoo import OdooServer
from workeroo.lab.ports import LOOPBACK
from workeroo.lab.postgres import Cluster, find_cluster
from workeroo.lab.process import Started, identify, send
from workeroo.lab.state import write_state
from workeroo.lab.wait import wait_until

WORLDS = Path(__file__).parent
ANSWER_SECONDS = 150
"""The longest request here ends sooner: the server's own limits see to it."""

ALIVE = r"Worker {kind} \((\d+)\) alive"


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """What is right for a log, because of what was done.

    Attributes:
        incidents: id -> count.
        why: what was done.
        pids: the processes that it happened to, by incident, where that is known.
        told: words that an incident has to tell, by incident: which request, which job, which port.
        recorded: False where no server wrote it, or not all of it: put together in the shape of
            real lines.
        workers: how many HTTP workers the server had at a time; None where the log does not tell.
    """

    incidents: dict[str, int]
    why: str
    pids: dict[str, list[int]] = {}
    told: dict[str, list[str]] = {}
    recorded: bool = True
    workers: int | None = None


class Stage:
    """A lab on which things go wrong."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.beside: dict[str, str] = {}
        self.whole = ""
        self.workers_set = 0
        self._before = ""

    # Servers

    def start(self, conf: str, *, database: str = "base", site: str | None = None) -> None:
        """Odoo anew with an odoo.conf; what it wrote until now is forgotten."""
        self._before, self.beside = "", {}
        self.lab.down()
        with self._conf_file(conf) as path:
            self.lab.up(conf=path, database=database, site=site)

    def restart(self) -> None:
        """Odoo once more; its new lines follow the old ones, as in one file."""
        self.stop_odoo()
        self._before += self._current()  # the lab begins a new file at each start
        self.lab.restart()

    def spawn(self, conf: str) -> None:
        """Start Odoo anew and do not wait until it serves: it may never."""
        self._before = ""
        self.stop_odoo()
        with self._conf_file(conf) as path:
            write_conf(self.lab.folder, path.read_bytes(), self.lab.user)
        state = self.lab._state()
        source = self.lab._source(Wanted())
        process = OdooServer(self.lab.folder, self.lab.user, source)._spawn(
            state.ports, state.database or "base"
        )
        state.odoo, state.key = identify(process.pid), None
        write_state(self.lab.folder.state, state)

    def stop_odoo(self) -> None:
        """End Odoo as a service manager does; nginx and PostgreSQL stay."""
        state = self.lab._state()
        OdooServer(self.lab.folder, self.lab.user).stop(state.odoo)
        state.odoo = state.key = None
        write_state(self.lab.folder.state, state)

    @property
    def cluster(self) -> Cluster:
        """The lab's PostgreSQL."""
        return find_cluster(self.lab.folder, self.lab.user)

    @contextmanager
    def postgres_setting(self, line: str) -> Iterator[None]:
        """PostgreSQL with another setting; Odoo is stopped first."""
        path = self.lab.folder.cluster / "postgresql.conf"
        sound = path.read_text(encoding="utf-8")
        self.lab.down()
        path.write_text(f"{sound}\n{line}\n", encoding="utf-8")
        try:
            yield
        finally:
            self.lab.down()
            path.write_text(sound, encoding="utf-8")

    @contextmanager
    def listener(self, port: int) -> Iterator[None]:
        """Somebody else who listens on a port."""
        with socket.socket() as taken:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind((LOOPBACK, port))
            taken.listen(16)
            yield

    # Clients

    def ask(self, path: str, *, cookie: str = "") -> int:
        """The status of an answer; 0 where the server hung up."""
        connection = http.client.HTTPConnection(
            LOOPBACK, self.lab.http_port, timeout=ANSWER_SECONDS
        )
        try:
            connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()
        return answer.status

    def together(self, paths: Sequence[str]) -> list[int]:
        """The statuses of requests that are sent at the same time."""
        with ThreadPoolExecutor(max(1, len(paths))) as clients:
            return list(clients.map(self.ask, paths))

    def send_raw(self, data: bytes) -> bytes:
        """What comes back on a connection for some bytes, until the server hangs up."""
        with socket.create_connection((LOOPBACK, self.lab.http_port), timeout=30) as client:
            client.sendall(data)
            answer = b""
            while piece := client.recv(65536):
                answer += piece
        return answer

    def warm(self, workers: int) -> None:
        """Let every worker serve something, so that later requests take what they take."""
        self.together(["/workeroo_lab/sleep?seconds=0.3"] * workers)

    # The log

    def text(self) -> str:
        """What Odoo wrote since the start."""
        return self._before + self._current()

    def write_instead(self, text: str) -> None:
        """Keep this as Odoo's log: lines of several runs, or of none."""
        self.whole = text

    def found(self, pattern: str) -> list[str]:
        """All that a pattern finds in it: its group, or all of it."""
        return re.findall(pattern, self.text())

    def await_lines(self, pattern: str, count: int = 1, seconds: float = 60) -> list[str]:
        """Wait until a pattern was found so often."""
        wait_until(
            lambda: len(self.found(pattern)) >= count,
            seconds=seconds, what=f"{count} x {pattern!r} in the log",
            where=str(self.lab.log_path),
        )  # fmt: skip
        return self.found(pattern)

    def workers(self, kind: str = "WorkerHTTP") -> list[Started]:
        """The live workers of a kind."""
        pids = map(int, self.found(ALIVE.format(kind=kind)))
        return [it for it in map(identify, pids) if it is not None]

    def signal_worker(self, number: signal.Signals, pid: int) -> None:
        """Signal one of this lab's workers."""
        for worker in self.workers():
            if worker.pid == pid:
                send(worker, number)

    # What is kept

    def keep(self, name: str, recorded: Recorded) -> Path:
        """Write the world."""
        folder = WORLDS / name
        folder.mkdir(exist_ok=True)
        log = self.whole or self.text()
        for file, text in {"odoo.log": log, **self.beside}.items():
            (folder / file).write_text(self.neutral(text), encoding="utf-8")
        seen = "Worker WorkerHTTP (" in log and self.workers_set
        workers = recorded.workers or seen or None
        told = msgspec.to_builtins(msgspec.structs.replace(recorded, workers=workers))
        (folder / "expected.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
        return folder

    def neutral(self, text: str) -> str:
        """Paths and ports as on a server, instead of the lab's."""
        if not self.lab.folder.state.exists():
            return text  # nothing of it is the lab's
        folder, shared, ports = self.lab.folder, self.lab.root.shared, self.lab.ports
        python = rf"{re.escape(str(shared.path))}/python-\w+"
        text = re.sub(python, "/opt/odoo/venv", text)
        for ours, theirs in (
            (str(shared.odoo / "usr"), "/usr"),
            (str(folder.data), "/var/lib/odoo"),
            (str(folder.conf), "/etc/odoo/odoo.conf"),
            (str(folder.sockets), "/var/run/postgresql"),
            (str(folder.path), "/opt/odoo"),
            (str(ports.http), "8069"),
            (str(ports.evented), "8072"),
            (str(ports.nginx), "80"),
        ):
            text = re.sub(rf"(?<!\w){re.escape(ours)}(?!\w)", theirs, text)
        # Most of a session's secret: whoever logs in is named by it.
        return re.sub(
            r"(device log \()([\w-]+)", lambda found: found[1] + "x" * len(found[2]), text
        )

    # How

    def _current(self) -> str:
        try:
            return self.lab.log_path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return ""

    @contextmanager
    def _conf_file(self, conf: str) -> Iterator[Path]:
        if found := re.search(r"(?m)^workers = (\d+)$", conf):
            self.workers_set = int(found[1])
        with TemporaryDirectory() as folder:
            path = Path(folder, "odoo.conf")
            whole = conf if conf.startswith("[") else f"[options]\nlist_db = False\n{conf}"
            path.write_text(whole, encoding="utf-8")
            yield path


def agree(got: object, wanted: object) -> None:
    """See that what was asked for came about; else this is no record of it.

    Raises:
        Unavailable: when it is not.
    """
    if got != wanted:
        raise Unavailable(f"the server answered {got} instead of {wanted}")
