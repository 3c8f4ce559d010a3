"""What stands before a proof begins: which server, which settings, which log, which levers?

A proof needs a server of this host that has the lab's levers. Whatever is missing is said in a
sentence, and the proof could not be told then.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from workeroo.catalog.options import OPTIONS
from workeroo.catalog.product import Value
from workeroo.errors import UsageError
from workeroo.evidence import Evidence, Rank, Unknown
from workeroo.facts.deployment import Deployment
from workeroo.facts.process import Process
from workeroo.prove.behind import http_port, server_on
from workeroo.prove.levers import Levers
from workeroo.prove.log import Heard, Log, open_log
from workeroo.prove.on_this_host import is_here
from workeroo.prove.wait import holds_within
from workeroo.prove.weights import started_of
from workeroo.units import parse_bytes

_DEFAULT_PORTS = {"http": 80, "https": 443}

REPLACED_SECONDS = 8.0
"""Two beats of the master, in which it forks what is missing."""

_HIDING_LEVELS = ("warn", "error", "critical")
"""Levels at which Odoo writes none of the lines about its workers. Source: odoo/netsvc.py."""


class Promise(msgspec.Struct, frozen=True, kw_only=True):
    """The value of an option that the server is held to, and who said so."""

    option: str
    value: Value
    evidence: Evidence

    @property
    def number(self) -> int:
        """Its value as a number; 0 where it is off or not set."""
        return int(self.value) if isinstance(self.value, (int, float)) else 0


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """A server that can be tried.

    Attributes:
        target: as it was given.
        url: Odoo's own HTTP port, to which the requests go: a limit is Odoo's, not the proxy's.
        deployment: as it was found before.
        began: when its master did, in seconds after boot: with the pid it is one process.
        promised: what the user declared, by option; it wins over what the files say.
        log: what it writes from now on, or why that cannot be read.
    """

    target: str
    url: str
    deployment: Deployment
    began: float | None = None
    promised: Mapping[str, Promise]
    log: Log | Unknown

    @property
    def levers(self) -> Levers:
        """The levers of the lab's module."""
        return Levers(self.url)

    @property
    def master(self) -> Process:
        """The master process, or the only one of a threaded server."""
        return next(p for p in self.deployment.processes if p.part in ("master", "threaded server"))

    @property
    def workers(self) -> list[Process]:
        """The HTTP workers, as they were before."""
        return self.deployment.of("http worker")

    @property
    def is_threaded(self) -> bool:
        """Whether there is only one process."""
        return self.deployment.mode == "threaded"

    def promise(self, option: str) -> Promise:
        """What the server is held to: declared, else by its settings as they stand in its files."""
        if option in self.promised:
            return self.promised[option]
        setting = self.deployment.setting(option)
        if setting is None:
            evidence = Evidence("assumed", f"this series knows no {option}")
            return Promise(option=option, value=None, evidence=evidence)
        rank: Rank = "default" if setting.source == "default" else "read"
        evidence = Evidence(rank, f"{option} = {setting.value}", setting.where)
        return Promise(option=option, value=setting.value, evidence=evidence)

    def heard(self, *names: str) -> list[Heard]:
        """The known lines of these names that it wrote since; none where its log is not read."""
        return [] if isinstance(self.log, Unknown) else self.log.heard(*names)

    @property
    def hidden_lines(self) -> str | None:
        """Why the log tells nothing of workers, where it does not."""
        if isinstance(self.log, Unknown):
            return self.log.reason
        level = self.deployment.setting("log_level")
        if level is not None and level.value in _HIDING_LEVELS:
            return f"log_level = {level.value} hides the lines about workers"
        return None


def set_stage(url: str, promised: Mapping[str, Promise]) -> Stage | Unknown:
    """The server behind a URL of this host, or why it cannot be tried.

    Raises:
        UsageError: the URL leads to another host; levers may be pulled on one's own only.
    """
    if not is_here(url):
        raise UsageError(
            "limits are proved on a server of this host only",
            where=url,
            cure="give an address on loopback, like http://127.0.0.1:8069, or --lab NAME",
        )
    parts = urlsplit(url)
    port = parts.port or _DEFAULT_PORTS.get(parts.scheme, 80)
    deployment = _settled(port)
    if deployment is None:
        return Unknown(f"no Odoo of this host is seen behind port {port}")
    if not deployment.settings:
        return Unknown("its settings are not known: its odoo.conf or series could not be read")
    own = http_port(deployment) or port
    stage = Stage(
        target=url,
        url=f"http://127.0.0.1:{own}",
        deployment=deployment,
        began=started_of(deployment.processes[0].pid),
        promised=promised,
        log=open_log(_log_path(deployment)),
    )
    missing = stage.levers.missing()
    return stage if missing is None else Unknown(missing)


def declared(option: str, value: Value, source: str) -> Promise:
    """A value that somebody else than the server's own files promises."""
    evidence = Evidence("declared", f"{option} = {value}", source)
    return Promise(option=option, value=value, evidence=evidence)


def read_promises(texts: tuple[str, ...]) -> dict[str, Promise]:
    """What `--promised OPTION=VALUE` says.

    Raises:
        UsageError: no such option, or no number.
    """
    found: dict[str, Promise] = {}
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        option = OPTIONS.get(name)
        if not equals or option is None:
            cure = "give it like limit_time_real=120"
            raise UsageError(f"--promised {text} names no option of odoo.conf", cure=cure)
        number = _number(value, is_size=option.kind == "bytes")
        found[name] = declared(name, number, "--promised")
    return found


def _number(text: str, *, is_size: bool) -> int:
    negative = text.removeprefix("-")
    if negative.isdecimal():
        return int(text)
    if is_size:
        return parse_bytes(text)
    raise UsageError(f"{text!r} is not a number", cure="give it like limit_time_real=120")


def _settled(port: int) -> Deployment | None:
    """The Odoo behind a port, with all its workers: one that has just left is being replaced."""
    found: list[Deployment | None] = []

    def is_whole() -> bool:
        found.append(server_on(port))
        return found[-1] is None or len(found[-1].of("http worker")) >= _wanted(found[-1])

    holds_within(is_whole, REPLACED_SECONDS)
    return found[-1]


def _wanted(deployment: Deployment) -> int:
    """How many HTTP workers it should have."""
    setting = deployment.setting("workers")
    served = deployment.setting("http_enable")
    if served is not None and served.value is False:
        return 0
    return setting.value if setting and isinstance(setting.value, int) else 0


def _log_path(deployment: Deployment) -> Path | Unknown:
    """Where it writes its log: logfile, else where its standard error leads."""
    setting = deployment.setting("syslog")
    if setting is not None and setting.value:
        return Unknown("it logs to syslog")
    setting = deployment.setting("logfile")
    if setting is not None and isinstance(setting.value, str) and setting.value:
        workdir = deployment.workdir
        base = Path(workdir) if isinstance(workdir, str) else Path("/")
        return base / setting.value
    pid = next((process.pid for process in deployment.processes), None)
    try:
        path = Path(f"/proc/{pid}/fd/2").readlink()
    except OSError:
        return Unknown("where its log goes cannot be seen by this user")
    if not path.is_file():
        return Unknown("its log goes to no file: set logfile for the time of the proof")
    return path
