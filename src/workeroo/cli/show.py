"""The third beat of every command: a product goes out as text or as JSON."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from workeroo.errors import OutputError
from workeroo.report.paint import Paint

P = TypeVar("P", bound=msgspec.Struct)
F = TypeVar("F", bound=Callable[..., Any])

WIDEST = 100
"""Columns: longer lines are hard to read, however wide the terminal."""


def json_option(command: F) -> F:
    """Add `--json` to a command."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON (see docs).")(command)


def paint() -> Paint:
    """Colour, width and characters of stdout: colours off when piped or with NO_COLOR."""
    terminal = sys.stdout is not None and sys.stdout.isatty()  # None where it was closed (>&-)
    colour = terminal and not os.environ.get("NO_COLOR")
    width = min(shutil.get_terminal_size((80, 24)).columns, WIDEST)
    encoding = getattr(sys.stdout, "encoding", None) or ""
    return Paint(colour=colour, width=width, unicode=encoding.lower().startswith("utf"))


def show(product: P, as_text: Callable[[P, Paint], str], *, as_json: bool) -> None:
    """Print a product on stdout."""
    click.echo(to_json(product) if as_json else as_text(product, paint()), nl=not as_json)


def to_json(product: msgspec.Struct) -> str:
    """A product as JSON for people and programs: indented, ending in a newline."""
    return msgspec.json.format(msgspec.json.encode(product), indent=2).decode() + "\n"


def write(path: str, text: str) -> None:
    """Write a result to a file.

    Raises:
        OutputError: when it cannot be written.
    """
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        cure = "give another path with --out"
        raise OutputError(error.strerror or str(error), where=path, cure=cure) from error
