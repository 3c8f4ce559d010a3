"""How many processes serve HTTP requests?"""

from __future__ import annotations

from workeroo.catalog.product import Default, Option

OPTION = Option(
    name="workers",
    flag="--workers",
    kind="int",
    topic="workers",
    defaults=[Default(0, 12)],
    does=(
        "The number of HTTP worker processes that the master keeps alive. Cron workers and "
        "the evented process come on top and are not counted."
    ),
    too_low=(
        "Requests wait in the listen queue while cores stand idle; with a single HTTP worker "
        "a PDF report waits for assets that nobody is left to serve."
    ),
    too_high=(
        "Past the cores, CPU-bound pages get no faster, while every worker costs memory and "
        "database connections."
    ),
    zero=(
        "Threaded mode: one process, one core's worth of Python, no evented process. A "
        "negative number starts the prefork server without any HTTP worker."
    ),
    source="odoo/tools/config.py, odoo/service/server.py",
)
