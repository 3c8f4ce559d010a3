"""Which settings does a rule choose for a host, once the bounds are held over it?"""

from __future__ import annotations

from typing import get_args

import msgspec

from workeroo.catalog.options import OPTIONS
from workeroo.catalog.series import NEWEST, SERIES
from workeroo.errors import InternalError, UsageError
from workeroo.evidence import Evidence, is_known
from workeroo.facts.deployment import Deployment
from workeroo.facts.host import Host
from workeroo.model.memory import budget_bytes, budget_text, product_text
from workeroo.plan.beside import Outcome, remarks
from workeroo.plan.bounds import check, hold
from workeroo.plan.database import budget, check_connections, fit_pools, planned_processes
from workeroo.plan.product import MemoryCheck, Plan, PlannedHost, Role
from workeroo.plan.rule import Draft, Rule, Settled, Situation, ranked
from workeroo.plan.rules import RULES
from workeroo.plan.sizing import LEAST_WORKERS, NO_HTTP_WORKER


class Drafted(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule chose for one server, the bounds held over it, PostgreSQL not looked at yet."""

    rule: Rule
    draft: Draft
    settled: Settled


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
    cron_only: bool = False,
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
        cron_only: no HTTP worker at all; only on a backend.

    Raises:
        UsageError: for an unknown rule, role or series, for numbers below one, and for a server
            that only runs crons in another role.
    """
    drafted = draft_plan(
        host,
        deployment=deployment,
        rule=rule,
        role=role,
        users=users,
        series=series,
        masters=masters,
        neighbours=neighbours,
        cron_only=cron_only,
    )
    return finish([drafted])[0]


def draft_plan(
    host: Host,
    *,
    deployment: Deployment | None = None,
    rule: str = "golden",
    role: Role = "all",
    users: int | None = None,
    series: int | None = None,
    masters: int = 1,
    neighbours: int = 0,
    cron_only: bool = False,
    behind_proxy: bool = False,
) -> Drafted:
    """The first half of `make_plan`: each server for itself.

    `behind_proxy`: nginx will stand in front, whether it does now or not.
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
        cron_only=_backend_only(cron_only, role),
        behind_proxy=behind_proxy,
    )
    draft = chosen.draft(situation)
    drafted = _without_http(_existing(situation, draft))
    return Drafted(rule=chosen, draft=draft, settled=_behind_proxy(hold(drafted)))


def finish(drafts: list[Drafted]) -> list[Plan]:
    """The second half: the plans of all servers that share one PostgreSQL, which all fit in it."""
    together = fit_pools([drafted.settled for drafted in drafts])
    for settled in together:
        check(settled)
    return [
        _plan(drafted, settled, together) for drafted, settled in zip(drafts, together, strict=True)
    ]


def _plan(drafted: Drafted, settled: Settled, together: list[Settled]) -> Plan:
    situation, draft = settled.situation, drafted.draft
    outcome = Outcome(
        settled=settled,
        memory=_memory(settled, draft),
        connections=check_connections(together),
        usual_text=budget(together).usual_text,
    )
    cores, memory = situation.host.cores, situation.host.memory
    return Plan(
        rule=drafted.rule.name,
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


def _without_http(settled: Settled) -> Settled:
    """Where only crons run, no HTTP worker, whatever the rule says."""
    situation = settled.situation
    if not situation.cron_only:
        return settled
    why = f"{NO_HTTP_WORKER} = crons only, nothing answers HTTP, as on Odoo's deployment page"
    text = "a negative number starts a prefork server without HTTP workers"
    evidence = [
        Evidence("declared", "a server that only runs crons", "--cron-only"),
        Evidence("default", text, OPTIONS["workers"].source),
    ]
    return settled.with_decision(situation.decide("workers", NO_HTTP_WORKER, why, evidence))


def _behind_proxy(settled: Settled) -> Settled:
    """With `proxy_mode` where nginx is in front: else all users have the proxy's address."""
    situation = settled.situation
    proxy = situation.deployment.proxy if situation.deployment else None
    if proxy is not None and is_known(proxy) and proxy.sites:
        where = proxy.sites[0].where
        evidence = [Evidence("read", f"{proxy.server} leads to this deployment", where)]
    elif situation.behind_proxy:
        evidence = [Evidence("declared", "nginx stands in front of the frontends", "--split")]
    else:
        return settled
    why = "True behind a proxy: Odoo then sees the users' own addresses and https"
    return settled.with_decision(situation.decide("proxy_mode", True, why, evidence))  # noqa: FBT003 - the option's value


def _memory(settled: Settled, draft: Draft) -> MemoryCheck:
    """The rule's memory check on the workers that are planned in the end.

    Raises:
        InternalError: when more than the fewest workers are planned and do not fit.
    """
    planned = planned_processes(settled)
    workers = max(settled.number("workers"), 0)
    counts_cron = draft.counts_cron or settled.situation.cron_only
    counted = workers + (planned.cron_workers if counts_cron else 0)
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


def _backend_only(cron_only: bool, role: Role) -> bool:
    if cron_only and role != "backend":
        cure = "give --role backend or --split with it"
        raise UsageError(f"--cron-only is for a backend, not for the role {role}", cure=cure)
    return cron_only


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
