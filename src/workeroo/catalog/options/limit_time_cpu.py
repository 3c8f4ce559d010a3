"""How much processor time may one request take?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="limit_time_cpu",
    flag="--limit-time-cpu",
    kind="seconds",
    topic="time",
    defaults=[Default(60, 12)],
    does=(
        "Processor time of one request or one cron pass in a prefork worker. Beyond it the "
        "whole worker exits in the middle of the request and the client's connection drops. "
        "Not used by the threaded server and the evented process."
    ),
    too_low="Long imports, reports and scheduled actions are cut off.",
    too_high="A request that loops holds a core for that long.",
    zero="Not a switch to turn it off: the worker dies after about one second of work.",
    none_breaks=True,
    source="odoo/tools/config.py, odoo/service/server.py",
)
