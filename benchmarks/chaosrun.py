"""How is one trouble tried on a real Odoo under load, with the autopilot and without it?"""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext
from pathlib import Path
from unittest.mock import patch

import msgspec

from workeroo.autopilot.census import present
from workeroo.autopilot.control import ask
from workeroo.autopilot.journal import read_journal
from workeroo.autopilot.place import Place
from workeroo.autopilot.product import Entry, Status
from workeroo.errors import MissingInput, WorkerooError
from workeroo.facts.pulse import Pulse
from workeroo.lab.folder import LabFolder
from workeroo.lab.lab import Lab
from workeroo.lab.memorygroup import MemoryGroup, memory_group
from workeroo.lab.source import OdooSource
from workeroo.lab.wait import wait_until
from workeroo.probe.pulse import Watcher

FLOOR, CEILING, CALM_SECONDS = 3, 9, 5
"""The floor is the number of odoo.conf, so that both begin alike; and a short calm window, so that
workers leave too while the trouble lasts."""

LONG_SECONDS = 120.0
"""For what must happen: on a busy machine too."""

BREATH_SECONDS = 0.2
"""Of a client whose request was lost, since a refused connection takes no time, or that rests."""

NORMAL_SECONDS = 4.0
"""Of load before and after each trouble."""


class Load:
    """Clients that ask one after the other; each says what it saw.

    Attributes:
        count: so many ask; when it is lowered, the others rest.
    """

    def __init__(self, port: int, count: int, lever: str) -> None:
        self.port, self.lever, self.count = port, lever, count
        self.answers: Counter[str] = Counter()
        self.slowest_seconds = 0.0
        self._end = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(n,)) for n in range(count)]

    def _run(self, number: int) -> None:
        while not self._end.is_set():
            if number >= self.count:
                self._end.wait(BREATH_SECONDS)
                continue
            began = time.monotonic()
            told = self._asked()
            self.answers[told] += 1
            if told == "200":
                self.slowest_seconds = max(self.slowest_seconds, time.monotonic() - began)
            else:
                self._end.wait(BREATH_SECONDS)

    def _asked(self) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LONG_SECONDS)
        try:
            connection.request("GET", f"/workeroo_lab/{self.lever}")
            return str(connection.getresponse().status)
        except (OSError, http.client.HTTPException) as error:
            return type(error).__name__
        finally:
            connection.close()

    def begin(self) -> None:
        """Ask."""
        for thread in self._threads:
            thread.start()

    def finish(self) -> None:
        """Ask no more, and wait for the answers."""
        self._end.set()
        for thread in self._threads:
            thread.join()


class Figures(msgspec.Struct, kw_only=True):
    """What came of one trouble, tried once.

    Attributes:
        answered, lost: requests.
        refused: of those lost, how many found no server: as many as there are tries.
        slowest_seconds: of the answers.
        workers: HTTP workers when the trouble was over and the load still on; None for no server.
        signals: that the autopilot sent, how many of each.
        seen: what is particular to this trouble.
    """

    flown: bool
    answered: int
    lost: int
    refused: int
    slowest_seconds: float
    workers: int | None
    signals: dict[str, int]
    seen: list[str]


