"""The shapes of the tables: what is said of a series and of an option."""

from __future__ import annotations

from typing import Literal

import msgspec

Value = bool | int | float | str | None

Kind = Literal["int", "bytes", "seconds", "float", "bool", "str", "path", "list", "port", "secret"]
"""bytes and seconds are ints with a unit; a secret's value never enters facts."""


class Default(msgspec.Struct, frozen=True):
    """The value when nobody says anything, from one series to another, both included.

    `last` is None where the newest series still has it.
    """

    value: Value
    first: int
    last: int | None = None

    def holds(self, series: int) -> bool:
        """Whether this is the default in a series."""
        return self.first <= series and (self.last is None or series <= self.last)


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """One option of odoo.conf: a declared option is its own manual page.

    Attributes:
        name: in odoo.conf.
        flag: on the command line; None where there is none (file only). For a bool it is a
            switch that turns the default around: "--no-http".
        short: one-letter form of the flag: "-p".
        other_flags: older or other forms of the flag, with the series that take them.
        shortcuts: flags that stand for one value of it, with the series that take them.
        kind: type and unit.
        defaults: by series; the series in which the option exists are those that have a default.
        topic: where the reference lists it: "workers", "memory", "time", "cron", "http",
            "evented", "database", "proxy", "logging", "security".
        does: what the server's code does with it.
        too_low, too_high: what happens then; None where it does not apply.
        zero: what the value 0 (or False) means, where that surprises.
        aliases: older or other names that the file may use, with the series that honour them.
        environment: the variables that set it in place of ODOO_<NAME>, where the series reads
            the environment.
        choices: the only values that are taken; empty where any text is.
        adds_up: whether the sources are joined instead of the highest winning alone.
        file_first: the first series that heeds it in odoo.conf; before, only the command line
            counts.
        none_is_unset: whether 12 to 18 take the word None for no value.
        none_breaks: whether a strict series, which takes the word None for no value anywhere,
            then fails at its first use as a number.
        empty_is_default: whether the server puts the default in the place of an empty value.
        source: where to look in Odoo's code: "odoo/tools/config.py, odoo/service/server.py".
    """

    name: str
    flag: str | None
    short: str | None = None
    other_flags: list[Alias] = []
    shortcuts: list[Shortcut] = []
    kind: Kind
    defaults: list[Default]
    topic: str
    does: str
    too_low: str | None = None
    too_high: str | None = None
    zero: str | None = None
    aliases: list[Alias] = []
    environment: list[str] = []
    choices: list[str] = []
    adds_up: bool = False
    file_first: int = 0
    none_is_unset: bool = False
    none_breaks: bool = False
    empty_is_default: bool = False
    source: str

    def default(self, series: int) -> Value:
        """The default in a series; None also where the series does not know the option."""
        return next((d.value for d in self.defaults if d.holds(series)), None)

    def is_read_from_file(self, series: int) -> bool:
        """Whether a series heeds the option in odoo.conf."""
        return series >= self.file_first

    def exists(self, series: int) -> bool:
        """Whether a series knows the option by this name."""
        return any(d.holds(series) for d in self.defaults)


class Alias(msgspec.Struct, frozen=True):
    """Another name of an option, and the series that honour it, both included.

    Attributes:
        last: None where the newest series still honours it.
        wins: whether it is used even where the proper name is set too.
    """

    name: str
    first: int
    last: int | None = None
    wins: bool = False

    def holds(self, series: int) -> bool:
        """Whether a series honours this name."""
        return self.first <= series and (self.last is None or series <= self.last)


class Shortcut(msgspec.Struct, frozen=True):
    """A flag without a value of its own, and the series that take it, both included.

    Attributes:
        value: what the option gets by it.
        last: None where the newest series still takes it.
    """

    name: str
    value: str
    first: int
    last: int | None = None

    def holds(self, series: int) -> bool:
        """Whether a series takes this flag."""
        return self.first <= series and (self.last is None or series <= self.last)


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """What sets one major version apart for whoever configures its workers.

    Attributes:
        number: 12 to 19.
        bus_route: path prefix that must reach the evented port: "/longpolling" or "/websocket".
        evented_port_option: "longpolling_port" or "gevent_port".
        parser: which rules read odoo.conf: "optparse" (12 to 18) or "strict" (19).
        reads_environment: whether ODOO_<OPTION> variables are read.
        warns_unknown_options: whether an unknown option in the file is logged.
        socket_activation: whether the prefork server takes a systemd socket.
        graceful_reload: whether SIGHUP keeps the listening socket.
        python: versions of Python that it runs on, "3.10 to 3.13"; None where no source says.
    """

    number: int
    bus_route: str
    evented_port_option: str
    parser: Literal["optparse", "strict"]
    reads_environment: bool
    warns_unknown_options: bool
    socket_activation: bool
    graceful_reload: bool
    python: str | None = None
