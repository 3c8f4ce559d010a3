"""Which settings does a rule choose for a host, once the bounds are held over it?"""

from __future__ import annotations

from typing import get_args

from workeroo.catalog.options import OPTIONS
from workeroo.catalog.series import NEWEST, SERIES
from workeroo.errors import InternalError, UsageError
from workeroo.evidence import Evidence, is_known
from workeroo.facts.deployment import Deployment
from workeroo.facts.host import Host
from workeroo.model.memory import budget_bytes, budget_text, product_text
from workeroo.plan.beside import Outcome, remarks
from workeroo.plan.bounds import check, hold
from workeroo.plan.database import check_connections, fit_pools, planned_processes
from workeroo.plan.product import MemoryCheck, Plan, PlannedHost, Role
from workeroo.plan.rule import Draft, Rule, Settled, Situation, ranked
from workeroo.plan.rules import RULES
from workeroo.plan.sizing import LEAST_WORKERS


def make_plan(
    host: Host,
    *,
    deployment: Deployment | None = None,
    rule: str = "golden",
    role: Role = "all",
    users: int | None = None,
    series: int | None = None,
    masters: int = 1,
    neighbours: int = 0,
) -> Plan:
    """Settings for one role on one host.

    Args:
        host: the hardware.
        deployment: the Odoo whose settings will be replaced; None for one still to be set up.
        rule: a name in `plan.rules.RULES`.
        role: what the server is for.
        users: people who work at the same time.
        series: the major version; the deployment's where not given, else the newest known.
        masters: Odoo servers with these settings on the same PostgreSQL.
        neighbours: other deployments on the same host.

    Raises:
        UsageError: for an unknown rule, role or series, and for numbers below one.
    """
    chosen = _rule(rule)
    situation = Situation(
        host=host,
        deployment=deployment,
        role=_role(role),
        users=None if users is None else _at_least_one(users, "users"),
        series=_series(series, deployment),
        masters=_at_least_one(masters, "masters"),
        neighbours=neighbours,
    )
    draft = chosen.draft(situation)
    settled = fit_pools(_behind_proxy(hold(_existing(situation, draft))))
    check(settled)
    return _plan(chosen, settled, draft)


def _plan(rule: Rule, settled: Settled, draft: Draft) -> Plan:
    situation = settled.situation
    outcome = Outcome(
        settled=settled,
        memory=_memory(settled, draft),
        connections=check_connections(settled),
    )
    cores, memory = situation.host.cores, situation.host.memory
    return Plan(
        rule=rule.name,
        role=situation.role,
        deployment=situation.deployment.name if situation.deployment else None,
        series=situation.series,
        host=PlannedHost(
            cores=cores.usable,
            memory_bytes=memory.usable_bytes,
            evidence=[cores.evidence, memory.evidence],
        ),
        decisions=settled.decisions,
        memory=outcome.memory,
        connections=outcome.connections,
        warnings=[*_assumed_series(situation), *remarks(outcome), *draft.warnings],
    )


def _existing(situation: Situation, draft: Draft) -> Settled:
    """The draft without options that the series does not have."""
    decisions = [d for d in draft.decisions if OPTIONS[d.option].exists(situation.series)]
    return Settled(situation=situation, decisions=decisions)


def _behind_proxy(settled: Settled) -> Settled:
    """With `proxy_mode` where nginx was seen in front: else all users have the proxy's address."""
    deployment = settled.situation.deployment
    proxy = deployment.proxy if deployment else None
    if proxy is None or not is_known(proxy) or not proxy.sites:
        return settled
    where = proxy.sites[0].where
    evidence = [Evidence("read", f"{proxy.server} leads to this deployment", where)]
    why = "True behind a proxy: Odoo then sees the users' own addresses and https"
    return settled.with_decision(settled.situation.decide("proxy_mode", True, why, evidence))  # noqa: FBT003 - the option's value


def _memory(settled: Settled, draft: Draft) -> MemoryCheck:
    """The rule's memory check on the workers that are planned in the end.

    Raises:
        InternalError: when more than the fewest workers are planned and do not fit.
    """
    planned = planned_processes(settled)
    workers = settled.number("workers")
    counted = workers + (planned.cron_workers if draft.counts_cron else 0)
    each = draft.worker_memory.per_worker_bytes
    memory = settled.situation.host.memory
    budget = budget_bytes(memory.usable_bytes)
    fits = counted * each <= budget
    if not fits and workers > LEAST_WORKERS:
        raise InternalError(f"the plan has {workers} workers, which the memory does not hold")
    return MemoryCheck(
        per_worker_bytes=each,
        workers=counted,
        required_bytes=counted * each,
        usable_bytes=memory.usable_bytes,
        budget_bytes=budget,
        fits=fits,
        arithmetic=f"{product_text(counted, each)}; {budget_text(memory.usable_bytes)}",
        evidence=ranked([*draft.worker_memory.evidence, memory.evidence]),
    )


def _assumed_series(situation: Situation) -> list[str]:
    deployment = situation.deployment
    if deployment is None or is_known(deployment.series):
        return []
    said = (
        f"The series of this deployment is not known ({deployment.series.reason}): planned as"
        f" Odoo {situation.series}, say --series if it is another."
    )
    return [said]


def _rule(name: str) -> Rule:
    if name not in RULES:
        raise UsageError(f"there is no rule {name!r}", cure=f"take one of {', '.join(RULES)}")
    return RULES[name]


def _role(role: Role) -> Role:
    if role not in get_args(Role):
        known = ", ".join(get_args(Role))
        raise UsageError(f"there is no role {role!r}", cure=f"take one of {known}")
    return role


def _series(series: int | None, deployment: Deployment | None) -> int:
    """The series asked for, else the deployment's, else the newest."""
    if series is None and deployment is not None and is_known(deployment.series):
        series = deployment.series
    chosen = NEWEST if series is None else series
    if chosen not in SERIES:
        known = ", ".join(map(str, SERIES))
        raise UsageError(f"Odoo {chosen} is not known here", cure=f"take one of {known}")
    return chosen


def _at_least_one(number: int, what: str) -> int:
    if number < 1:
        raise UsageError(f"{number} {what} make no plan", cure="give a number of 1 or more")
    return number
