"""Did a process run out of the connections that its own pool may open?"""

from __future__ import annotations

from workeroo.workload.product import Incident
from workeroo.workload.profile import Profile
from workeroo.workload.rule import IncidentRule
from workeroo.workload.story import Story
from workeroo.workload.telling import tell_sighting, times


def judge(story: Story, profile: Profile) -> Incident | None:
    """By Odoo's own exception."""
    del profile
    told = story.of("pool-full")
    if told is None:
        return None
    processes = len({event.pid for event in told.events})
    where = "one process" if processes == 1 else f"{processes} processes"
    return tell_sighting(
        RULE,
        told,
        title=f"the connection pool of {where} was full {times(told.count)}",
        needle="PoolError: The Connection Pool Is Full",
    )


RULE = IncidentRule(
    id="connection-pool-full",
    title="A process's own connection pool was full",
    severity="error",
    cause="db_maxconn is the number of connections that each process may hold; a threaded server, "
    "the evented process or a request with many cursors wanted more, and failed.",
    cure="Raise db_maxconn (db_maxconn_gevent for the evented process, where the series has it), "
    "and PostgreSQL's max_connections with it (`workeroo plan`; "
    "`workeroo audit --explain pool-too-small`).",
    judge=judge,
)
