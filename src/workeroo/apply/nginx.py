"""Would nginx take the new files, and how is it made to read them without losing a request?

Before anything changes, nginx itself judges the configuration as it would be: all files put into
one, the staged ones in the place of those that stand. To see that this way of asking is sound, the
configuration that stands is judged in the same way.
"""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatchcase
from itertools import pairwise
from pathlib import Path, PurePosixPath

from workeroo.apply.place import write_synced
from workeroo.apply.product import Seen
from workeroo.apply.run import Outcome, run_program
from workeroo.errors import Unavailable
from workeroo.facts import servers
from workeroo.probe.nginx import command_of, directives_of, masters_of
from workeroo.probe.processes import everything
from workeroo.probe.roots import container_of
from workeroo.probe.world import World
from workeroo.signalling import signal_process

TEST_SECONDS = 30
"""nginx -t resolves the names of upstreams, which may take a resolver's own time."""

RELOAD_SECONDS = 15
"""New workers stand within a second; a host in trouble gets more."""

_PAUSE_SECONDS = 0.05
_WORKER = "nginx: worker process"
"""Its title while it takes requests; " is shutting down" is added when it no longer does."""

_PLACES = ("-p", "-e")  # the folder that names start from, and the error log
_CHECKED = ".workeroo-check-{pid}.conf"
"""One for each rehearsal: two at once do not read each other's."""
WHAT = "nginx configuration"


