"""What does a server write that has too few connections, waits for locks or loses PostgreSQL?"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from tests.worlds.logs.stage import Recorded, Stage, agree

from workeroo.lab.program import plain_environment
from workeroo.lab.wait import wait_until

TWO = "workers = 2\nmax_cron_threads = 0\n"


def connection_pool_full(stage: Stage) -> Recorded:
    stage.start(f"{TWO}db_maxconn = 4\n")
    stage.warm(2)
    refused = [stage.ask("/workeroo_lab/cursors?count=6&seconds=0") for _ in range(3)]
    served = stage.ask("/workeroo_lab/cursors?count=2&seconds=0")
    agree((refused, served), ([500, 500, 500], 200))
    return Recorded(
        incidents={"connection-pool-full": 3},
        why="db_maxconn = 4: three requests wanted six connections more, and got a 500",
    )


def too_many_connections(stage: Stage) -> Recorded:
    log = stage.lab.folder.logs / "postgresql.log"
    with stage.postgres_setting("max_connections = 16"):
        stage.start(f"{TWO}db_maxconn = 64\n")
        stage.warm(2)
        before = log.read_text(encoding="utf-8").count(REFUSED)
        statuses = [stage.ask("/workeroo_lab/cursors?count=30&seconds=0") for _ in range(3)]
        refused = log.read_text(encoding="utf-8").count(REFUSED) - before
        stage.stop_odoo()
    return Recorded(
        incidents={"too-many-connections": refused},
        why="PostgreSQL with max_connections = 16, db_maxconn = 64: three requests wanted thirty "
        f"connections each; answers {statuses}. PostgreSQL's own log has {refused} refusals",
    )


def serialization_failures(stage: Stage) -> Recorded:
    stage.start("workers = 3\nmax_cron_threads = 0\n")
    stage.warm(3)
    for _ in range(4):
        with updating(stage):
            agree(stage.ask("/workeroo_lab/cron?active=0&burn=0"), 200)
    return Recorded(
        incidents={"serialization-failures": 4},
        told={"serialization-failures": ["workeroo_lab_lever"]},
        why="four times another transaction changed a row that a request wanted to change; each "
        "request was tried again and then served",
    )


def serialization_given_up(stage: Stage) -> Recorded:
    stage.start("workers = 3\nmax_cron_threads = 0\n")
    stage.warm(3)
    with ExitStack() as others:
        # Each waits for the one before it, so that at every try somebody else has the row.
        sessions = [others.enter_context(psql(stage, UPDATE_SLOWLY)) for _ in range(20)]
        wait_until(lambda: sleeps(stage), seconds=30, what="a transaction that holds the row")
        status = stage.ask("/workeroo_lab/cron?active=0&burn=0")
        for session in sessions:
            session.terminate()
    return Recorded(
        incidents={"serialization-failures": 5},
        why=f"other transactions changed a row all the time: a request tried five times to change "
        f"it and failed for good (status {status})",
    )


def database_unreachable(stage: Stage) -> Recorded:
    stage.start("workers = 2\nmax_cron_threads = 0\n")
    stage.warm(2)
    stage.cluster.stop()
    refused = [stage.ask("/web/login") for _ in range(3)]
    stage.cluster.start(stage.lab.progress)
    stage.warm(2)
    stage.stop_odoo()
    return Recorded(
        incidents={"database-unreachable": 6},
        why=f"PostgreSQL was stopped and started again; meanwhile three requests got {refused}, "
        "each of which tried twice to connect",
    )


def database_unreachable_cron(stage: Stage) -> Recorded:
    stage.start("workers = 2\nmax_cron_threads = 1\n")
    stage.cluster.stop()
    stage.await_lines(r"Worker WorkerCron \(\d+\) Exception occurred")
    stage.cluster.start(stage.lab.progress)
    stage.await_lines(r"Worker WorkerCron \(\d+\) alive", 2)
    stage.warm(2)
    stage.stop_odoo()
    return Recorded(
        incidents={"database-unreachable": 2},
        why="PostgreSQL was stopped and started again: a cron worker, which listens to it, lost "
        "that connection, and got no other one",
    )


def slow_registry(stage: Stage) -> Recorded:
    stage.start(TWO)
    stage.stop_odoo()
    # Odoo waits 15 s for a lock while it loads, and gives up then: two locks, one after the other.
    with psql(stage, LOCK_SLOWLY) as other:
        wait_until(lambda: sleeps(stage), seconds=30, what="a transaction that holds the tables")
        stage.lab.restart()
        agree(other.wait(), 0)
    stage.stop_odoo()
    (seconds,) = stage.found(r"Registry loaded in (\d+)\.")
    return Recorded(
        incidents={"slow-registry": 1},
        why="tables that the registry is read from were locked by another session while Odoo "
        f"started: {seconds} s",
    )


def psql(stage: Stage, sql: str) -> subprocess.Popen[bytes]:
    """A session of PostgreSQL's own program that works beside us."""
    command = [str(stage.cluster.programs / "psql"), *stage.cluster.address(), "-d", "base"]
    return subprocess.Popen(
        [*command, "-XAtqc", sql],
        cwd=stage.lab.folder.work, env=plain_environment(),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **stage.lab.user.identity(),
    )  # fmt: skip


@contextmanager
def updating(stage: Stage) -> Iterator[None]:
    """A transaction that has changed the lab's row and commits after two seconds."""
    with psql(stage, UPDATE_SLOWLY) as other:
        wait_until(lambda: sleeps(stage), seconds=30, what="a transaction that holds the row")
        yield
        agree(other.wait(), 0)


REFUSED = "sorry, too many clients already"
UPDATE_SLOWLY = "BEGIN; UPDATE workeroo_lab_lever SET pulls = pulls + 1; SELECT pg_sleep(2); COMMIT"
SLEEPERS = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
LOCK_SLOWLY = (
    "BEGIN; LOCK TABLE ir_model_fields; SAVEPOINT s; LOCK TABLE ir_module_module; "
    "SELECT pg_sleep(9); ROLLBACK TO s; SELECT pg_sleep(9); COMMIT"
)


def sleeps(stage: Stage) -> bool:
    """Whether a session of PostgreSQL sleeps, holding what it holds."""
    return stage.cluster.query(SLEEPERS) == ["1"]


ALL = {
    "connection-pool-full": connection_pool_full,
    "too-many-connections": too_many_connections,
    "serialization-failures": serialization_failures,
    "serialization-given-up": serialization_given_up,
    "database-unreachable": database_unreachable,
    "database-unreachable-cron": database_unreachable_cron,
    "slow-registry": slow_registry,
}
