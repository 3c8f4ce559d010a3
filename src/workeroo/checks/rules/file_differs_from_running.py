"""Does the running server have the settings that the file says?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import cited, http_workers, is_live, number, serves_http, where
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.evidence import Evidence, Unknown
from workeroo.facts.deployment import Deployment
from workeroo.facts.snapshot import Facts
from workeroo.units import format_bytes, format_count

ID = "file-differs-from-running"


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """Mode, number of workers, hard limit and port, each as set and as seen."""
    del facts
    if not is_live(deployment) or number(deployment, "workers") is None:
        return
    if _mode_differs(deployment):
        yield _mode(deployment)
        return
    if deployment.mode == "prefork":
        yield from _count(deployment)
        yield from _hard_limit(deployment)
    yield from _port(deployment)


def _mode_differs(deployment: Deployment) -> bool:
    return (deployment.mode == "prefork") != bool(number(deployment, "workers"))


def _mode(deployment: Deployment) -> Finding:
    configured = "threaded" if deployment.mode == "prefork" else "prefork"
    title = f"the server runs {deployment.mode}, its settings say {configured}"
    seen = Evidence("measured", f"the processes are those of a {deployment.mode} server", "/proc")
    return _finding(deployment, "workers", title, seen)


def _count(deployment: Deployment) -> Iterable[Finding]:
    live, configured = len(deployment.of("http worker")), http_workers(deployment)
    if live == configured:
        return
    title = f"{format_count(live, 'HTTP worker')} live, {configured} by the settings"
    yield _finding(deployment, "workers", title, Evidence("measured", f"{live} live", "/proc"))


def _hard_limit(deployment: Deployment) -> Iterable[Finding]:
    """A worker sets its limit again and again: one that differs comes from other settings."""
    workers = deployment.of("http worker")
    hard = number(deployment, "limit_memory_hard")
    if not workers or hard is None or isinstance(workers[0].address_space_limit_bytes, Unknown):
        return
    seen = workers[0].address_space_limit_bytes
    if (seen or 0) == hard:
        return
    shown = format_bytes(seen) if seen else "no hard limit"
    title = f"the workers run with {shown}, limit_memory_hard is {format_bytes(hard)}"
    source = f"/proc/{workers[0].pid}/limits"
    evidence = Evidence("measured", f"address space: {shown}", source)
    yield _finding(deployment, "limit_memory_hard", title, evidence)


def _port(deployment: Deployment) -> Iterable[Finding]:
    """Behind a container's network the ports are its own, and say nothing."""
    owners = [*deployment.of("master"), *deployment.of("threaded server")]
    ports = sorted({port for process in owners for port in process.listens_on})
    configured = number(deployment, "http_port")
    if not ports or configured is None or configured in ports or not serves_http(deployment):
        return
    listed = ", ".join(map(str, ports))
    title = f"the server listens on {listed}, http_port is {configured}"
    seen = Evidence("measured", f"listens on {listed}", "/proc/net/tcp")
    yield _finding(deployment, "http_port", title, seen)


def _finding(deployment: Deployment, option: str, title: str, seen: Evidence) -> Finding:
    return Finding(
        rule=ID,
        severity="warning",
        confidence="medium",
        title=f"{title}: edited and not restarted?",
        evidence=[seen, cited(deployment, option)],
        cure="restart Odoo, or put the running value into the file; workers may also have been "
        "added or taken away by signals",
        deployment=deployment.name,
        where=where(deployment, option),
    )


RULE = Rule(id=ID, title="The running server has other settings", severity="warning", check=check)
