"""What must PostgreSQL give for a plan, and what follows from that in its memory?

A drop-in for `conf.d`. Nothing at all where PostgreSQL already gives what the plan needs. The
memory is only settled where PostgreSQL lives on the same host, of what Odoo leaves.
"""

from __future__ import annotations

import re

import msgspec

from workeroo.evidence import is_known
from workeroo.facts.postgres import Postgres
from workeroo.model.connections import RESERVED_BY_DEFAULT
from workeroo.model.memory import budget_bytes, product_text
from workeroo.model.processes import processes
from workeroo.render.directives import Directive, because, block, commented
from workeroo.render.product import RenderedFile
from workeroo.render.subject import Subject
from workeroo.units import KIB, MB, MIB, format_megabytes

OTHER_USERS = 10
"""Connections for whoever is not Odoo: psql, a dump, monitoring, a pooler's check. An assumption;
where more than that were seen, those are counted."""

SYSTEM_BYTES = 256 * MB
"""For the kernel, nginx and a login before PostgreSQL gets anything: an assumption."""

SHARED_PERCENT = 25
"""shared_buffers, by PostgreSQL's manual: a quarter of the memory. Here of what Odoo leaves."""

WORK_PERCENT = 25
"""What all sorts and hashes together may take of the same, where every connection has one: an
assumption. The rest is the page cache, on which PostgreSQL relies."""

CACHE_PERCENT = 75
"""effective_cache_size, shared_buffers and page cache: 50 to 75 % by PostgreSQL's wiki, "Tuning
Your PostgreSQL Server"."""

WORK_DEFAULT_BYTES = 4 * MIB
"""work_mem when nobody says anything: PostgreSQL's manual."""

WORK_LEAST_BYTES = 1 * MIB
"""Below this nearly every sort goes to disk: an assumption."""

SHARED_DEFAULT_BYTES = 128 * MIB
"""shared_buffers as initdb writes it: nobody chose it."""

SHARED_LEAST_BYTES = 16 * MIB
"""Less does not pay: an assumption. PostgreSQL itself starts with 128 KiB."""

CONF = "/etc/postgresql/{version}/main/conf.d/workeroo.conf"
"""Where Debian's postgresql.conf includes whatever ends in .conf."""

VERSION_TO_FILL_IN = "VERSION"


class Share(msgspec.Struct, frozen=True):
    """What Odoo leaves of the host's memory to PostgreSQL.

    Attributes:
        text: the sum as a sentence part.
    """

    left_bytes: int
    text: str


def postgresql_files(subject: Subject) -> list[RenderedFile]:
    """The drop-in; none where nothing needs to change."""
    if subject.plan.connections.fits is True:
        return []
    postgres = _postgres(subject)
    directives, said = [_max_connections(subject, postgres)], list[str]()
    if postgres is not None and postgres.local is True:
        memory, said = _memory(subject, postgres)
        directives += memory
    directives.append(_left_out())
    head = "\n".join(line for sentence in _opening(subject) for line in commented(sentence))
    path = CONF.format(version=_version(postgres))
    text = f"{head}\n\n{block(directives)}"
    return [RenderedFile(path=path, text=text, said=[*_said(subject, postgres), *said])]


def wanted_connections(subject: Subject) -> int:
    """max_connections for all that Odoo can open, the reserved ones and everybody else."""
    postgres = _postgres(subject)
    return subject.plan.connections.required + _reserved(postgres) + _others(postgres)


def share(subject: Subject) -> Share:
    """The memory left by Odoo's processes and the system."""
    check = subject.plan.memory
    made = processes(
        subject.number("workers"),
        subject.number("max_cron_threads"),
        http_enable=subject.value("http_enable") is not False,
    )
    needed = made.total * check.per_worker_bytes
    odoo = min(needed, budget_bytes(check.usable_bytes))
    what = product_text(made.total, check.per_worker_bytes)
    if odoo < needed:
        what = f"its share, {format_megabytes(odoo)}"
    left = max(check.usable_bytes - odoo - SYSTEM_BYTES, 0)
    text = (
        f"{format_megabytes(check.usable_bytes)} of memory, less Odoo ({what}) and"
        f" {format_megabytes(SYSTEM_BYTES)} for the system, leave {format_megabytes(left)}"
    )
    return Share(left, text)


def _max_connections(subject: Subject, postgres: Postgres | None) -> Directive:
    check, wanted = subject.plan.connections, wanted_connections(subject)
    reserved, others = _reserved(postgres), _others(postgres)
    now = ""
    if postgres is not None and is_known(postgres.max_connections):
        now = f" Now {postgres.max_connections}."
    return because(
        f"max_connections = {wanted}",
        f"All that Odoo can open: {check.arithmetic}, by its processes and db_maxconn.",
        f"+ {reserved} reserved for superusers + {others} for psql, dumps and monitoring ="
        f" {wanted}.{now}",
        f'An upper bound, so that no user meets "too many clients": usually at most'
        f" {check.usual} are open. An unused one takes some 50 KB.",
    )


