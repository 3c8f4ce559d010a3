"""Which lines tell that a PDF could not be printed?"""

from __future__ import annotations

from workeroo.catalog.logline import LogLine

_REPORT = "odoo.addons.base.models.ir_actions_report"
_SOURCE = "odoo/addons/base/models/ir_actions_report.py"

LINES = [
    LogLine(
        name="pdf-one-worker",
        anchor="You need to start Odoo with at least two workers",
        pattern=r"^You need to start Odoo with at least two workers to print a pdf",
        logger=_REPORT,
        level="INFO",
        first=12,
        meaning="workers = 1: the one worker that prints cannot serve the style sheets that "
        "wkhtmltopdf asks for.",
        source=_SOURCE,
    ),
    LogLine(
        name="pdf-network-error",
        anchor="due to network error: ",
        pattern=r"due to network error: (?P<error>\w+)",
        logger=_REPORT,
        first=12,
        meaning="wkhtmltopdf did not get what it asked the server for.",
        source="wkhtmltopdf, as " + _SOURCE + " passes it on",
    ),
    LogLine(
        name="pdf-failed",
        anchor="htmltopdf failed (error code: ",
        pattern=r"htmltopdf failed \(error code: (?P<code>-?\d+)\)",
        first=12,
        meaning="wkhtmltopdf ended with an error; -11 and -6 are a crash, often for want of "
        "memory.",
        source=_SOURCE + ": _run_wkhtmltopdf",
    ),
]
