"""Does nginx send chat to a port where nobody listens?"""

from __future__ import annotations

from collections.abc import Iterable

from workeroo.checks.asking import cited, evented_port, http_port, is_threaded
from workeroo.checks.product import Finding, Rule, Verdict
from workeroo.checks.routes import blind, to_evented
from workeroo.evidence import Evidence
from workeroo.facts.deployment import Deployment
from workeroo.facts.snapshot import Facts

ID = "bus-route-in-threaded"


def check(facts: Facts, deployment: Deployment) -> Iterable[Verdict]:
    """A threaded server has no evented process."""
    del facts
    if not is_threaded(deployment):
        return
    yield from blind(ID, deployment)
    port = evented_port(deployment)
    if port == http_port(deployment):
        return
    for location in to_evented(deployment):
        yield Finding(
            rule=ID,
            severity="error",
            confidence="high",
            title=f"nginx sends {location.path} to port {port}, where nobody listens in threaded "
            "mode",
            evidence=[
                Evidence("read", f"location {location.path} leads to {port}", location.where),
                cited(deployment, "workers"),
            ],
            cure="set workers (see threaded-mode), or let that location lead to "
            f"{http_port(deployment)}",
            deployment=deployment.name,
            where=location.where,
        )


RULE = Rule(id=ID, title="Chat sent to nobody in threaded mode", severity="error", check=check)
