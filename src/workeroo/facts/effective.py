"""Which value does each option have in the end, and who decided it?

The command line wins over the environment (where the series reads it), that over odoo.conf, and
that over the default of the series.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from workeroo.catalog.options import ALIASES, OPTIONS, canonical, options_of
from workeroo.catalog.othernames import OTHER_NAMES, is_known
from workeroo.catalog.product import Option, Series, Value
from workeroo.catalog.series import SERIES
from workeroo.errors import UsageError
from workeroo.facts.arguments import given
from workeroo.facts.conf import ConfFile, Entry
from workeroo.facts.deployment import Deployment, Setting, SettingSource
from workeroo.facts.secrets import MASK, is_masked, without_credentials
from workeroo.facts.values import (
    Reading,
    SkippedError,
    read_argument,
    read_environment_value,
    read_file_value,
)


class Renamed(msgspec.Struct, frozen=True):
    """An entry under an older name.

    Attributes:
        option: what it is called today.
        honoured: whether this series still heeds the older name.
    """

    entry: Entry
    option: str
    honoured: bool


def effective(
    series: int,
    conf: ConfFile | None,
    environment: Mapping[str, str],
    arguments: Sequence[str],
) -> dict[str, Setting]:
    """The value of every catalogued option of a series, with its source.

    Any other option is in it only where the server refuses what odoo.conf says of it. Of a file
    that the parser refuses as a whole, every entry counts that could be read, the last one of each
    name: `conf.refusals()` says what is wrong with it.

    Args:
        series: the major version.
        conf: the odoo.conf, None where the server runs without one.
        environment: of the master process.
        arguments: of the master process, the program's own name included or not.

    Raises:
        UsageError: for a series that Workeroo does not know.
    """
    known = _series(series)
    settings: dict[str, list[Setting]] = {
        option.name: [_default(known, option)] for option in options_of(series)
    }
    for entry in [] if conf is None else _by_rank(conf, series):
        _put(settings, _from_entry(known, entry, "" if conf is None else conf.path))
    for option in options_of(series) if known.reads_environment else []:
        _put(settings, _from_environment(known, option, environment))
    for argument in given(series, arguments):
        reading = read_argument(known, argument.option, argument.value)
        source: SettingSource = "command line"
        _put(settings, _setting(known, argument.option, reading, source, argument.flag))
    won = {name: _won(known, found) for name, found in settings.items()}
    return {**_with_conflicts(known, won), **({} if conf is None else _others(known, conf))}


def from_conf(
    conf: ConfFile,
    series: int,
    environment: Mapping[str, str] = {},
    arguments: Sequence[str] = (),
) -> Deployment:
    """A deployment judged from its odoo.conf alone, without a running server."""
    settings = effective(series, conf, environment, arguments)
    return Deployment(
        name=conf.path, mode="not running", series=series, settings=settings, conf=conf
    )


def unknown_entries(conf: ConfFile, series: int) -> list[Entry]:
    """Entries of [options] that neither the series nor a known module reads.

    Older names are not among them: see `renamed_entries`.
    """
    renamed = {id(found.entry) for found in renamed_entries(conf, series)}
    return [
        entry
        for entry in conf.options()
        if id(entry) not in renamed
        and canonical(entry.name, series) is None
        and not is_known(entry.name, series)
    ]


def renamed_entries(conf: ConfFile, series: int) -> list[Renamed]:
    """Entries of [options] under a name that has a successor in this series."""
    found = []
    for entry in conf.options():
        heir = _heir(entry.name, series)
        if heir is not None:
            honoured = canonical(entry.name, series) is not None or is_known(entry.name, series)
            found.append(Renamed(entry, heir, honoured))
    return found


def skipped_entries(conf: ConfFile, series: int) -> list[Entry]:
    """Entries that the series knows and passes over: `False` on what is no switch, in 19."""
    return [entry for entry in conf.options() if _is_skipped(_series(series), entry)]


def _heir(name: str, series: int) -> str | None:
    """The option that took the place of a name in a series."""
    other = OTHER_NAMES.get(name)
    if other is not None:
        return other.heir if series >= other.heir_since else None
    heir = OPTIONS.get(ALIASES.get(name, ""))
    own = OPTIONS.get(name)
    if heir is None or not heir.exists(series) or (own is not None and own.exists(series)):
        return None
    return heir.name


def _series(number: int) -> Series:
    if number not in SERIES:
        cure = f"give one of {', '.join(map(str, SERIES))}"
        raise UsageError(f"Odoo {number} is not a series that Workeroo knows", cure=cure)
    return SERIES[number]


def _default(series: Series, option: Option) -> Setting:
    reading = Reading(option.default(series.number))
    return _setting(series, option, reading, "default", f"Odoo {series.number}")


def _by_rank(conf: ConfFile, series: int) -> list[Entry]:
    """The entries of the file, those last that win: file order, but some aliases beat all."""
    return sorted(conf.options(), key=lambda entry: _wins(entry, series))


def _wins(entry: Entry, series: int) -> bool:
    """Whether an entry stands under an alias that is used even where the proper name is set."""
    option = OPTIONS.get(ALIASES.get(entry.name, ""))
    if option is None:
        return False
    return any(a.name == entry.name and a.holds(series) and a.wins for a in option.aliases)


def _from_entry(series: Series, entry: Entry, path: str) -> Setting | None:
    """The setting that an entry makes; None where the series does not heed it."""
    name = canonical(entry.name, series.number)
    if name is None or _is_skipped(series, entry):
        return None
    option = OPTIONS[name]
    if not option.is_read_from_file(series.number):
        return None
    if is_masked(entry.secret):
        reading = Reading(MASK)
    else:
        reading = read_file_value(series, option, entry.value)
    reading = _explained(reading, entry)
    if _wins(entry, series.number) and not reading.value and reading.refusal is None:
        return None  # an alias that says nothing leaves the proper name in force
    return _setting(series, option, reading, "file", f"{path}:{entry.line}")


def _others(series: Series, conf: ConfFile) -> dict[str, Setting]:
    """The options outside the catalogue that keep the server from starting."""
    found = {}
    for entry in conf.options():
        other = OTHER_NAMES.get(entry.name)
        if other is None or not other.exists(series.number) or is_masked(entry.secret):
            continue
        try:
            reading = read_file_value(series, other.as_option(), entry.value)
        except SkippedError:
            continue
        if reading.refusal is not None:
            where = f"{conf.path}:{entry.line}"
            option = other.as_option()
            found[entry.name] = _setting(series, option, reading, "file", where)
    return found


def _is_skipped(series: Series, entry: Entry) -> bool:
    name = canonical(entry.name, series.number)
    if name is None or is_masked(entry.secret):
        return False
    try:
        read_file_value(series, OPTIONS[name], entry.value)
    except SkippedError:
        return True
    return False


def _explained(reading: Reading, entry: Entry) -> Reading:
    """A refusal with the reason that its author could not see."""
    if reading.refusal is None:
        return reading
    if entry.inline_comment is not None:
        why = " (an inline comment is no comment to Odoo)"
    elif "\n" in entry.value:
        why = " (an indented line goes on with the value above it)"
    else:
        why = ""
    return reading._replace(refusal=reading.refusal + why)


def _from_environment(
    series: Series, option: Option, environment: Mapping[str, str]
) -> Setting | None:
    """The setting that a variable makes."""
    for variable in option.environment or [f"ODOO_{option.name.upper()}"]:
        if variable in environment:
            reading = read_environment_value(option, environment[variable])
            return _setting(series, option, reading, "environment", variable)
    return None


def _setting(
    series: Series, option: Option, reading: Reading, source: SettingSource, where: str
) -> Setting:
    """A reading with its source, and without any secret."""
    refusal = reading.refusal
    if refusal is not None:
        said = without_credentials(refusal)
        refusal = f"Odoo {series.number} will not {reading.verb} with this: {said}"
    value = _shown(option, reading.value)
    return Setting(option=option.name, value=value, source=source, where=where, refusal=refusal)


def _shown(option: Option, value: Value) -> Value:
    if option.kind == "secret":
        return MASK if value else None
    return without_credentials(value) if isinstance(value, str) else value


def _put(settings: dict[str, list[Setting]], setting: Setting | None) -> None:
    if setting is not None:
        settings[setting.option].append(setting)


def _won(series: Series, found: list[Setting]) -> Setting:
    """The setting that counts: the last one.

    What is refused on the command line stops the server in any case; so does, for a strict
    series, what is refused in a source that is overruled.
    """
    last = found[-1]
    if OPTIONS[last.option].adds_up:
        last = msgspec.structs.replace(last, value=_sum(series, found))
    counts = [s for s in found if series.parser == "strict" or s.source == "command line"]
    refusals = [setting.refusal for setting in [last, *counts] if setting.refusal is not None]
    return msgspec.structs.replace(last, refusal=refusals[0]) if refusals else last


def _sum(series: Series, found: list[Setting]) -> str:
    """The sources joined: all of them in a strict series, else the command line and the next."""
    told = [setting for setting in found if setting.source == "command line"]
    rest = [setting for setting in found if setting.source != "command line"]
    kept = rest if series.parser == "strict" else rest[-1:]
    return ",".join(dict.fromkeys(str(s.value) for s in kept + told if s.value))


def _with_conflicts(series: Series, settings: dict[str, Setting]) -> dict[str, Setting]:
    """Refuse two options that exclude each other: syslog and logfile.

    The strict series look at the values in the end, the others at the command line alone.
    """
    syslog, logfile = settings["syslog"], settings["logfile"]
    told = {syslog.source, logfile.source} == {"command line"}
    if not (syslog.value and logfile.value) or not (series.parser == "strict" or told):
        return settings
    text = f"Odoo {series.number} will not start with this: syslog and logfile exclude each other"
    return {**settings, "syslog": msgspec.structs.replace(syslog, refusal=text)}
