"""What does the article's golden rule choose?

Workers = (CPU cores x 2) + 1, checked against the memory. To the letter, with the article's own
limits. Where the real server differs from the article's words, the rule's figures stay and the
difference is said in the warnings.
"""

from __future__ import annotations

from workeroo.evidence import Evidence
from workeroo.model.memory import at_least, by_article, measured
from workeroo.plan.product import Decision
from workeroo.plan.rule import Draft, Rule, Situation
from workeroo.plan.sizing import Sized, Wanted, size
from workeroo.units import MIB, format_count

TITLE = "the golden rule"

WORKERS_PER_CORE = 2  # article: while one worker waits for SQL, another uses the core
CRON_SHARE = 1  # article: "+ 1: for the Cron worker"
BACKEND_WORKERS = 2  # article: "Server B (Backend)"
CRON_WORKERS = 1  # article: "one worker is dedicated to Cron jobs"; its backend table says the same

LIMIT_MEMORY_SOFT_BYTES = 640 * MIB  # article: limit_memory_soft = 671088640
LIMIT_MEMORY_HARD_BYTES = 768 * MIB  # article: limit_memory_hard = 805306368
LIMIT_TIME_CPU_SECONDS = 60  # article: "Time Limits"
LIMIT_TIME_REAL_SECONDS = 120  # article: "Time Limits"

FORMULA = Evidence("assumed", "workers = cores x 2 + 1", "article: worker formula")
ROLES = Evidence("assumed", "frontend and backend as two servers", "article: heavy crons")
LIMITS = Evidence("assumed", "the article's production-ready limits", "article: odoo.conf")


def draft(situation: Situation) -> Draft:
    """The article's settings for a role on a host."""
    each = at_least(by_article(), measured(situation.processes))
    host = situation.host
    sized = size(_wanted(situation), each, host.memory.usable_bytes)
    evidence = [host.cores.evidence, host.memory.evidence, *each.evidence, FORMULA]
    workers = situation.decide("workers", sized.count, sized.why, evidence)
    return Draft(
        decisions=[workers, _crons(situation), *_limits(situation)],
        worker_memory=each,
        warnings=list(_differences(situation, sized)),
    )


def _wanted(situation: Situation) -> Wanted:
    if situation.role == "backend":
        return Wanted(BACKEND_WORKERS, "the article's figure for a backend, which serves no users")
    cores = situation.host.cores.whole
    count = WORKERS_PER_CORE * cores + CRON_SHARE
    return Wanted(count, f"2 x {format_count(cores, 'core')} + 1, {TITLE}")


def _crons(situation: Situation) -> Decision:
    if situation.role == "frontend":
        why = "0 on a frontend: the backend runs the scheduled actions"
        return situation.decide("max_cron_threads", 0, why, [ROLES])
    why = "1 process for scheduled actions, which Odoo starts beside `workers`"
    return situation.decide("max_cron_threads", CRON_WORKERS, why, [FORMULA, ROLES])


def _limits(situation: Situation) -> list[Decision]:
    values = {
        "limit_memory_soft": (
            LIMIT_MEMORY_SOFT_BYTES,
            "640 MiB: a worker above it finishes its request and is replaced",
        ),
        "limit_memory_hard": (
            LIMIT_MEMORY_HARD_BYTES,
            "768 MiB: no worker can map more than this",
        ),
        "limit_time_cpu": (
            LIMIT_TIME_CPU_SECONDS,
            "60 s of computing end a worker: no infinite loops",
        ),
        "limit_time_real": (
            LIMIT_TIME_REAL_SECONDS,
            "120 s on the clock, and the master kills the worker",
        ),
    }
    return [situation.decide(name, value, why, [LIMITS]) for name, (value, why) in values.items()]


def _differences(situation: Situation, sized: Sized) -> list[str]:
    """Where the article's own words and figures need a word beside them."""
    percent = round(100 * LIMIT_MEMORY_SOFT_BYTES / LIMIT_MEMORY_HARD_BYTES)
    ratio = (
        "The article asks for a soft limit of 70 to 80 % of the hard one, and its own 640 of"
        f" 768 MiB are {percent} %. The rule takes the figures, not the share."
    )
    said = [ratio]
    if situation.role != "backend":
        said.append(
            "The + 1 of the rule is meant for the cron worker, but Odoo never takes that one out of"
            f" `workers`: all {sized.count} serve users."
        )
    if situation.users is not None:
        said.append(
            f"The golden rule counts cores, not people: {format_count(situation.users, 'user')}"
            " changed nothing here. The rule `docs` counts them."
        )
    return said


RULE = Rule(name="golden", title=TITLE, draft=draft)
