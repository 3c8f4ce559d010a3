"""What does Odoo's deployment page choose? One worker for six users, at most 2 x cores + 1.

The page counts real cores: its example has 4 cores with 8 threads, and a maximum of 9. From that
maximum it takes the cron workers off, so 60 users get 8 workers and 1 cron worker, about 3 GB.
"""

from __future__ import annotations

from workeroo.catalog.options import OPTIONS
from workeroo.evidence import Evidence
from workeroo.facts.host import Cores
from workeroo.model.memory import at_least, by_docs, measured
from workeroo.plan.product import Decision
from workeroo.plan.rule import Draft, Rule, Situation
from workeroo.plan.sizing import Wanted, size
from workeroo.units import MIB, format_count, format_seconds

TITLE = "Odoo's deployment page"

WORKERS_PER_CORE = 2  # deployment page: worker number calculation
USERS_PER_WORKER = 6  # deployment page: "1 worker ~= 6 concurrent users"
CRON_WORKERS = 1  # deployment page: sample configuration
BACKEND_WORKERS = 2  # no figure on the page; the article's, as the page has no roles

LIMIT_MEMORY_SOFT_BYTES = 600 * MIB  # deployment page, sample: 629145600
LIMIT_MEMORY_HARD_BYTES = 1600 * MIB  # deployment page, sample: 1677721600
LIMIT_REQUEST = 8192  # deployment page, sample
LIMIT_TIME_CPU_SECONDS = 600  # deployment page, sample
LIMIT_TIME_REAL_SECONDS = 1200  # deployment page, sample

COUNT = Evidence("assumed", "6 users a worker, at most cores x 2 + 1", f"{TITLE}: worker number")
ROLES = Evidence("assumed", "frontend and backend as two servers", "article: heavy crons")
SAMPLE = Evidence("assumed", "the limits of the sample", f"{TITLE}: sample configuration")


def draft(situation: Situation) -> Draft:
    """The page's settings for a role on a host."""
    each = at_least(by_docs(), measured(situation.processes))
    host = situation.host
    crons = 0 if situation.role == "frontend" else CRON_WORKERS
    cores, cores_evidence = counted_cores(host.cores)
    wanted = _wanted(situation, cores, crons)
    sized = size(wanted, each, host.memory.usable_bytes, beside=crons)
    evidence = [cores_evidence, host.memory.evidence, *each.evidence, COUNT, *_users(situation)]
    workers = situation.decide("workers", sized.count, sized.why, evidence)
    return Draft(
        decisions=[workers, _crons(situation, crons), *_limits(situation)],
        worker_memory=each,
        counts_cron=True,
        warnings=_differences(situation),
    )


def counted_cores(cores: Cores) -> tuple[int, Evidence]:
    """Real cores where known and fewer than what Odoo may use, as in the page's example."""
    physical = cores.physical
    if not cores.declared and isinstance(physical, int) and physical < cores.usable:
        text = f"{format_count(physical, 'physical core')} of {cores.logical} logical"
        return physical, Evidence("read", text, "/proc/cpuinfo")
    return cores.whole, cores.evidence


def _users(situation: Situation) -> list[Evidence]:
    if situation.users is None:
        return []
    return [Evidence("declared", format_count(situation.users, "user"), "--users")]


def _wanted(situation: Situation, cores: int, crons: int) -> Wanted:
    if situation.role == "backend":
        return Wanted(BACKEND_WORKERS, "the article's figure for a backend; the page has none")
    most = WORKERS_PER_CORE * cores + 1 - crons
    less = f" less {format_count(crons, 'cron worker')}" if crons else ""
    by_cores = f"2 x {format_count(cores, 'core')} + 1{less}, the most by {TITLE}"
    if situation.users is None:
        return Wanted(most, by_cores)
    by_users = -(-situation.users // USERS_PER_WORKER)
    people = f"{format_count(situation.users, 'user')} / {USERS_PER_WORKER} a worker"
    if by_users > most:
        return Wanted(most, f"{by_cores} where {people} would be {by_users}")
    return Wanted(by_users, f"{people}, {TITLE}")


def _crons(situation: Situation, crons: int) -> Decision:
    why = "1 cron worker as in the page's sample"
    if not crons:
        why = "0 on a frontend: the backend runs the scheduled actions"
    return situation.decide("max_cron_threads", crons, why, [SAMPLE, ROLES])


def _limits(situation: Situation) -> list[Decision]:
    values = {
        "limit_memory_soft": (LIMIT_MEMORY_SOFT_BYTES, "600 MiB as in the page's sample"),
        "limit_memory_hard": (LIMIT_MEMORY_HARD_BYTES, "1600 MiB as in the page's sample"),
        "limit_request": (LIMIT_REQUEST, "8192 requests and a worker is replaced, the sample's"),
        "limit_time_cpu": (LIMIT_TIME_CPU_SECONDS, "600 s of computing as in the page's sample"),
        "limit_time_real": (LIMIT_TIME_REAL_SECONDS, "1200 s on the clock, the page's sample"),
    }
    return [situation.decide(name, value, why, [SAMPLE]) for name, (value, why) in values.items()]


def _differences(situation: Situation) -> list[str]:
    """Where the page's figures need a word beside them."""
    storm = (
        "The sample's soft limit of 600 MiB is a known risk: a database with many modules can map"
        " more than that in a fresh worker, which is then replaced after every request."
    )
    default = OPTIONS["limit_time_real"].default(situation.series)
    clock = (
        f"The sample lets a request hold a worker for {format_seconds(LIMIT_TIME_REAL_SECONDS)};"
        f" Odoo's default is {default} s."
    )
    said = [storm, clock]
    cores = situation.host.cores
    if cores.whole > 1 and (cores.declared or not isinstance(cores.physical, int)):
        said.append(
            f"{TITLE} counts real cores. Where the {format_count(cores.whole, 'core')} counted"
            " here are hyper-threads, half of them is the page's number."
        )
    return said


RULE = Rule(name="docs", title=TITLE, draft=draft)
