"""Which lines does OCA's queue_job write about the jobs that it gives to workers?"""

from __future__ import annotations

from workeroo.catalog.logline import LogLine

LINES = [
    LogLine(
        name="queue-runner",
        anchor="starting jobrunner thread (in ",
        pattern=r"^starting jobrunner thread \(in (?P<mode>prefork|threaded) server\)",
        logger="odoo.addons.queue_job",
        first=12,
        meaning="The thread that gives jobs to workers starts in the master.",
        source="OCA/queue: queue_job/jobrunner/__init__.py",
    ),
    LogLine(
        name="queue-job-asked",
        anchor="asking Odoo to run job ",
        pattern=r"^asking Odoo to run job \S+ on db (?P<db>\S+)",
        logger="odoo.addons.queue_job",
        first=12,
        meaning="A job is given to the server as a request.",
        source="OCA/queue: queue_job/jobrunner/runner.py, run_jobs",
    ),
    LogLine(
        name="queue-job-reset",
        anchor=" was reset from enqueued to pending",
        pattern=r"^state of job \S+ was reset from enqueued to pending",
        logger="odoo.addons.queue_job",
        level="WARNING",
        first=12,
        meaning="No worker took the job within a second; it waits for its next turn.",
        source="OCA/queue: queue_job/jobrunner/runner.py, set_job_pending",
    ),
]