def _memory(subject: Subject, postgres: Postgres) -> tuple[list[Directive], list[str]]:
    """The settings that share the host's memory, and what must be known of them."""
    found = share(subject)
    shared, shared_bytes = _shared_buffers(found, postgres)
    work, said = _work_mem(subject, found)
    cache = found.left_bytes * CACHE_PERCENT // 100
    told = because(
        f"effective_cache_size = {_mib(max(cache, shared_bytes))}MB",
        f"Takes nothing: it tells the planner how much of the data is likely in memory,"
        f" {CACHE_PERCENT} % of the same.",
    )
    return [*shared, *work, told], said


def _shared_buffers(found: Share, postgres: Postgres) -> tuple[list[Directive], int]:
    """A quarter of what is left, and how large it will be.

    What stands is left alone where somebody chose it and it takes no more than that.
    """
    wanted = max(found.left_bytes * SHARED_PERCENT // 100, SHARED_LEAST_BYTES)
    now = postgres.shared_buffers_bytes
    if is_known(now) and now != SHARED_DEFAULT_BYTES and now <= wanted:
        return [], now
    shown = f" Now {format_megabytes(now)}." if is_known(now) else ""
    reason = f"{found.text}; {SHARED_PERCENT} % of that = {format_megabytes(wanted)}.{shown}"
    return [because(f"shared_buffers = {_mib(wanted)}MB", reason)], wanted


def _work_mem(subject: Subject, found: Share) -> tuple[list[Directive], list[str]]:
    """Only where PostgreSQL's own value could eat the memory."""
    connections = wanted_connections(subject)
    budget = found.left_bytes * WORK_PERCENT // 100
    each = budget // connections
    if each >= WORK_DEFAULT_BYTES:
        return [], []
    value = max(each, WORK_LEAST_BYTES)
    total = format_megabytes(connections * value)
    sums = (
        f"A sort may take this much in each connection: {connections} x"
        f" {format_megabytes(value)} = {total}. There are {format_megabytes(budget)},"
        f" {WORK_PERCENT} % of the same; PostgreSQL's own 4 MiB could take more."
    )
    line = f"work_mem = {value // KIB}kB"
    if each >= WORK_LEAST_BYTES:
        return [because(line, sums)], []
    cure = (
        "Even that is too much, and less puts nearly every sort on the disk: lower db_maxconn."
        f" Usually at most {subject.plan.connections.usual} connections are open."
    )
    return [because(line, sums, cure)], [f"work_mem x max_connections is {total}. {cure}"]


def _left_out() -> Directive:
    return because(
        "",
        "idle_in_transaction_session_timeout stays off: a request of Odoo keeps its transaction"
        " open while it waits for a payment provider or computes, and would fail in the middle."
        " limit_time_real ends a worker that hangs, and its connections with it.",
    )


def _opening(subject: Subject) -> list[str]:
    plan = subject.plan
    return [
        f"Written by Workeroo from a plan for Odoo {plan.series}, role {plan.role}.",
        "It takes effect when PostgreSQL is restarted; a reload is not enough.",
        "What ALTER SYSTEM wrote (postgresql.auto.conf) wins over this file.",
    ]


def _said(subject: Subject, postgres: Postgres | None) -> list[str]:
    """Where it goes, and what else it takes."""
    said = ["PostgreSQL takes max_connections and shared_buffers only when it is restarted."]
    if postgres is None or not is_known(postgres.version):
        said.append(
            "The version of PostgreSQL is not known: put the file into the conf.d of its cluster,"
            " /etc/postgresql/VERSION/main/conf.d on Debian, or include it in postgresql.conf."
        )
    if postgres is None or not is_known(postgres.local):
        said.append("Whether PostgreSQL is on this host is not known: its memory is left alone.")
    elif postgres.local is False:
        said.append(
            "PostgreSQL is on another host: the file belongs there, and its memory is left alone."
        )
    if subject.value("db_replica_host"):
        said.append(
            "A replica must have at least as many max_connections as its primary: raise and"
            " restart the replica first."
        )
    return said


def _postgres(subject: Subject) -> Postgres | None:
    found = subject.deployment.postgres if subject.deployment else None
    return found if isinstance(found, Postgres) else None


def _version(postgres: Postgres | None) -> str:
    """As in Debian's folders: "15", "9.6"."""
    told = postgres.version if postgres is not None else None
    match = re.match(r"(9\.\d+|\d{2})(?!\d)", told) if isinstance(told, str) else None
    return match[1] if match else VERSION_TO_FILL_IN


def _reserved(postgres: Postgres | None) -> int:
    told = postgres.reserved_connections if postgres is not None else None
    return told if isinstance(told, int) else RESERVED_BY_DEFAULT


def _others(postgres: Postgres | None) -> int:
    """Connections of everybody else: as many as were seen, at least the assumed ones."""
    if postgres is None:
        return OTHER_USERS
    every, own = postgres.connections, postgres.own_connections
    seen = every - own if isinstance(every, int) and isinstance(own, int) else 0
    return max(seen, OTHER_USERS)


def _mib(size_bytes: int) -> int:
    """PostgreSQL's MB are MiB."""
    return size_bytes // MIB
