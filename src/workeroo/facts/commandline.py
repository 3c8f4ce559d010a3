"""Is this command line that of an Odoo server, and what was it told?

Odoo is a Python program, so a server is an interpreter that runs Odoo's script or module. Whatever
else has "odoo" in its arguments (an editor, `tail`, `sudo`) is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

import msgspec

_INTERPRETER = re.compile(r"python(\d+(\.\d+)*)?")
_SCRIPTS = ("odoo", "odoo-bin")
_INTERPRETER_OPTIONS_WITH_VALUE = ("-W", "-X", "--check-hash-based-pycs")
_SERVING = ("server", "start")
"""Subcommands that serve; without one, Odoo serves. Others (shell, db, scaffold) do not."""

_ONE_OFF = ("--stop-after-init", "--version", "--help", "-h", "--save")
"""Options with which Odoo does one thing and ends."""

_TITLE = re.compile(r"odoo: (\w+) (\d+)")
"""What a worker calls itself where the module setproctitle is installed."""


class Launch(msgspec.Struct, frozen=True, kw_only=True):
    """How an Odoo server was started.

    Attributes:
        interpreter: as in the command line: "/opt/venv/bin/python3", or only "python".
        script: the script, None for `python -m odoo`.
        launcher: for people: "odoo", "odoo-bin", "python -m odoo".
        evented: whether it is the evented process.
        arguments: what Odoo's own parser sees.
    """

    interpreter: str
    script: str | None
    launcher: str
    evented: bool
    arguments: list[str]


def split(cmdline: bytes) -> list[str]:
    """Read /proc/PID/cmdline."""
    return cmdline.rstrip(b"\0").decode("utf-8", "replace").split("\0") if cmdline else []


def title(argv: Sequence[str]) -> str | None:
    """The class of worker in a process's title: "WorkerHTTP", "WorkerCron"."""
    match = _TITLE.match(argv[0]) if argv else None
    return match[1] if match else None


def launch(argv: Sequence[str]) -> Launch | None:
    """How the server was started; None when the command line is not one of an Odoo server."""
    if not argv or not _INTERPRETER.fullmatch(PurePosixPath(argv[0]).name):
        return None
    module, rest = _program(argv[1:])
    if not rest:
        return None
    if module:
        name = "python -m odoo" if rest[0] == "odoo" else None
    else:
        name = _script_name(PurePosixPath(rest[0]))
    if name is None:
        return None
    evented = rest[1:2] == ["gevent"]
    arguments = _served(rest[2:] if evented else rest[1:])
    if arguments is None:
        return None
    return Launch(
        interpreter=argv[0],
        script=None if module else rest[0],
        launcher=name,
        evented=evented,
        arguments=arguments,
    )


def program(argv: Sequence[str]) -> str:
    """The name of a program, also where Python runs it: "supervisord", "bash", "sshd"."""
    if not argv:
        return ""
    called, titled, _ = argv[0].partition(": ")
    if titled:  # "sshd: odoo@pts/0", "PM2 v5.3.0: God Daemon (/root/.pm2)"
        return called.split(" ")[0]
    name = PurePosixPath(called).name.lstrip("-")  # a login shell has a dash before its name
    if not _INTERPRETER.fullmatch(name):
        return name
    module, rest = _program(argv[1:])
    told = rest[0] if rest else name
    return told.rpartition(".")[2] if module else PurePosixPath(told).name


def value_of(arguments: Sequence[str], short: str, long: str) -> str | None:
    """The last value of an option: `-c X`, `-cX`, `--config X`, `--config=X`."""
    found = None
    for place, argument in enumerate(arguments):
        if argument in (short, long):
            found = arguments[place + 1] if place + 1 < len(arguments) else found
        elif argument.startswith(f"{long}="):
            found = argument.partition("=")[2]
        elif argument.startswith(short) and not argument.startswith("--"):
            found = argument[len(short) :]
    return found


def _program(rest: Sequence[str]) -> tuple[bool, list[str]]:
    """Skip the interpreter's own options: whether a module follows, and it with its arguments."""
    place = 0
    while place < len(rest) and rest[place].startswith("-"):
        option = rest[place]
        if option == "-m":
            return True, list(rest[place + 1 :])
        if option == "-c":  # a program in the command line, not Odoo's
            return False, []
        place += 2 if option in _INTERPRETER_OPTIONS_WITH_VALUE else 1
    return False, list(rest[place:])


def _script_name(script: PurePosixPath) -> str | None:
    if script.name in _SCRIPTS:
        return script.name
    # The evented process of `python -m odoo` is started by the module's file.
    if script.name == "__main__.py" and script.parent.name == "odoo":
        return "python -m odoo"
    return None


def _served(arguments: list[str]) -> list[str] | None:
    """The arguments less the subcommand; None when they do not make a server."""
    rest = list(arguments)
    while rest and rest[0].startswith("--addons-path="):
        rest.pop(0)  # allowed before the subcommand
    if rest and not rest[0].startswith("-"):
        if rest[0] not in _SERVING:
            return None
        arguments = [argument for argument in arguments if argument != rest[0]]
    if any(argument in _ONE_OFF for argument in arguments):
        return None
    return arguments
