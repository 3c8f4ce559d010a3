"""How is a split told to people?

As a plan is, twice: the verdict, an odoo.conf for each kind of server, the sums over all of them;
then what they must share, what nginx must know, and what the rule does not say.
"""

from __future__ import annotations

from collections.abc import Iterator

from workeroo.plan.product import Plan
from workeroo.plan.shared import Shared, Status
from workeroo.plan.split import SplitPlan
from workeroo.report.paint import Paint
from workeroo.report.plan_text import (
    HANG,
    chain,
    connections,
    evidence,
    memory_sum,
    odoo_conf,
    workers_text,
)
from workeroo.units import format_bytes, format_count

SERVER_A, SERVER_B = "Server A, frontend", "Server B, backend"
STATUS: dict[Status, str] = {"known-good": "good", "known-bad": "BAD", "unknown": "not known"}


def split_text(split: SplitPlan, paint: Paint, *, explain: bool = False) -> str:
    """A split as text; with `explain` the evidence of every number as well."""
    parts = [
        _verdict(split, paint),
        _server(SERVER_A, _users_only(split), split.frontend, paint),
        _server(SERVER_B, "crons only", split.backend, paint),
        _sums(split, paint),
        _block("What all servers must share", map(_shared, split.shared), paint),
        _block("What nginx must know", split.proxy, paint),
        _block("What the rule does not say", _warnings(split), paint),
    ]
    if explain:
        parts.append(_evidence(split, paint))
    return "\n\n".join(parts)


def _verdict(split: SplitPlan, paint: Paint) -> str:
    count = format_count(split.frontends, "frontend")
    each = " each" if split.frontends > 1 else ""
    workers = format_count(int(str(split.frontend.value("workers"))), "worker")
    lines = paint.wrap(f"{count} with {workers}{each}, 1 backend for the crons.", HANG, "")
    who = f"{split.frontend.deployment}, " if split.frontend.deployment else ""
    made = paint.wrap(f"For {who}Odoo {split.frontend.series}, rule {split.rule}.", HANG, "")
    return "\n".join([*map(paint.bold, lines.splitlines()), paint.dim(made)])


def _users_only(split: SplitPlan) -> str:
    count = f", {split.frontends} servers" if split.frontends > 1 else ""
    return f"users only{count}"


def _server(name: str, purpose: str, plan: Plan, paint: Paint) -> str:
    """A heading, what it was planned for, and the lines of its odoo.conf."""
    cores, memory = plan.host.evidence
    hardware = (
        f"{plan.host.cores:g} {'core' if plan.host.cores == 1 else 'cores'} ({cores.rank}),"
        f" {format_bytes(plan.host.memory_bytes)} ({memory.rank})"
    )
    title = paint.wrap(f"{name} ({purpose}): {workers_text(plan)}.", HANG, "")
    heading = map(paint.bold, title.splitlines())
    return "\n".join([*heading, paint.dim(f"{hardware}."), "", odoo_conf(plan, paint)])


def _sums(split: SplitPlan, paint: Paint) -> str:
    """The memory of each kind of server, and the connections of all of them."""
    sums = [
        ("Memory of A", *memory_sum(split.frontend.memory, paint)),
        ("Memory of B", *memory_sum(split.backend.memory, paint)),
        ("Connections", *connections(split.connections, paint)),
    ]
    width = max(len(name) for name, _, _ in sums) + 2
    return "\n".join(
        paint.wrap(f"{text}: {verdict}", " " * width, name.ljust(width))
        for name, text, verdict in sums
    )


def _shared(shared: Shared) -> str:
    return f"{shared.what}: {STATUS[shared.status]}: {shared.why}. {shared.how}"


def _warnings(split: SplitPlan) -> Iterator[str]:
    """Those of the whole, then those of both servers once, then each server's own."""
    yield from split.warnings
    front, back = split.frontend.warnings, split.backend.warnings
    yield from (text for text in front if text in back)
    yield from (f"Server A: {text}" for text in front if text not in back)
    yield from (f"Server B: {text}" for text in back if text not in front)


def _block(title: str, sentences: Iterator[str] | list[str] | map[str], paint: Paint) -> str:
    return "\n".join([paint.bold(title), *(paint.wrap(text, HANG, "- ") for text in sentences)])


def _evidence(split: SplitPlan, paint: Paint) -> str:
    """Every number and comparison with what it rests on."""
    lines = []
    for name, plan in ((SERVER_A, split.frontend), (SERVER_B, split.backend)):
        lines += [paint.bold(name), evidence(plan, paint)]
    lines.append(paint.bold("What all servers must share"))
    for shared in split.shared:
        if shared.evidence:
            lines += [shared.what, *chain(shared.evidence, paint)]
    return "\n".join(lines)
