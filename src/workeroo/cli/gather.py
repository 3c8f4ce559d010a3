"""The first beat of every command that thinks: facts from a file, or from this host."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from workeroo.errors import InputError, MissingInput, NotPermitted, UsageError
from workeroo.evidence import Unknown
from workeroo.facts.host import Cores, Host, Memory
from workeroo.facts.snapshot import Facts, decode_facts
from workeroo.units import MIB, format_bytes

F = TypeVar("F", bound=Callable[..., Any])

LARGEST_BYTES = 64 * MIB
"""Facts of a thousand workers have a fiftieth of this; whatever is larger is none."""

_STDIN = "-"


def facts_option(command: F) -> F:
    """Add `--facts FILE` to a command."""
    text = "Work from facts that were collected elsewhere; - reads them from stdin."
    return click.option("--facts", "facts_path", metavar="FILE", help=text)(command)


def gather(facts_path: str | None, cores: int | None = None, memory: int | None = None) -> Facts:
    """The facts to work from.

    Args:
        facts_path: a file that `workeroo facts` wrote, "-" for stdin, None for this host.
        cores: as the user declares them, in place of what was seen.
        memory: likewise, in bytes.
    """
    facts = _collected() if facts_path is None else _from_file(facts_path)
    if cores is None and memory is None:
        return facts
    return msgspec.structs.replace(facts, host=_declared(facts.host, cores, memory))


def _collected() -> Facts:
    from workeroo.probe.collect import collect  # noqa: PLC0415 - --facts needs no probe

    return collect()


def _from_file(path: str) -> Facts:
    if path == _STDIN:
        return decode_facts(_capped(sys.stdin.buffer.read(LARGEST_BYTES + 1), "stdin"), "stdin")
    try:
        with Path(path).open("rb") as file:
            data = file.read(LARGEST_BYTES + 1)
    except FileNotFoundError as error:
        cure = "make it with `workeroo facts --out FILE`"
        raise MissingInput("no such file", where=path, cure=cure) from error
    except PermissionError as error:
        raise NotPermitted("this user may not read the file", where=path) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"it cannot be read: {reason}", where=path) from error
    return decode_facts(_capped(data, path), path)


def _capped(data: bytes, where: str) -> bytes:
    if len(data) > LARGEST_BYTES:
        raise InputError(f"the file is larger than {format_bytes(LARGEST_BYTES)}", where=where)
    return data


def _declared(host: Host | Unknown, cores: int | None, memory: int | None) -> Host:
    """The host with what the user declares of it."""
    told_cores = None if cores is None else Cores(logical=cores, declared=True)
    told_memory = None if memory is None else Memory(total_bytes=memory, declared=True)
    if isinstance(host, Host):
        return msgspec.structs.replace(
            host, cores=told_cores or host.cores, memory=told_memory or host.memory
        )
    if told_cores is None or told_memory is None:
        missing = "--cores" if told_cores is None else "--memory"
        raise UsageError(f"the host is not known: {host.reason}", cure=f"give {missing} too")
    return Host(cores=told_cores, memory=told_memory)
