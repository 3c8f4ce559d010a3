"""Which rules does the autopilot ask, and in which order? The first with a deed wins."""

from __future__ import annotations

from collections.abc import Callable

from workeroo.autopilot.product import Step
from workeroo.autopilot.rules.cpu_optimum import cpu_optimum
from workeroo.autopilot.rules.floor_up import floor_up
from workeroo.autopilot.rules.memory_brake import memory_brake
from workeroo.autopilot.rules.pdf_escape import pdf_escape
from workeroo.autopilot.rules.recycle_by_pss import recycle_by_pss
from workeroo.autopilot.rules.shortage_up import shortage_up
from workeroo.autopilot.rules.surplus_down import surplus_down
from workeroo.autopilot.view import View

Rule = Callable[[View], Step | None]

RULES: tuple[Rule, ...] = (
    memory_brake,  # before all others: an end for want of memory takes requests with it
    floor_up,
    pdf_escape,  # before the shortage: what holds that up does not hold up a PDF
    shortage_up,
    cpu_optimum,
    recycle_by_pss,
    surplus_down,
)
