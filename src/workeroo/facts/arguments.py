"""What does the command line of an Odoo server set?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from workeroo.catalog.options import options_of
from workeroo.catalog.product import Option

_CONFIG = ("--config", "-c")
_LONG = "--"
_SHORT_LENGTH = 2


class Argument(msgspec.Struct, frozen=True):
    """One option on the command line.

    Attributes:
        flag: as written: "--workers", "-p".
        value: what a shortcut stands for; None for a switch, or where the line ends before it.
    """

    option: Option
    flag: str
    value: str | None


def given(series: int, arguments: Sequence[str]) -> list[Argument]:
    """The catalogued options of a command line, in its order; the last one counts.

    What stands before them (the interpreter, the program, `gevent`, `server`) does no harm.
    Shortened forms, which optparse takes too ("--work=4"), are not resolved.
    """
    flags, values = _flags(series), _shortcuts(series)
    takes_value = {flag for flag, option in flags.items() if option.kind != "bool"} - set(values)
    return [
        Argument(flags[flag], flag, values.get(flag, value))
        for flag, value in _pairs(arguments, takes_value)
        if flag in flags
    ]


def named_conf(environment: Mapping[str, str], arguments: Sequence[str]) -> str | None:
    """The odoo.conf that a server was told to read; None where it falls back to ~/.odoorc."""
    named = [value for flag, value in _pairs(arguments, set(_CONFIG)) if flag in _CONFIG]
    if named and named[-1]:
        return named[-1]
    return environment.get("ODOO_RC") or environment.get("OPENERP_SERVER") or None


def _flags(series: int) -> dict[str, Option]:
    """Every form of every flag that a series takes."""
    flags: dict[str, Option] = {}
    for option in options_of(series):
        forms = [option.flag, option.short]
        forms += [other.name for other in option.other_flags if other.holds(series)]
        forms += [shortcut.name for shortcut in option.shortcuts if shortcut.holds(series)]
        flags.update({form: option for form in forms if form})
    return flags


def _shortcuts(series: int) -> dict[str, str]:
    """The value that each shortcut stands for."""
    return {s.name: s.value for o in options_of(series) for s in o.shortcuts if s.holds(series)}


def _pairs(arguments: Sequence[str], takes_value: set[str]) -> Iterator[tuple[str, str | None]]:
    """Flags with their values: `--flag=value`, `--flag value`, `-f value` and `-fvalue`."""
    rest = iter(arguments)
    for word in rest:
        if word == _LONG:
            return
        if word.startswith(_LONG):
            flag, equals, value = word.partition("=")
        else:
            flag, equals = word[:_SHORT_LENGTH], word[_SHORT_LENGTH:]
            value = equals
        if equals:
            yield flag, value
        elif flag in takes_value:
            yield flag, next(rest, None)
        else:
            yield flag, None
