"""How is a plan told to people?

The verdict first, then lines that can go into an odoo.conf as they stand: reasons as comments above
the values, never behind them. Then the sums, then what the rule does not say.
"""

from __future__ import annotations

from collections.abc import Iterator

from workeroo.catalog.options import OPTIONS
from workeroo.catalog.product import Value
from workeroo.evidence import Evidence
from workeroo.plan.product import ConnectionCheck, Decision, MemoryCheck, Plan
from workeroo.report.paint import Paint
from workeroo.units import format_bytes, format_count

COMMENT = "; "
HANG = "  "


def plan_text(plan: Plan, paint: Paint, *, explain: bool = False) -> str:
    """A plan as text; with `explain` the evidence of every number as well."""
    parts = [
        _verdict(plan, paint),
        odoo_conf(plan, paint),
        _sums(plan, paint),
        _warnings(plan, paint),
    ]
    if explain:
        parts.append(evidence(plan, paint))
    return "\n\n".join(parts)


def _verdict(plan: Plan, paint: Paint) -> str:
    """As "9 workers: 2 x 4 cores + 1, the golden rule", and what it was planned for."""
    first, *rest = paint.wrap(f"{workers_text(plan)}.", HANG, "").splitlines()
    return "\n".join([paint.bold(first), *map(paint.bold, rest), paint.dim(_made_for(plan, paint))])


def workers_text(plan: Plan) -> str:
    """How many workers and why: "9 workers: 2 x 4 cores + 1, the golden rule"."""
    decision = next(d for d in plan.decisions if d.option == "workers")
    count = int(str(decision.value))
    reason = decision.why.removeprefix(str(count))
    if reason.startswith(" = "):
        reason = f": {reason.removeprefix(' = ')}"
    return f"{'no worker' if count < 0 else format_count(count, 'worker')}{reason}"


def _made_for(plan: Plan, paint: Paint) -> str:
    cores, memory = plan.host.evidence
    who = f"{plan.deployment}, " if plan.deployment else ""
    hardware = (
        f"{plan.host.cores:g} {'core' if plan.host.cores == 1 else 'cores'} ({cores.rank}),"
        f" {format_bytes(plan.host.memory_bytes)} ({memory.rank})"
    )
    text = f"For {who}Odoo {plan.series}, role {plan.role}, rule {plan.rule}: {hardware}."
    return paint.wrap(text, HANG, "")


def odoo_conf(plan: Plan, paint: Paint) -> str:
    """The decisions as lines of an odoo.conf, each below its reason."""
    lines = ["[options]"]
    for decision in plan.decisions:
        text = f"{decision.why}.{_was(decision)}"
        lines.append(paint.dim(paint.wrap(text, COMMENT)))
        lines.append(f"{decision.option} = {conf_value(decision.value)}")
    return "\n".join(lines)


def conf_value(value: Value) -> str:
    """A value as odoo.conf has it; what a terminal could take for a command is quoted."""
    text = str(value)
    return text if text.isprintable() else repr(text)


def _was(decision: Decision) -> str:
    if decision.was is None:
        return ""
    if decision.was == decision.value:
        return " As it is now."
    if OPTIONS[decision.option].kind == "bytes" and isinstance(decision.was, int) and decision.was:
        return f" Was {format_bytes(decision.was)}."
    return f" Was {conf_value(decision.was)}."


def _sums(plan: Plan, paint: Paint) -> str:
    sums = [
        ("Memory", *memory_sum(plan.memory, paint)),
        ("Connections", *connections(plan.connections, paint)),
    ]
    width = max(len(name) for name, _, _ in sums) + 2
    return "\n".join(
        paint.wrap(f"{text}: {verdict}", " " * width, name.ljust(width))
        for name, text, verdict in sums
    )


def memory_sum(memory: MemoryCheck, paint: Paint) -> tuple[str, str]:
    """The arithmetic, and whether it fits."""
    verdict = paint.good("fits") if memory.fits else paint.severity("error", "does not fit")
    return memory.arithmetic, verdict


def connections(check: ConnectionCheck, paint: Paint) -> tuple[str, str]:
    """The most that can be asked for, what PostgreSQL gives, and what is usual."""
    usual = f"usually at most {check.usual} are open"
    if check.fits is None:
        return check.arithmetic, f"not known whether PostgreSQL gives them; {usual}"
    given = f"{check.arithmetic} of {check.available}"
    if check.fits:
        return given, f"{paint.good('fits')}; {usual}"
    smaller = f"db_maxconn = {check.largest_db_maxconn} would fit"
    cure = smaller if check.largest_db_maxconn else "no db_maxconn would fit"
    return given, f"{paint.severity('warning', 'could run out')}; {cure}; {usual}"


def _warnings(plan: Plan, paint: Paint) -> str:
    lines = [paint.bold("What the rule does not say")]
    lines += [paint.wrap(text, HANG, "- ") for text in plan.warnings]
    return "\n".join(lines)


def evidence(plan: Plan, paint: Paint) -> str:
    """Every number with what it rests on, the surest first."""
    lines = [paint.bold("Evidence")]
    for decision in plan.decisions:
        lines.append(f"{decision.option} = {conf_value(decision.value)}")
        lines += chain(decision.evidence, paint)
    lines.append("memory")
    lines += chain(plan.memory.evidence, paint)
    lines.append("connections")
    lines += chain(plan.connections.evidence, paint)
    return "\n".join(lines)


def chain(items: list[Evidence], paint: Paint) -> Iterator[str]:
    """One line for each reason to believe a number."""
    for item in items:
        source = f" ({item.source})" if item.source else ""
        yield paint.wrap(f"{item.text}{source}", " " * 12, f"{HANG}{item.rank:<9} ")
