"""How many database connections can all Odoos of the host open?"""

from __future__ import annotations

from workeroo.checks.asking import cron_workers, http_workers, number, serves_http
from workeroo.facts.deployment import Deployment
from workeroo.model.connections import Demand
from workeroo.model.processes import processes

DB_MAXCONN = 64
"""Odoo's default in every series: catalog/options/db_maxconn."""


def demand_of(deployment: Deployment) -> Demand:
    """The connections of one deployment by its settings."""
    workers = number(deployment, "workers")
    if workers is None:
        workers = http_workers(deployment)
    return Demand(
        processes=processes(workers, cron_workers(deployment), http_enable=serves_http(deployment)),
        db_maxconn=number(deployment, "db_maxconn") or DB_MAXCONN,
        db_maxconn_gevent=number(deployment, "db_maxconn_gevent"),
        pools=2 if has_replica(deployment) else 1,
    )


def has_replica(deployment: Deployment) -> bool:
    """Whether a replica database is configured, which gives each process a second pool."""
    setting = deployment.setting("db_replica_host")
    return setting is not None and bool(setting.value)
