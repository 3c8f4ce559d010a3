"""An autopilot that holds the lab's Odoo for the length of a block, and what it says."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager

from workeroo.autopilot.census import present
from workeroo.autopilot.control import ask
from workeroo.autopilot.journal import read_journal
from workeroo.autopilot.place import Place
from workeroo.autopilot.product import Entry
from workeroo.errors import MissingInput
from workeroo.facts.pulse import Pulse
from workeroo.lab.lab import Lab
from workeroo.lab.wait import wait_until
from workeroo.probe.pulse import Watcher

SOON_SECONDS = 40
CALM_SECONDS = 4
CEILING = 10

WORKEROO = (sys.executable, "-m", "workeroo")


def start(place: Place, *options: str, command: Sequence[str] = WORKEROO) -> subprocess.Popen[str]:
    said = [
        "autopilot", "--folder", str(place.folder), "--deployment", f"port {place.port}",
        "--floor", "2", "--ceiling", str(CEILING), "--calm", str(CALM_SECONDS),
    ]  # fmt: skip
    return subprocess.Popen(
        [*command, *said, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )


@contextmanager
def autopilot(
    place: Place, *options: str, command: Sequence[str] = WORKEROO
) -> Iterator[subprocess.Popen[str]]:
    """One that has looked at least twice."""
    it = start(place, *options, command=command)
    try:
        soon(lambda: it.poll() is not None or looks(place) > 1, "the first looks")
        assert it.poll() is None, it.communicate()[1]
        yield it
    finally:
        it.terminate()
        it.communicate(timeout=SOON_SECONDS)


def looks(place: Place) -> int:
    try:
        last = ask(place.socket, "status").last
    except MissingInput:
        return 0
    return last.looks if last and last.rule == "new_server" else 2 if last else 0


def soon(condition: Callable[[], bool], what: str, seconds: float = SOON_SECONDS) -> None:
    wait_until(condition, seconds=seconds, what=what)


def workers(server: Lab) -> int:
    return present(looked_at(server))


def looked_at(server: Lab) -> Pulse:
    with closing(Watcher(server.master_pid, server.http_port)) as watcher:
        return watcher.look()


def entries(place: Place) -> list[Entry]:
    return read_journal(place)


def deeds(place: Place) -> list[str]:
    return [entry.kind for entry in entries(place) if entry.signals]


def deeds_sum(place: Place, name: str) -> int:
    return sum(entry.signals.count(name) for entry in entries(place))


def last(place: Place) -> Entry:
    found = ask(place.socket, "status").last
    assert found is not None
    return found


def explain(place: Place) -> str:
    done = subprocess.run(
        [*WORKEROO, "autopilot", "--folder", str(place.folder), "explain"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    return " ".join(done.stdout.split())
