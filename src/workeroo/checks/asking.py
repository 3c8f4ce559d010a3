"""How does a rule ask the facts for what it needs?

Settings as numbers and switches, with the evidence of where they stand; and what kind of server a
deployment is. A value that the series refuses is no value: `conf-refused` tells of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from workeroo.catalog.options import OPTIONS
from workeroo.catalog.product import Series, Value
from workeroo.catalog.series import SERIES
from workeroo.checks.product import CouldNotTell
from workeroo.evidence import Evidence, Rank, is_known
from workeroo.facts.conf import ConfFile
from workeroo.facts.deployment import Deployment
from workeroo.facts.host import Host
from workeroo.facts.process import Process
from workeroo.facts.snapshot import Facts
from workeroo.units import format_bytes

EVENTED_PORT = 8072
"""Where the evented process listens when nobody says anything: Odoo's default in every series."""


def series(deployment: Deployment) -> Series | None:
    """What the catalog says of the deployment's series; None where it is not known."""
    return SERIES.get(deployment.series) if is_known(deployment.series) else None


def odoo(deployment: Deployment) -> str:
    """The server in a sentence: "Odoo 19", or "Odoo" where the series is not known."""
    return f"Odoo {deployment.series}" if is_known(deployment.series) else "Odoo"


def value(deployment: Deployment, option: str) -> Value:
    """The effective value; None also where the series refuses it or knows no such option."""
    setting = deployment.setting(option)
    return None if setting is None or setting.refusal is not None else setting.value


def number(deployment: Deployment, option: str) -> int | None:
    """The effective value as a number; None where it is none."""
    found = value(deployment, option)
    return int(found) if isinstance(found, (bool, int, float)) else None


def switch(deployment: Deployment, option: str) -> bool | None:
    """The effective value as a switch; None where it is not known or refused."""
    setting = deployment.setting(option)
    if setting is None or setting.refusal is not None:
        return None
    return bool(setting.value)


def where(deployment: Deployment, option: str) -> str | None:
    """The "file:line" that sets an option; None where no file does."""
    setting = deployment.setting(option)
    return setting.where if setting is not None and setting.source == "file" else None


def cited(deployment: Deployment, option: str) -> Evidence:
    """A setting as evidence: "workers = 9", where it stands."""
    setting = deployment.setting(option)
    if setting is None:
        return Evidence("default", f"{option} is not set")
    rank: Rank = "default" if setting.source == "default" else "read"
    return Evidence(rank, f"{option} = {_shown(option, setting.value)}", setting.where)


def _shown(option: str, found: Value) -> str:
    if found is None:
        return "(not set)"
    known = OPTIONS.get(option)
    if known is not None and known.kind == "bytes" and isinstance(found, int) and found:
        return f"{found} ({format_bytes(found)})"
    return str(found)


def conf_of(deployment: Deployment) -> ConfFile | None:
    """The odoo.conf as read; None where there is none or it could not be read."""
    return deployment.conf if isinstance(deployment.conf, ConfFile) else None


def is_live(deployment: Deployment) -> bool:
    """Whether there are running processes to look at."""
    return deployment.mode != "not running"


def is_prefork(deployment: Deployment) -> bool:
    """Whether the server forks workers, or would with this odoo.conf."""
    if is_live(deployment):
        return deployment.mode == "prefork"
    return bool(number(deployment, "workers"))


def is_threaded(deployment: Deployment) -> bool:
    """Whether the server is one process, or would be with this odoo.conf."""
    if is_live(deployment):
        return deployment.mode == "threaded"
    setting = deployment.setting("workers")
    return setting is not None and setting.refusal is None and not setting.value


def serves_http(deployment: Deployment) -> bool:
    """Whether it answers requests at all: http_enable is on."""
    return switch(deployment, "http_enable") is not False


def http_workers(deployment: Deployment) -> int:
    """HTTP workers by the settings; those that live where the setting is not known."""
    if not serves_http(deployment):
        return 0
    configured = number(deployment, "workers")
    if configured is None:
        return len(deployment.of("http worker"))
    return max(configured, 0)


def cron_workers(deployment: Deployment) -> int:
    """Cron workers by the settings; those that live where the setting is not known."""
    configured = number(deployment, "max_cron_threads")
    if configured is None:
        return len(deployment.of("cron worker"))
    return max(configured, 0)


def database(deployment: Deployment) -> str | None:
    """The databases by db_name; None where it is not set."""
    found = value(deployment, "db_name")
    return str(found) if found else None


def http_port(deployment: Deployment) -> int | None:
    """The port that HTTP workers serve."""
    return number(deployment, "http_port")


def evented_port(deployment: Deployment) -> int:
    """The port of the evented process."""
    known = series(deployment)
    configured = number(deployment, known.evented_port_option) if known else None
    return configured or EVENTED_PORT


def evented_port_option(deployment: Deployment) -> str:
    """What the series calls that port."""
    known = series(deployment)
    return known.evented_port_option if known else "gevent_port"


def host_of(facts: Facts) -> Host | None:
    """The host; None where only a file is judged and no hardware was declared."""
    return facts.host if is_known(facts.host) else None


def no_host(rule: str, facts: Facts, deployment: Deployment) -> CouldNotTell:
    """The verdict of a rule that needs the host and has none."""
    reason = "the host is known" if is_known(facts.host) else facts.host.reason
    return CouldNotTell(rule=rule, reason=reason, deployment=deployment.name)


def mean_pss_bytes(workers: Sequence[Process]) -> int | None:
    """The mean proportional memory of processes; None where none of it could be read."""
    known = [process.pss_bytes for process in workers if is_known(process.pss_bytes)]
    return sum(known) // len(known) if known else None