class Staged(World):
    """This host as it would be with some files in another place's stead."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        super().__init__()
        self.files = files

    def open_path(self, path: str | PurePosixPath) -> Path:
        """The staged file where there is one."""
        return self.files.get(self.resolve(path)) or super().open_path(path)

    def glob(self, pattern: str) -> list[str]:
        """With the staged files that do not stand yet."""
        new = [path for path in self.files if fnmatchcase(path, pattern)]
        return sorted({*super().glob(pattern), *new})


def judge(config: str, files: Mapping[str, Path]) -> Seen:
    """What nginx says of the configuration as it would be.

    Args:
        config: path of the main file.
        files: the staged file for each real path.
    """
    said = _test(Staged(files), config)
    if isinstance(said, Seen):
        return said
    if said.status == 0:
        return Seen(what=WHAT, holds=True, text="nginx takes the new files (nginx -t)")
    as_it_stands = _test(World(), config)
    if isinstance(as_it_stands, Seen) or as_it_stands.status != 0:
        in_place = judge_in_place(config)
        if in_place.holds is False:
            text = f"before any change, {in_place.text}; mend that first"
            return Seen(what=WHAT, holds=False, text=text)
        text = f"nginx cannot be asked in advance: {reason(said)}"
        return Seen(what=WHAT, holds=None, text=text)
    return Seen(what=WHAT, holds=False, text=f"nginx refuses the new files: {reason(said)}")


def judge_in_place(config: str) -> Seen:
    """What nginx says of the files as they stand, by its own command line."""
    master = _master(config)
    asked = _asked(master, config)
    try:
        said = run_program(asked, timeout_seconds=TEST_SECONDS, user=_user(master))
    except Unavailable as error:
        return Seen(what=WHAT, holds=None, text=error.what)
    if said.status:
        return Seen(what=WHAT, holds=False, text=f"nginx refuses its files: {reason(said)}")
    return Seen(what=WHAT, holds=True, text="nginx takes its files (nginx -t)")


def reload(config: str) -> Seen:
    """Have a running nginx read its files anew: old workers finish what they have begun."""
    master = _master(config)
    if master is None:
        text = "nginx does not run; it will read the files when it starts"
        return Seen(what="nginx reload", holds=None, text=text)
    before = _children(master.pid)
    title = master.argv
    signal_process(master.pid, signal.SIGHUP, is_meant=lambda: _argv(master.pid) == title)
    end = time.monotonic() + RELOAD_SECONDS
    while not _children(master.pid) - before or _accepting(before):
        if time.monotonic() > end:
            text = f"nginx (pid {master.pid}) keeps its old workers: see its error log"
            return Seen(what="nginx reload", holds=False, text=text)
        time.sleep(_PAUSE_SECONDS)
    text = f"nginx (pid {master.pid}) has new workers, and only these take requests now"
    return Seen(what="nginx reload", holds=True, text=text)


def _accepting(old: set[int]) -> bool:
    """Whether a worker of before still takes requests; one that is on its way out says so."""
    running = {process.pid: process.argv[0] for process in everything(World())}
    return any(running.get(pid) == _WORKER for pid in old)


def is_elsewhere(config: str) -> bool:
    """Whether an nginx with a main file of this name runs, but in a container of its own."""
    return bool(masters_of(World(), config)) and _master(config) is None


def _master(config: str) -> servers.Seen | None:
    """The master process that reads this very file; another may read one of the same name."""
    return next((m for m in masters_of(World(), config) if _reads(m.pid, config)), None)


def _reads(pid: int, config: str) -> bool:
    try:
        return Path(config).samefile(f"/proc/{pid}/root{config}")
    except PermissionError:  # not ours to signal either, but its command line tells how to ask
        return container_of(World(), pid) is None
    except OSError:
        return False


def reason(said: Outcome) -> str:
    """Why nginx refuses: not the last line, which only repeats that it does."""
    lines = (line.strip() for line in said.output.splitlines())
    line = next((line for line in lines if "[emerg]" in line), said.last_line)
    line = re.sub(r" in \S*\.workeroo-check-\d+\.conf:\d+$", "", line)  # its lines are nobody's
    return line.partition("[emerg] ")[2] or line


def _test(world: World, config: str) -> Outcome | Seen:
    """Ask nginx about all files put into one; a Seen where it cannot be asked."""
    import crossplane  # noqa: PLC0415 - only hosts with an nginx wait for it

    directives, problems = directives_of(world, config)
    if problems:
        return Seen(what=WHAT, holds=None, text=f"nginx cannot be asked: {problems[0]}")
    master = _master(config)
    whole = crossplane.build(directives)
    try:
        with _beside(config, whole.encode("utf-8", "surrogateescape"), _user(master)) as file:
            asked = _asked(master, file)
            return run_program(asked, timeout_seconds=TEST_SECONDS, user=_user(master))
    except (OSError, Unavailable) as error:
        return Seen(what=WHAT, holds=None, text=f"nginx cannot be asked in advance: {error}")


@contextmanager
def _beside(config: str, data: bytes, user: int | None) -> Iterator[str]:
    """A file in the main file's folder, from where nginx takes relative names; gone afterwards."""
    path = Path(config).with_name(_CHECKED.format(pid=os.getpid()))
    _forget_the_dead(path.parent)
    try:
        write_synced(path, data)
        if user is not None and os.geteuid() == 0:
            os.chown(path, user, -1)
        yield str(path)
    finally:
        path.unlink(missing_ok=True)


def _forget_the_dead(folder: Path) -> None:
    """Remove what a rehearsal left that was killed."""
    for left in folder.glob(_CHECKED.format(pid="*")):
        pid = left.stem.rpartition("-")[2]
        if pid.isdecimal() and not Path("/proc", pid).exists():
            left.unlink(missing_ok=True)


def _asked(master: servers.Seen | None, config: str) -> list[str]:
    """The command that asks about a main file, with the places that the running nginx was given.

    Of its command line only these options: -g holds words between quotes, which a title loses.
    """
    words = command_of(master) if master else ["nginx"]
    places = [
        word for option, value in pairwise(words) if option in _PLACES for word in (option, value)
    ]
    return [words[0], *places, "-c", config, "-t"]


def _user(master: servers.Seen | None) -> int | None:
    """The user of the master, so that what the test opens is opened as it would be."""
    if master is None:
        return None
    try:
        return Path(f"/proc/{master.pid}").stat().st_uid
    except OSError:
        return None


def _children(pid: int) -> set[int]:
    return {process.pid for process in everything(World()) if process.parent_pid == pid}


def _argv(pid: int) -> list[str] | None:
    return next((process.argv for process in everything(World()) if process.pid == pid), None)
