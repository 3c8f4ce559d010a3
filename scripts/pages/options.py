"""The reference of the options of odoo.conf, made from the catalog."""

from __future__ import annotations

from collections.abc import Iterator

from workeroo.catalog.options import OPTIONS
from workeroo.catalog.product import Alias, Default, Option, Series, Shortcut, Value
from workeroo.catalog.series import NEWEST, OLDEST, SERIES
from workeroo.units import format_bytes

TOPICS = {
    "workers": "Processes",
    "memory": "Memory limits",
    "time": "Time limits",
    "cron": "Scheduled actions",
    "http": "HTTP",
    "evented": "Chat and websockets",
    "proxy": "Behind a proxy",
    "database": "PostgreSQL",
    "logging": "Logs",
    "security": "Security",
}

TYPES = {
    "int": "integer",
    "bytes": "bytes",
    "seconds": "seconds",
    "float": "number",
    "bool": "True or False",
    "str": "text",
    "path": "path",
    "list": "words between commas",
    "port": "port",
    "secret": "secret text, never shown",
}

OPENING = f"""# The options of odoo.conf

Made from `src/workeroo/catalog/options/` by `make docs`; change it there. It holds the options that
decide how the worker processes live, from Odoo {OLDEST} to {NEWEST}, in Workeroo's words.
"""

PARSER = """## How odoo.conf is read

Odoo uses Python's plain configuration parser. A comment fills a whole line: `workers = 4 ; four`
sets the text `4 ; four`, which is no number, and no series starts with it. An indented line goes on
with the value above. An option or section that stands twice keeps the server from starting.

| | {optparse} | {strict} |
|---|---|---|
| `True`, `False` on a number | 1 and 0 | `False` is passed over with a warning; `True` is refused |
| `0`, `no`, `off` on a switch | **on**, because the text is not empty | off |
| any other word on a switch | on | refused |
| `None` on a number | refused | no value, with which some options fail later |
| `0x10`, `010` | 16 and 8 | refused, and 10 |
| `2G`, `2 * 1024`, `60s`, nothing | refused | refused |
| `ODOO_WORKERS` and the like | not read | read, above the file |
| an unknown option | taken in silence | logged as a warning |
"""


def options_page() -> str:
    """The page of all options, by topic."""
    parts = [OPENING, *_series_table(), _parsers()]
    for topic, title in TOPICS.items():
        options = [option for option in OPTIONS.values() if option.topic == topic]
        parts.append(f"## {title}\n")
        parts.append("\n".join(_topic_table(options)) + "\n")
        parts.extend(_section(option) for option in options)
    return "\n".join(parts)


def pages() -> dict[str, str]:
    """The page with its text."""
    return {"docs/reference/options.md": options_page()}


def _series_table() -> Iterator[str]:
    yield "## The series\n"
    yield "| Odoo | chat is below | port option | systemd socket | SIGHUP |"
    yield "|---|---|---|---|---|"
    for series in SERIES.values():
        socket = "yes" if series.socket_activation else "threaded mode only"
        reload = "keeps the listening socket" if series.graceful_reload else "stops, then starts"
        yield (
            f"| {series.number} | `{series.bus_route}` | `{series.evented_port_option}` "
            f"| {socket} | {reload} |"
        )
    yield ""


def _parsers() -> str:
    """The table of both parsers, headed by the series that use them."""
    named = {
        name: [s for s in SERIES.values() if s.parser == name] for name in ("optparse", "strict")
    }
    return PARSER.format(**{name: _range_of(found) for name, found in named.items()})


def _range_of(found: list[Series]) -> str:
    first, last = found[0].number, found[-1].number
    return str(first) if first == last else f"{first} to {last}"


def _topic_table(options: list[Option]) -> Iterator[str]:
    yield "| option | type | default | series |"
    yield "|---|---|---|---|"
    for option in options:
        name = f"[`{option.name}`](#{option.name})"
        yield f"| {name} | {TYPES[option.kind]} | {_defaults(option)} | {_existence(option)} |"


def _section(option: Option) -> str:
    """One option as its own manual page."""
    lines = [f"### {option.name}", "", option.does, ""]
    facts = [
        ("Command line", _flags(option)),
        ("Environment", _variables(option)),
        ("In odoo.conf", _in_file(option)),
        ("Default", _defaults(option)),
        ("Values", ", ".join(f"`{choice}`" for choice in option.choices)),
        ("Too low", option.too_low),
        ("Too high", option.too_high),
        ("Zero" if option.kind != "bool" else "Off", option.zero),
        ("None in a file", _none(option)),
        ("Other names", ", ".join(_alias(alias) for alias in option.aliases)),
        ("In Odoo's code", ", ".join(f"`{path}`" for path in option.source.split(", "))),
    ]
    lines += [f"- **{title}:** {text}" for title, text in facts if text]
    return "\n".join(lines) + "\n"


def _in_file(option: Option) -> str:
    """From which series on the file is heeded, where not all do."""
    if not option.file_first:
        return ""
    return f"from {option.file_first} on; before, only on the command line"


def _none(option: Option) -> str:
    """What the word None breaks, where it does."""
    strict = [series for series in SERIES.values() if series.parser == "strict"]
    if not option.none_breaks or not strict:
        return ""
    return f"taken by {_range_of(strict)}, which fails when it comes to count with it."


def _defaults(option: Option) -> str:
    """The default, or each with its series where it changed."""
    values = list(dict.fromkeys(_value(option, default.value) for default in option.defaults))
    if len(values) == 1:
        return values[0]
    return "; ".join(f"{_value(option, d.value)} in {_span(d)}" for d in option.defaults)


def _value(option: Option, value: Value) -> str:
    if value is None or value == "":
        return "not set"
    if option.kind == "bytes" and isinstance(value, int):
        return f"`{value}` ({format_bytes(value)})"
    return f"`{value}`"


def _existence(option: Option) -> str:
    return _span(Default(None, option.defaults[0].first, option.defaults[-1].last))


def _span(span: Default | Alias | Shortcut) -> str:
    last = span.last or NEWEST
    return str(span.first) if span.first == last else f"{span.first} to {last}"


def _flags(option: Option) -> str:
    plain = [f"`{flag}`" for flag in (option.flag, option.short) if flag]
    if not plain:
        return "only in odoo.conf"
    others = [_alias(alias) for alias in option.other_flags]
    others += [f"`{s.name}` for `{s.value}` ({_span(s)})" for s in option.shortcuts]
    return ", ".join(plain + others)


def _alias(alias: Alias) -> str:
    return f"`{alias.name}` ({_span(alias)})"


def _variables(option: Option) -> str:
    """The variables that the series which read the environment take it from."""
    readers = [s for s in SERIES.values() if s.reads_environment and option.exists(s.number)]
    if not readers:
        return ""
    names = option.environment or [f"ODOO_{option.name.upper()}"]
    return f"{', '.join(f'`{name}`' for name in names)} ({_range_of(readers)})"
