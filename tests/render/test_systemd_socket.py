"""Does a real Odoo take the socket that the rendered unit makes, and is its queue longer?"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from workeroo.facts.host import Cores, Host, Memory
from workeroo.lab.lab import Lab
from workeroo.lab.odoo import is_healthy
from workeroo.lab.ports import LOOPBACK, Ports, choose_ports
from workeroo.lab.wait import wait_until
from workeroo.plan.make import make_plan
from workeroo.render.subject import Subject
from workeroo.render.systemd import systemd_files
from workeroo.units import GIB

pytestmark = pytest.mark.lab

HAND_OVER = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv(sys.argv[2], sys.argv[2:])
"""
"""What systemd does for a service with a socket (sd_listen_fds(3)), here for an ordinary user."""


def rendered_backlog() -> int:
    host = Host(cores=Cores(logical=4), memory=Memory(total_bytes=8 * GIB))
    _, file = systemd_files(Subject(plan=make_plan(host, rule="golden", series=19)))
    (backlog,) = re.findall(r"^Backlog=(\d+)$", file.text, re.MULTILINE)
    return int(backlog)


class Beside:
    """A second Odoo with the lab's own command line and database, on ports of its own."""

    def __init__(self, lab: Lab, log: Path) -> None:
        self.lab, self.log = lab, log
        self.ports: Ports = choose_ports(lab.ports.all())
        self.processes: list[subprocess.Popen[bytes]] = []
        shown = Path(f"/proc/{lab.master_pid}")
        self.argv = shown.joinpath("cmdline").read_bytes().decode().rstrip("\0").split("\0")
        pairs = shown.joinpath("environ").read_bytes().decode().rstrip("\0").split("\0")
        self.environment = dict(pair.split("=", 1) for pair in pairs)

    def start(self, listening: socket.socket | None = None) -> subprocess.Popen[bytes]:
        command = [
            *self.argv, f"--http-port={self.ports.http}", f"--gevent-port={self.ports.evented}",
        ]  # fmt: skip
        passed = [listening.fileno()] if listening else []
        if listening:
            command = ["/usr/bin/python3", "-c", HAND_OVER, str(listening.fileno()), *command]
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                command, pass_fds=passed, env=self.environment, cwd=self.lab.folder.work,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                **self.lab.user.identity(),
            )  # fmt: skip
        self.processes.append(process)
        return process

    def serves(self) -> bool:
        process = self.processes[-1]
        assert process.poll() is None, self.log.read_text(errors="replace")
        return is_healthy(self.ports.http)

    def stop(self) -> int:
        """As the unit does: KillSignal=SIGINT to the master."""
        process = self.processes[-1]
        process.send_signal(signal.SIGINT)
        return process.wait(60)

    def workers(self) -> int:
        text = self.log.read_text(errors="replace")
        return len(re.findall(r"Worker WorkerHTTP \(\d+\) alive", text))


@pytest.fixture
def beside(lab: Lab, tmp_path: Path) -> Iterator[Beside]:
    it = Beside(lab, tmp_path / "odoo.log")
    yield it
    for process in it.processes:
        if process.poll() is None:
            process.kill()
            process.wait()


def queue_length(port: int) -> int:
    """The longest accept queue that the kernel allows this listening socket."""
    done = subprocess.run(
        ["ss", "-Hltn", f"sport = :{port}"], capture_output=True, text=True, check=True
    )
    (line,) = done.stdout.splitlines()
    return int(line.split()[2])


def listening(port: int, backlog: int) -> socket.socket:
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind((LOOPBACK, port))
    made.listen(backlog)
    return made


def test_with_a_socket_from_systemd_the_queue_is_longer_than_8_x_workers(beside: Beside) -> None:
    beside.start()
    wait_until(beside.serves, seconds=60, what="the start of Odoo")
    own, workers = queue_length(beside.ports.http), beside.workers()
    assert own == 8 * workers
    assert beside.stop() == 0

    somaxconn = int(Path("/proc/sys/net/core/somaxconn").read_text("utf-8"))
    with listening(beside.ports.http, rendered_backlog()) as given:
        beside.start(given)
        wait_until(beside.serves, seconds=60, what="the start of Odoo")

        assert "running through socket activation" in beside.log.read_text(errors="replace")
        assert queue_length(beside.ports.http) == min(rendered_backlog(), somaxconn)
        assert queue_length(beside.ports.http) > own
        assert beside.stop() == 0


def test_whoever_comes_while_odoo_restarts_waits_and_is_answered(beside: Beside) -> None:
    with listening(beside.ports.http, rendered_backlog()) as given:
        beside.start(given)
        wait_until(beside.serves, seconds=60, what="the start of Odoo")
        assert beside.stop() == 0

        with socket.create_connection((LOOPBACK, beside.ports.http), timeout=60) as user:
            user.sendall(b"GET /web/health HTTP/1.0\r\nHost: localhost\r\n\r\n")
            beside.start(given)
            assert user.makefile("rb").readline().split()[1] == b"200"
        assert beside.stop() == 0


def test_one_arena_is_what_makes_a_worker_s_virtual_memory_less(beside: Beside) -> None:
    sizes = {arenas: fresh_worker_vms_kib(beside, arenas) for arenas in ("", "2", "1")}

    assert sizes["1"] < sizes["2"] - 40 * 1024
    assert abs(sizes["2"] - sizes[""]) < 20 * 1024


def fresh_worker_vms_kib(beside: Beside, arenas: str) -> int:
    """Of the largest worker that has just answered its first requests."""
    beside.environment.pop("MALLOC_ARENA_MAX", None)
    if arenas:
        beside.environment["MALLOC_ARENA_MAX"] = arenas
    process = beside.start()
    wait_until(beside.serves, seconds=60, what="the start of Odoo")
    text = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("utf-8")
    sizes = [
        int(re.findall(r"VmSize:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text("utf-8"))[0])
        for pid in text.split()
        if b"WorkerHTTP" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]
    assert beside.stop() == 0
    assert os.sysconf("SC_PAGE_SIZE") <= 4096, "larger pages would blur the difference"
    return max(sizes)