class Trial:
    """A server under load, held by the autopilot or not, to which something happens.

    Attributes:
        story: of which it is a trial.
        lab: its Odoo.
        place: the autopilot's files.
        flown: whether there is an autopilot.
        load: the clients that ask it.
        group: in which its Odoo is, where the story wants one.
        seen: sentences for the page.
    """

    def __init__(self, story: Story, lab: Lab, place: Place, load: Load) -> None:
        self.story, self.lab, self.place, self.load = story, lab, place, load
        self.group: MemoryGroup | None = None
        self.flown = False
        self.seen: list[str] = []

    def look(self) -> Pulse:
        """The server now, by eyes of one's own."""
        with closing(Watcher(self.lab.master_pid, self.lab.http_port)) as watcher:
            return watcher.look()

    def status(self) -> Status | None:
        """What the autopilot says; None without one."""
        return ask(self.place.socket, "status") if self.flown else None

    def entries(self) -> list[Entry]:
        """Its journal."""
        try:
            return read_journal(self.place)
        except MissingInput:
            return []

    def lasting(self, seconds: float) -> None:
        """Let the load go on."""
        time.sleep(seconds)

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait for what must happen."""
        wait_until(condition, seconds=LONG_SECONDS, what=what)


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """One trouble.

    Attributes:
        name: a line of the table.
        trouble: what happens, while clients ask.
        clients, lever: the load.
        survives: whether a reload finds the interpreter, which is in a venv.
        calm_seconds: of the autopilot.
        limit_bytes: of the memory group in which Odoo is; None for no group.
        around: is entered with the autopilot's folder before anything else.
        program: what Python runs as the autopilot.
    """

    name: str
    trouble: Callable[[Trial], None]
    clients: int = 6
    lever: str = "sleep?seconds=0.3"
    survives: bool = True
    calm_seconds: int = CALM_SECONDS
    limit_bytes: int | None = None
    around: Callable[[Path], AbstractContextManager[object]] = nullcontext
    program: tuple[str, ...] = ("-m", "workeroo")


def tried(story: Story, lab: Lab, *, flown: bool) -> Figures:
    """One trouble, once, on an Odoo that was started anew for it."""
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
        held.enter_context(story.around(folder))
        group = held.enter_context(_started(story, lab))
        load = Load(lab.http_port, story.clients, story.lever)
        trial = Trial(story, lab, Place(folder, lab.http_port), load)
        trial.group, trial.flown = group, flown
        trial.until(lambda: present(trial.look()) == FLOOR, "the number of odoo.conf")
        with _autopilot(trial, story):
            load.begin()
            try:
                trial.lasting(NORMAL_SECONDS)
                story.trouble(trial)
                trial.lasting(NORMAL_SECONDS)
                workers = _workers(trial)
            finally:
                load.finish()
            status = trial.status()
    answered = load.answers.pop("200", 0)
    if load.answers:
        kinds = (f"{count} {name}" for name, count in sorted(load.answers.items()))
        trial.seen.append(f"lost to {', '.join(kinds)}")
    return Figures(
        flown=flown,
        answered=answered,
        lost=sum(load.answers.values()),
        refused=load.answers[ConnectionRefusedError.__name__],
        slowest_seconds=load.slowest_seconds,
        workers=workers,
        signals=status.signals if status else {},
        seen=trial.seen,
    )


@contextmanager
def _started(story: Story, lab: Lab) -> Iterator[MemoryGroup | None]:
    """Odoo, started anew, as the story wants it."""
    if story.limit_bytes is None:
        with reloadable() if story.survives else nullcontext():
            lab.restart()
        yield None
        return
    with memory_group(f"workeroo-{os.getpid()}") as group:
        group.limit(story.limit_bytes)
        group.restart(lab)
        try:
            yield group
        finally:
            lab.restart()  # out of the group


@contextmanager
def reloadable() -> Iterator[None]:
    """An Odoo that is started here survives SIGHUP: it starts itself anew as "python"."""
    found = OdooSource.environment

    def with_path(self: OdooSource, folder: LabFolder) -> dict[str, str]:
        told = found(self, folder)
        return told | {"PATH": f"{self.python.parent}:{told.get('PATH', os.defpath)}"}

    with patch.object(OdooSource, "environment", with_path):
        yield


def _workers(trial: Trial) -> int | None:
    try:
        return present(trial.look())
    except WorkerooError:
        return None


@contextmanager
def _autopilot(trial: Trial, story: Story) -> Iterator[None]:
    """One that has looked, where there shall be one; it must live to the end."""
    if not trial.flown:
        yield
        return
    command = [
        sys.executable, *story.program, "autopilot", "--folder", str(trial.place.folder),
        "--deployment", f"port {trial.place.port}", "--floor", str(FLOOR),
        "--ceiling", str(CEILING), "--calm", str(story.calm_seconds),
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as it:
        try:
            trial.until(lambda: it.poll() is not None or _looked(trial), "its first look")
            yield
            if it.poll() is not None:
                trial.seen.append(f"the autopilot ended with {it.returncode}")
        finally:
            it.terminate()


def _looked(trial: Trial) -> bool:
    try:
        status = trial.status()
    except WorkerooError:
        return False
    return status is not None and status.last is not None
