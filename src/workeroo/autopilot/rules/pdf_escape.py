"""Does a PDF wait for a worker while every worker waits?

wkhtmltopdf fetches styles and images from the same Odoo. When all workers wait for such programs,
the programs wait for a worker: nothing moves until a time limit ends it (odoo/odoo issue 199880).
"""

from __future__ import annotations

from workeroo.autopilot.census import PDF_PROGRAM
from workeroo.autopilot.headroom import is_scarce
from workeroo.autopilot.product import Step
from workeroo.autopilot.view import View

ESCAPE_WORKERS = 8
"""Beyond the ceiling. One serves what the programs wait for in turn, unless it comes to another PDF
first and waits as they do: then one more. In Odoo's listen backlog 8 wait for each worker."""


def pdf_escape(view: View) -> Step | None:
    """One more, if need be beyond the ceiling, whatever else stops growth."""
    if view.state.pdf_seconds < view.windows.pdf_seconds:
        return None
    lasting = f"every worker is busy and one waits for a PDF, for {view.windows.pdf_seconds:g} s"
    escaped = view.workers - view.bounds.ceiling
    if escaped >= ESCAPE_WORKERS or (escaped > 0 and not _all_print(view)):
        return view.hold("pdf_escape", f"{lasting}, and the escape worker is here already")
    if is_scarce(view):
        return view.hold("pdf_escape", f"{lasting}, but the memory is scarce")
    if view.since(view.state.grown_seconds) < view.windows.pdf_seconds:
        return None
    return view.up("pdf_escape", 1, lasting)


def _all_print(view: View) -> bool:
    """Whether none is left to serve: all wait for their programs, for as long as the first did."""
    return all(
        PDF_PROGRAM in worker.children and worker.request_seconds >= view.windows.pdf_seconds
        for worker in view.pulse.http
        if worker.state == "busy"
    )
