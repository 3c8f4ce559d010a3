"""How long may one request take?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="limit_time_real",
    flag="--limit-time-real",
    kind="seconds",
    topic="time",
    defaults=[Default(120, 12)],
    does=(
        "Wall-clock time after which the master kills a worker with SIGKILL, give or take 4 "
        "seconds. The request is lost without a request line in the log. In threaded mode the "
        "server reloads instead."
    ),
    too_low=(
        "Requests that wait for something outside are killed; below about 75 s, idle cron "
        "workers too, because they sleep 60 to 69 s between two signs of life."
    ),
    too_high="A worker that hangs is missing for that long.",
    zero="Prefork: every worker is killed at once. Threaded: no limit.",
    source="odoo/tools/config.py, odoo/service/server.py",
)
