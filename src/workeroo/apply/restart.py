"""By whom is Odoo restarted, and how?

Always a full restart by whoever runs it. Never SIGHUP: until Odoo 18 it is a restart with a closed
socket, and in 19 it ends a server that runs in a virtual environment.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
from collections.abc import Callable

import msgspec

from workeroo.apply.product import Kind, Restart, Seen
from workeroo.apply.run import run_program
from workeroo.errors import Unavailable, UsageError
from workeroo.evidence import Unknown
from workeroo.facts.deployment import Deployment
from workeroo.facts.manager import Manager
from workeroo.facts.maskedwords import hidden_in, masked_words
from workeroo.facts.secrets import MASK, without_credentials

RESTART_SECONDS = 600
"""A stop waits for requests at work (limit_time_real, 120 s by default), a start loads code."""

CURE = "say how it is restarted: --restart-command 'systemctl restart odoo'"

_VARIABLE = re.compile(r"[A-Za-z_]\w*=")
"""`NAME=value`: what a shell would hand to the command behind it as a variable."""


class Way(msgspec.Struct, frozen=True):
    """How Odoo is restarted: as it may be told, and the words that are called, with their secrets.

    The words are for no record and no reader.
    """

    told: Restart
    words: list[str]


def way(deployment: Deployment, command: str | None) -> Way:
    """How a deployment is restarted.

    Args:
        deployment: as it was found.
        command: as the user gave it; it wins.

    Raises:
        UsageError: when nobody knows.
    """
    if command is not None:
        return way_by("command", _words(command), why="--restart-command")
    manager = deployment.manager
    if isinstance(manager, Manager):
        return way_by(manager.kind, _by(manager), why=manager.why)
    reason = manager.reason if isinstance(manager, Unknown) else "no manager was found above it"
    raise UsageError(f"nobody knows how {deployment.name} is restarted: {reason}", cure=CURE)


def way_by(kind: Kind, words: list[str], *, why: str) -> Way:
    """The way by these words: masked as soon as they are known."""
    safe = masked_words(words)
    return Way(Restart(kind=kind, command=safe, hides=safe != words, why=why), words)


def restart(how: Way, *, is_given_up: Callable[[], bool] = lambda: False) -> None:
    """Restart, and wait until the command says that it is done; a new unit is read before.

    Args:
        how: the way.
        is_given_up: True kills the command.

    Raises:
        Unavailable: when it fails, with the last line that it wrote.
    """
    commands = [how.words]
    if how.told.kind == "systemd":
        commands.insert(0, [word for word in how.words if word.startswith(("systemctl", "--"))])
        commands[0].append("daemon-reload")
    for command in commands:
        done = run_program(command, timeout_seconds=RESTART_SECONDS, is_given_up=is_given_up)
        if done.status:
            safe = masked_words(command)
            said = without_credentials(done.last_line)
            for secret in hidden_in(command, safe):
                said = said.replace(secret, MASK)
            what = f"'{shlex.join(safe)}' ended with status {done.status}: {said}"
            raise Unavailable(what)


def is_there(how: Way) -> Seen:
    """Whether its program is there at all, before anything changes."""
    name = how.words[_program(how.words)]
    if shutil.which(name) is None:
        return Seen(what="restart", holds=False, text=f"the program {name} is not there")
    return Seen(what="restart", holds=True, text=f"{name} is there to restart Odoo")


def _by(manager: Manager) -> list[str]:
    if manager.kind == "systemd":
        own = [] if manager.user_id is None else ["--user", f"--machine={manager.user_id}@"]
        return ["systemctl", *own, "restart", manager.name]
    if manager.kind == "supervisor":
        where = ["-s", manager.address] if manager.address else []
        return ["supervisorctl", *where, "restart", manager.name]
    return [manager.kind, "restart", manager.name]


def _words(command: str) -> list[str]:
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise UsageError(f"--restart-command cannot be read: {error}") from error
    if all(map(_VARIABLE.match, words)):
        raise UsageError("--restart-command names no program", cure=CURE)
    if _VARIABLE.match(words[0]):  # no shell reads them
        words.insert(0, "env")
    place = _program(words)
    if "/" in words[place]:  # as the user's own shell would find it; it is called from elsewhere
        words[place] = os.path.abspath(words[place])  # noqa: PTH100 - a link stays one
    return words


def _program(words: list[str]) -> int:
    """The place of the program, behind `env` and its variables where they stand before it."""
    place = 1
    while place < len(words) and _VARIABLE.match(words[place]):
        place += 1
    is_behind = words[0] == "env" and 1 < place < len(words) and words[place][0:1] != "-"
    return place if is_behind else 0
