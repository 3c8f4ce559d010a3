"""Who else reads such a log, how are they called, and what do they do with it?"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
WORKEROO = Path(sys.executable).with_name("workeroo")

PATTERN = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8},[0-9]{3} [0-9]+ INFO [^ ]+ werkzeug: [^ ]+ - - "
    r'\[[^]]+\] "([A-Z]+ [^ "]+) HTTP/[0-9.]+" ([0-9]{3}) [^ ]+ '
    r"([0-9]+|-) ([0-9.]+|-) ([0-9.]+|-)( [^ ]+)?$"
)
"""A request line, whole. In words that ripgrep, grep, Python and Polars read alike."""

BASE = "ripgrep"

LONG_SECONDS = 30
"""A peer that takes longer is run once."""


MEMORY_OF_ODOO_LOGS = 8.6
"""Bytes of memory for each of the log, as measured with 100 MB."""


class Peer(NamedTuple):
    """One program.

    Attributes:
        name, version: of it; does: what, in a few words.
        command: as it is run.
        counted: how many request lines its output tells of; None where it tells of none.
        forks: whether it works in several processes, whose memory has to be summed.
    """

    name: str
    version: str
    does: str
    command: list[str]
    counted: Callable[[str], int] | None = None
    forks: bool = False


class Missing(NamedTuple):
    """A peer that is not here, and why not."""

    name: str
    reason: str


def odoo_logs(log: Path, python: Path) -> Peer | Missing:
    """It keeps every request in memory."""
    name, needed = "odoo-logs calls", MEMORY_OF_ODOO_LOGS * log.stat().st_size
    free = re.findall(r"MemAvailable: +(\d+) kB", Path("/proc/meminfo").read_text("ascii"))
    if int(free[0]) * 1024 < 1.5 * needed:
        return Missing(name, f"it needs about {needed / 1000**3:.0f} GB of memory for this log")
    return _in_environment(
        name, "odoo-logs", python, "times by endpoint, one of its reports",
        [str(python.with_name("odoo-logs")), "calls", str(log)],
    )  # fmt: skip


def peers_of(log: Path, environment: Path) -> list[Peer | Missing]:
    """All of them, for one log.

    Args:
        log: to be read.
        environment: a virtual environment with Polars and odoo-logs, apart from the project's.
    """
    python = environment / "bin" / "python"
    count = str(HERE / "logcount.py")
    return [
        _program("wc -l", "wc", "counts newlines", ["wc", "-l", str(log)]),
        _program(
            BASE, "rg", "counts request lines by a regular expression",
            ["rg", "-c", PATTERN, str(log)], int,
        ),
        _program(
            "grep -c", "grep", "the same, in the C locale",
            ["env", "LC_ALL=C", "grep", "-cE", PATTERN, str(log)], int,
        ),
        Peer(
            "Python re", ".".join(map(str, sys.version_info[:3])),
            "fields by the same expression, times summed by path",
            [sys.executable, count, "re", str(log), PATTERN], int,
        ),
        _in_environment(
            "Polars", "polars", python, "the same, on all cores",
            [str(python), count, "polars", str(log), PATTERN], counted=int,
        ),
        _program(
            "GoAccess", "goaccess", "its own report of web requests, as JSON", _goaccess(log),
            lambda text: int(re.findall(r'"valid_requests": (\d+)', text)[0]),
        ),
        odoo_logs(log, python),
        *_workeroo(log),
    ]  # fmt: skip


def install(environment: Path) -> None:
    """Make the environment of the peers that are Python packages."""
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    pip = [str(environment / "bin" / "pip"), "install", "--quiet"]
    subprocess.run([*pip, "polars", "odoo-logs"], check=True)


def _workeroo(log: Path) -> list[Peer | Missing]:
    name, does = "workeroo diagnose", "incidents and workload, as JSON"
    version = _told([str(WORKEROO), "--version"])
    helped = subprocess.run([str(WORKEROO), "diagnose", "--help"], check=False, capture_output=True)
    if helped.returncode:
        return [Missing(name, "this Workeroo has no diagnose yet")]
    command = [str(WORKEROO), "diagnose", str(log), "--json"]
    return [
        Peer(name, version, does, command, forks=True),
        Peer(f"{name} --jobs 1", version, f"{does}, in one process", [*command, "--jobs", "1"]),
    ]


def _goaccess(log: Path) -> list[str]:
    return [
        "goaccess", str(log), "--no-global-config", "--no-progress", "--num-tests=0", "-o", "json",
        '--log-format=%^ %^ %^ %^ %^ %^ %h - - [%d %t] "%m %U %H" %s %^ %^ %^ %T',
        "--date-format=%d/%b/%Y", "--time-format=%H:%M:%S",
    ]  # fmt: skip


def _program(
    name: str, program: str, does: str, command: list[str],
    counted: Callable[[str], int] | None = None,
) -> Peer | Missing:  # fmt: skip
    if shutil.which(program) is None:
        return Missing(name, f"{program} is not installed")
    return Peer(name, _told([program, "--version"]), does, command, counted)


def _in_environment(
    name: str, package: str, python: Path, does: str, command: list[str], *,
    counted: Callable[[str], int] | None = None,
) -> Peer | Missing:  # fmt: skip
    if not python.exists():
        return Missing(name, "run with --install-peers once")
    ask = f"from importlib.metadata import version; print(version('{package}'))"
    version = _told([str(python), "-c", ask])
    if not version:
        return Missing(name, f"{package} is not in {python.parent.parent}")
    return Peer(name, version, does, command, counted)


def _told(command: list[str]) -> str:
    """The version in the first line that a program prints."""
    told = subprocess.run(command, check=False, capture_output=True, text=True).stdout
    found = re.search(r"\d+(\.\d+)+", told.partition("\n")[0])
    return found[0] if found else ""
