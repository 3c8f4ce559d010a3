"""What does the rule not say that whoever follows it must know?

Each function is one remark on a plan as it will stand, made only where it applies. They hold for
every rule; what only one rule gets wrong stands in that rule's own file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from workeroo.catalog.options import OPTIONS
from workeroo.catalog.series import SERIES
from workeroo.evidence import is_known
from workeroo.model.connections import RESERVED_BY_DEFAULT
from workeroo.model.memory import SOFT_LIMIT_NEARLY_PERCENT, budget_text, product_text
from workeroo.plan.bounds import CRON_FOLLOWS_REAL, fresh_vms
from workeroo.plan.database import planned_processes
from workeroo.plan.product import ConnectionCheck, MemoryCheck
from workeroo.plan.rule import Settled
from workeroo.plan.sizing import LEAST_WORKERS
from workeroo.units import format_bytes, format_count

ARTICLE_BUS_ROUTE = "/longpolling"  # article: "Longpolling/Livechat is broken"


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """A plan as it will stand, before it is told.

    Attributes:
        usual_text: connections that all processes really keep: "11 to 33".
    """

    settled: Settled
    memory: MemoryCheck
    connections: ConnectionCheck
    usual_text: str


Remark = Callable[[Outcome], Iterator[str]]


def remarks(outcome: Outcome) -> list[str]:
    """Every remark that applies, the gravest first."""
    return [text for remark in REMARKS for text in remark(outcome)]


def too_little_memory(outcome: Outcome) -> Iterator[str]:
    """Even the fewest workers do not fit."""
    memory = outcome.memory
    if not memory.fits:
        needed = product_text(memory.workers, memory.per_worker_bytes)
        yield (
            f"The memory is too small even for this: {needed}, and"
            f" {budget_text(memory.usable_bytes)}. Add memory, or the system will swap or kill."
        )


def too_many_connections(outcome: Outcome) -> Iterator[str]:
    """PostgreSQL could run out, or nobody knows."""
    check = outcome.connections
    if check.fits is None:
        yield (
            f"PostgreSQL's max_connections is not known. {check.required + RESERVED_BY_DEFAULT} is"
            f" always enough; on one database these processes usually keep"
            f" {outcome.usual_text}."
        )
    elif not check.fits:
        least = check.required + RESERVED_BY_DEFAULT
        yield (
            f"PostgreSQL gives {check.available} connections and the processes can ask for"
            f" {check.required}: raise max_connections to {least}, or plan fewer processes."
        )


def small_pool_for_chat(outcome: Outcome) -> Iterator[str]:
    """A lowered pool counts for the evented process too, which serves all chats alone."""
    settled = outcome.settled
    if settled.decision("db_maxconn") is None or settled.number("db_maxconn_gevent"):
        return
    if OPTIONS["db_maxconn_gevent"].exists(settled.situation.series):
        yield (
            "The evented process serves all chats with one pool of db_maxconn. Where its log says"
            ' "The Connection Pool Is Full", set db_maxconn_gevent and raise max_connections.'
        )


def broken_now(outcome: Outcome) -> Iterator[str]:
    """What the plan leaves as it is keeps the server from starting."""
    settled = outcome.settled
    deployment = settled.situation.deployment
    for setting in deployment.settings.values() if deployment else []:
        if setting.refusal and settled.decision(setting.option) is None:
            yield (
                f"This plan leaves {setting.option} as it is, and Odoo does not start with it"
                f" ({setting.where}): {setting.refusal}. `workeroo audit` has the cure."
            )


def neighbours(outcome: Outcome) -> Iterator[str]:
    """Other deployments take of the same cores and memory."""
    others = outcome.settled.situation.neighbours
    if others:
        share = "shares" if others == 1 else "share"
        yield (
            f"{format_count(others, 'other deployment')} {share} this host, and the rule gives all"
            " of it to this one: divide the cores and the memory with --cores and --memory. Only"
            " its own database connections are counted; `workeroo audit` adds those of all."
        )


def local_database(outcome: Outcome) -> Iterator[str]:
    """PostgreSQL on the same host lives of the same memory."""
    deployment = outcome.settled.situation.deployment
    postgres = deployment.postgres if deployment else None
    if postgres is None or not is_known(postgres) or postgres.local is not True:
        return
    shared = postgres.shared_buffers_bytes
    size = f" (shared_buffers {format_bytes(shared)})" if is_known(shared) else ""
    yield f"PostgreSQL runs on this host too{size} and shares the memory that the workers leave."


def few_workers(outcome: Outcome) -> Iterator[str]:
    """With the fewest workers, users wait for each other."""
    settled = outcome.settled
    if settled.situation.role != "backend" and settled.number("workers") == LEAST_WORKERS:
        yield (
            f"{LEAST_WORKERS} workers answer {LEAST_WORKERS} requests at a time: while both are"
            " slow, everybody else waits."
        )


def every_process(outcome: Outcome) -> Iterator[str]:
    """`workers` is not all."""
    memory = outcome.memory
    planned = planned_processes(outcome.settled)
    total = product_text(planned.total, memory.per_worker_bytes)
    over = planned.total * memory.per_worker_bytes > memory.budget_bytes
    verdict = f", more than {budget_text(memory.usable_bytes)}" if over else ""
    yield (
        "`workers` counts HTTP workers only, in every series. This makes"
        f" {planned.text} processes; at the same size each, {total}{verdict}."
    )


def soft_limit(outcome: Outcome) -> Iterator[str]:
    """It looks at virtual memory."""
    settled = outcome.settled
    fresh_bytes, evidence = fresh_vms(settled)
    soft = settled.number("limit_memory_soft")
    yield (
        "limit_memory_soft is compared with virtual memory (VMS), which is more than a worker"
        f" really takes: {evidence.text}."
    )
    if fresh_bytes * 100 >= soft * SOFT_LIMIT_NEARLY_PERCENT:
        yield (
            f"Between that and limit_memory_soft = {format_bytes(soft)} is little room: watch the"
            ' log for "virtual memory limit" after every few requests.'
        )


def hard_limit(outcome: Outcome) -> Iterator[str]:
    """It kills no worker."""
    del outcome
    yield (
        "limit_memory_hard kills nothing: it limits the address space (RLIMIT_AS). A request that"
        " passes it gets MemoryError and a 500, and the worker lives. wkhtmltopdf inherits it."
    )


def cpu_limit(outcome: Outcome) -> Iterator[str]:
    """It ends more than the request."""
    del outcome
    yield (
        "limit_time_cpu ends the whole worker in mid-request: the client's connection drops"
        " without an answer."
    )


def cron_limits(outcome: Outcome) -> Iterator[str]:
    """Crons fall under the limits for requests."""
    settled = outcome.settled
    if not settled.number("max_cron_threads"):
        return
    own = settled.number("limit_time_real_cron")
    real = settled.number("limit_time_real") if own == CRON_FOLLOWS_REAL else own
    wall = f"{real} s on the clock or " if real else ""
    yield (
        "Cron workers fall under these limits too: one pass over the due actions of a database is"
        f" killed after {wall}{settled.number('limit_time_cpu')} s of computing. For longer ones"
        " raise limit_time_real_cron and limit_time_cpu together; crons have no CPU limit of"
        " their own."
    )


def other_server(outcome: Outcome) -> Iterator[str]:
    """A role is half of a pair."""
    role = outcome.settled.situation.role
    if outcome.settled.situation.cron_only:
        yield (
            "No process here answers HTTP. A cron that prints lets wkhtmltopdf ask web.base.url, or"
            " report.url where it is set: that must lead from this server to a frontend."
        )
        return
    if role == "frontend":
        yield (
            "No scheduled action runs on a frontend: a backend on the same database must run"
            " them, or nothing is ever synced, sent or cleaned up."
        )
    if role == "backend":
        yield (
            "A server that only runs crons may also have workers = -1, no HTTP worker at all, as"
            " Odoo's deployment page has it (--cron-only). The 2 workers here answer wkhtmltopdf"
            " when a cron prints."
        )


def chat_route(outcome: Outcome) -> Iterator[str]:
    """With workers, chat has a port of its own."""
    settled = outcome.settled
    if settled.situation.role == "backend":
        return
    series = SERIES[settled.situation.series]
    option = series.evented_port_option
    dead = "" if series.bus_route == ARTICLE_BUS_ROUTE else f"; {ARTICLE_BUS_ROUTE} is dead here"
    yield (
        f"With workers, the proxy must send {series.bus_route} to the evented process on port"
        f" {settled.number(option)} ({option}) in Odoo {series.number}{dead}."
    )


def comments(outcome: Outcome) -> Iterator[str]:
    """The way in which the article writes its file."""
    soft = outcome.settled.number("limit_memory_soft")
    yield (
        f"A comment needs a line of its own: Odoo does not start with"
        f" `limit_memory_soft = {soft} ; {format_bytes(soft)}`."
    )


REMARKS: list[Remark] = [
    too_little_memory,
    few_workers,
    broken_now,
    too_many_connections,
    neighbours,
    small_pool_for_chat,
    every_process,
    local_database,
    other_server,
    chat_route,
    cron_limits,
    soft_limit,
    hard_limit,
    cpu_limit,
    comments,
]
