"""Which lines tell of scheduled actions: begun, done, killed?"""

from __future__ import annotations

from workeroo.catalog.logline import LogLine

_CRON = "odoo.addons.base.models.ir_cron"
_QUOTED = r"['\"](?P<job>.+)['\"] \((?P<job_id>\d{1,18})\)"

LINES = [
    LogLine(
        name="cron-start",
        anchor="tarting job `",
        pattern=r"^(?:Manually s|S)tarting job `(?P<job>.+)`",
        logger=_CRON,
        level="INFO",
        first=12,
        last=17,
        meaning="A scheduled action begins.",
        source="odoo/addons/base/models/ir_cron.py",
    ),
    LogLine(
        name="cron-start",
        anchor=") starting",
        pattern=rf"^Job {_QUOTED} starting",
        logger=_CRON,
        level="INFO",
        first=18,
        meaning="A scheduled action begins.",
        source="odoo/addons/base/models/ir_cron.py: _run_job",
    ),
    LogLine(
        name="cron-done",
        anchor="` done.",
        pattern=r"^Job `(?P<job>.+)` done\.",
        logger=_CRON,
        level="INFO",
        first=13,
        last=17,
        meaning="A scheduled action is done; how long it took is not told.",
        source="odoo/addons/base/models/ir_cron.py",
    ),
    LogLine(
        name="cron-done",
        anchor="Job done: `",
        pattern=r"^Job done: `(?P<job>.+)` \((?P<seconds>\d{1,9}(?:\.\d{1,9})?)s\)",
        logger=_CRON,
        level="INFO",
        first=17,
        last=17,
        meaning="A scheduled action is done.",
        source="odoo/addons/base/models/ir_cron.py",
    ),
    LogLine(
        name="cron-done",
        anchor=") done in ",
        pattern=rf"^Job {_QUOTED} done in " + r"(?P<seconds>\d{1,9}(?:\.\d{1,9})?)s",
        logger=_CRON,
        level="INFO",
        first=18,
        last=18,
        meaning="A scheduled action is done.",
        source="odoo/addons/base/models/ir_cron.py",
    ),
    LogLine(
        name="cron-done",
        anchor="; duration ",
        pattern=rf"^Job {_QUOTED} (?P<status>fully done|partially done|failed) "
        r"\(#loop \d+; done \d+; remaining \d+; duration (?P<seconds>\d{1,9}(?:\.\d{1,9})?)s\)",
        logger=_CRON,
        level="INFO",
        first=19,
        meaning="A scheduled action has ended, and how.",
        source="odoo/addons/base/models/ir_cron.py: _run_job",
    ),
    LogLine(
        name="cron-timed-out",
        anchor=") timed out",
        pattern=rf"^Job {_QUOTED} timed out",
        logger=_CRON,
        level="ERROR",
        first=18,
        meaning="A scheduled action was killed at each of its last runs and is given up for now.",
        source="odoo/addons/base/models/ir_cron.py: _process_job",
    ),
]
