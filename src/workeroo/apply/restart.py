"""By whom is Odoo restarted, and how?

Always a full restart by whoever runs it. Never SIGHUP: until Odoo 18 it is a restart with a closed
socket, and in 19 it ends a server that runs in a virtual environment.
"""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Callable

from workeroo.apply.product import Restart, Seen
from workeroo.apply.run import run_program
from workeroo.errors import Unavailable, UsageError
from workeroo.evidence import Unknown
from workeroo.facts.deployment import Deployment
from workeroo.facts.manager import Manager

RESTART_SECONDS = 600
"""A stop waits for requests at work (limit_time_real, 120 s by default), a start loads code."""

CURE = "say how it is restarted: --restart-command 'systemctl restart odoo'"


def way(deployment: Deployment, command: str | None) -> Restart:
    """How a deployment is restarted.

    Args:
        deployment: as it was found.
        command: as the user gave it; it wins.

    Raises:
        UsageError: when nobody knows.
    """
    if command is not None:
        return Restart(kind="command", command=_words(command), why="--restart-command")
    manager = deployment.manager
    if isinstance(manager, Manager):
        return Restart(kind=manager.kind, command=_by(manager), why=manager.why)
    reason = manager.reason if isinstance(manager, Unknown) else "no manager was found above it"
    raise UsageError(f"nobody knows how {deployment.name} is restarted: {reason}", cure=CURE)


def restart(how: Restart, *, is_given_up: Callable[[], bool] = lambda: False) -> None:
    """Restart, and wait until the command says that it is done; a new unit is read before.

    Args:
        how: the way.
        is_given_up: True kills the command.

    Raises:
        Unavailable: when it fails, with the last line that it wrote.
    """
    commands = [how.command]
    if how.kind == "systemd":
        commands.insert(0, [word for word in how.command if word.startswith(("systemctl", "--"))])
        commands[0].append("daemon-reload")
    for command in commands:
        done = run_program(command, timeout_seconds=RESTART_SECONDS, is_given_up=is_given_up)
        if done.status:
            what = f"'{shlex.join(command)}' ended with status {done.status}: {done.last_line}"
            raise Unavailable(what)


def is_there(how: Restart) -> Seen:
    """Whether its program is there at all, before anything changes."""
    name = how.command[0]
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
    if not words:
        raise UsageError("--restart-command is empty", cure=CURE)
    if "/" in words[0]:  # as the user's own shell would find it; it is called from elsewhere
        words[0] = os.path.abspath(words[0])  # noqa: PTH100 - a link stays one
    return words
