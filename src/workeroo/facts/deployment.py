"""One Odoo on a host: its processes, its settings, its database, its proxy."""

from __future__ import annotations

from typing import Literal

import msgspec

from workeroo.catalog.product import Value
from workeroo.evidence import Maybe, Unknown
from workeroo.facts.conf import ConfFile
from workeroo.facts.manager import Manager
from workeroo.facts.postgres import Postgres
from workeroo.facts.process import Part, Process
from workeroo.facts.proxy import Proxy

SettingSource = Literal["default", "file", "environment", "command line"]


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """The effective value of one Odoo option, and who won.

    Attributes:
        value: as the server uses it; "***" where the option is a secret.
        source: who decides, lowest first: default < file < environment < command line.
        where: "/etc/odoo/odoo.conf:12", "ODOO_WORKERS", "--workers", "Odoo 19".
        refusal: why the series does not start with this value, None when it does.
    """

    option: str
    value: Value
    source: SettingSource
    where: str
    refusal: str | None = None


Mode = Literal["prefork", "threaded", "not running"]


class Deployment(msgspec.Struct, frozen=True, kw_only=True):
    """One Odoo: its master process, workers, odoo.conf, database and proxy.

    Attributes:
        name: what it is called in reports: "odoo (pid 812, port 8069)" or the conf's path.
        mode: prefork, threaded, or not running (a file judged alone).
        series: the major version: 12 to 19.
        launcher: how it was started: "odoo", "odoo-bin", "python -m odoo", a container's name.
        container: id of the container it runs in, as seen from the host.
        manager: who restarts it; None when it was started by hand or by a program of its own.
        venv: whether its interpreter is one of a virtual environment.
        workdir: the process's working folder, against which relative paths are read.
        settings: effective values by option name, every catalogued option of the series.
        conf: the parsed odoo.conf, None when the server runs without one.
    """

    name: str
    mode: Mode
    series: Maybe[int]
    launcher: str | None = None
    container: str | None = None
    manager: Manager | Unknown | None = Unknown("not looked at")
    venv: Maybe[bool] = Unknown("not looked at")
    workdir: Maybe[str] = Unknown("not looked at")
    processes: list[Process] = []
    settings: dict[str, Setting] = {}
    conf: ConfFile | Unknown | None = None
    postgres: Postgres | Unknown = Unknown("not looked at")
    proxy: Proxy | Unknown | None = Unknown("not looked at")

    def setting(self, option: str) -> Setting | None:
        """The effective setting, None where the series does not know the option."""
        return self.settings.get(option)

    def of(self, part: Part) -> list[Process]:
        """The processes of one part, oldest first."""
        found = [process for process in self.processes if process.part == part]
        return sorted(found, key=lambda process: (process.started_at, process.pid))
