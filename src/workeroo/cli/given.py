"""What do journeys need to be walked, and when do visits arrive? From files and the environment."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from workeroo.catalog.journeys import JOURNEYS
from workeroo.errors import InputError, MissingInput
from workeroo.prove.load.order import Values
from workeroo.render.scripts.product import variable

_NAME = re.compile(r"[a-z][a-z0-9_]*")


class Number(click.FloatRange):
    """A number within a range; "nan" is within none."""

    def convert(
        self,
        value: Any,  # noqa: ANN401 - click's own
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> float:
        """Read it."""
        number = float(super().convert(value, param, ctx))
        if math.isnan(number):
            self.fail(f"{value!r} is not a number", param, ctx)
        return number


def given_records(path: str | None, environment: Mapping[str, str]) -> tuple[Values, ...]:
    """A record for each user: those of the file, over what the environment has.

    Records of a file are parted by empty lines. Nothing that is wrong with one is said with its
    value: it may be a secret.
    """
    needs = dict.fromkeys(name for journey in JOURNEYS.values() for name in journey.needs)
    common: Values = {
        name: environment[variable(name)] for name in needs if variable(name) in environment
    }
    if path is None:
        return (common,)
    records: list[Values] = [{}]
    for number, line in enumerate(_lines(path), 1):
        text = line.strip()
        if not text and records[-1]:
            records.append({})
        if not text or text.startswith("#"):
            continue
        name, mark, value = text.partition("=")
        if not mark or not _NAME.fullmatch(name.strip()):
            cure = "write lines of NAME=VALUE, names in small letters"
            raise InputError("this is no NAME=VALUE", where=f"{path}:{number}", cure=cure)
        records[-1][name.strip()] = value.strip()
    found = [record for record in records if record]
    return tuple(common | record for record in found) or (common,)


def trace_of(path: str, most_seconds: float) -> tuple[float, ...]:
    """Arrivals in seconds from the start, in order; those after `most_seconds` are left out."""
    found: list[float] = []
    for number, line in enumerate(_lines(path), 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        seconds = _seconds(text)
        if seconds is None or (found and seconds < found[-1]):
            cure = "write one arrival a line, in seconds from the start, in order"
            raise InputError("this is no arrival", where=f"{path}:{number}", cure=cure)
        if seconds <= most_seconds:
            found.append(seconds)
    if not found:
        raise InputError("there is no arrival in it", where=path)
    return tuple(found)


def _seconds(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if 0 <= seconds < math.inf else None


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise MissingInput(error.strerror or str(error), where=path) from error
    except UnicodeDecodeError as error:
        raise InputError("it is not text", where=path) from error
