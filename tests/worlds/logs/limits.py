"""What does a server write whose workers reach a limit?"""

from __future__ import annotations

import signal
from pathlib import Path
from threading import Thread

from tests.worlds.logs.database import sleeps
from tests.worlds.logs.stage import Recorded, Stage, agree

from workeroo.lab.wait import holds_within, wait_until

KILLED = r"WorkerHTTP \((\d+)\) timeout after"
CRON_KILLED = r"WorkerCron \((\d+)\) timeout after"
SOFT = r"Worker \((\d+)\) virtual memory limit"
EVENTED_SOFT = r"Gevent virtual memory limit reached"
CPU = r"Worker \((\d+)\) CPU time limit"
JOB = "Workeroo Lab: work as asked"
JOB_STARTS = rf"Job '{JOB}' \(\d+\) starting"


def pids(found: list[str]) -> list[int]:
    return sorted(map(int, found))


def worker_time_limit(stage: Stage) -> Recorded:
    stage.start("workers = 4\nmax_cron_threads = 0\nlimit_time_real = 8\n")
    stage.warm(4)
    lost = stage.together(["/workeroo_lab/sleep?seconds=60", "/workeroo_lab/query?seconds=60"])
    stage.warm(2)
    agree(lost, [0, 0])
    return Recorded(
        incidents={"worker-time-limit": 2},
        pids={"worker-time-limit": pids(stage.await_lines(KILLED, 2))},
        why="4 workers, limit_time_real = 8: one request slept for 60 s, one waited for 60 s in "
        "PostgreSQL; both connections were dropped",
    )


def worker_time_limit_dump(stage: Stage) -> Recorded:
    stage.start("workers = 3\nmax_cron_threads = 0\nlimit_time_real = 10\n")
    stage.warm(3)
    client = Thread(target=stage.ask, args=["/workeroo_lab/query?seconds=60"])
    client.start()
    wait_until(lambda: sleeps(stage), seconds=30, what="a request that waits")
    for worker in stage.workers():
        stage.signal_worker(signal.SIGQUIT, worker.pid)
    client.join()
    return Recorded(
        incidents={"worker-time-limit": 1},
        pids={"worker-time-limit": pids(stage.await_lines(KILLED))},
        told={"worker-time-limit": ["/workeroo_lab/query"]},
        why="3 workers, limit_time_real = 10: a request waited for 60 s in PostgreSQL; meanwhile "
        "all workers were asked for a stack dump (SIGQUIT), of which two had nothing to do",
    )


def worker_time_limit_quiet(stage: Stage) -> Recorded:
    stage.start("workers = 4\nmax_cron_threads = 0\nlimit_time_real = 8\nlog_level = warn\n")
    agree(stage.together(["/workeroo_lab/sleep?seconds=60"] * 2), [0, 0])
    return Recorded(
        incidents={"worker-time-limit": 2},
        pids={"worker-time-limit": pids(stage.await_lines(KILLED, 2))},
        why="log_level = warn, so no request and no start stands in the log: two requests slept "
        "for 60 s with limit_time_real = 8",
    )


def cpu_time_limit(stage: Stage) -> Recorded:
    stage.start("workers = 4\nmax_cron_threads = 0\nlimit_time_cpu = 3\n")
    stage.warm(4)
    lost = stage.together(["/workeroo_lab/burn?seconds=60"] * 2)
    stage.warm(2)
    agree(lost, [0, 0])
    return Recorded(
        incidents={"cpu-time-limit": 2},
        pids={"cpu-time-limit": pids(stage.await_lines(CPU, 2))},
        why="4 workers, limit_time_cpu = 3: two requests computed for longer",
    )


def cpu_time_limit_cron(stage: Stage) -> Recorded:
    stage.start("workers = 2\nmax_cron_threads = 1\nlimit_time_cpu = 3\n")
    stage.ask("/workeroo_lab/cron?burn=60")
    found = stage.await_lines(CPU)
    stage.stop_odoo()
    return Recorded(
        incidents={"cpu-time-limit": 1},
        pids={"cpu-time-limit": pids(found)},
        told={"cpu-time-limit": [JOB]},
        why="limit_time_cpu = 3: a scheduled action computed for longer",
    )


def memory_hard_limit(stage: Stage) -> Recorded:
    mib = 1024**2
    stage.start(
        "workers = 2\nmax_cron_threads = 0\n"
        f"limit_memory_soft = {1000 * mib}\nlimit_memory_hard = {1100 * mib}\n"
    )
    stage.warm(2)
    refused = [stage.ask("/workeroo_lab/allocate?mib=1000") for _ in range(3)]
    served = stage.ask("/workeroo_lab/allocate?mib=50")
    agree((refused, served), ([500, 500, 500], 200))
    return Recorded(
        incidents={"memory-hard-limit": 3},
        why="limit_memory_hard = 1100 MiB: three requests wanted 1000 MiB each and got a 500",
    )


def memory_hard_limit_cron(stage: Stage) -> Recorded:
    mib = 1024**2
    stage.start(
        "workers = 2\nmax_cron_threads = 1\n"
        f"limit_memory_soft = {1000 * mib}\nlimit_memory_hard = {1100 * mib}\n"
    )
    stage.ask("/workeroo_lab/cron?hold=1000")
    stage.await_lines("MemoryError")
    stage.stop_odoo()
    return Recorded(
        incidents={"memory-hard-limit": 1},
        told={"memory-hard-limit": [JOB]},
        why="limit_memory_hard = 1100 MiB: a scheduled action wanted 1000 MiB",
    )


def memory_soft_limit(stage: Stage) -> Recorded:
    mib = 1024**2
    stage.start(
        "workers = 2\nmax_cron_threads = 0\n"
        f"limit_memory_soft = {900 * mib}\nlimit_memory_hard = {2560 * mib}\n"
    )
    for _ in range(12):
        stage.ask("/workeroo_lab/sleep?seconds=0.05")
    for count in (1, 2):
        stage.ask("/workeroo_lab/reserve?mib=800")
        stage.await_lines(SOFT, count)
        for _ in range(12):
            stage.ask("/workeroo_lab/sleep?seconds=0.05")
    return Recorded(
        incidents={"memory-soft-limit": 2},
        pids={"memory-soft-limit": pids(stage.await_lines(SOFT, 2))},
        why="limit_memory_soft = 900 MiB: two of 38 requests reserved 800 MiB and kept them",
    )


def recycle_storm(stage: Stage) -> Recorded:
    """A limit that a worker passes with the first page that it serves."""
    stage.start("workers = 2\nmax_cron_threads = 0\n")
    stage.ask("/workeroo_lab/sleep?seconds=0.05")
    fresh = max(vms(it.pid) for it in stage.workers())
    # What the first request adds is more than this; a worker that has served nothing stays below.
    limit = fresh + 24 * 1024**2
    stage.start(f"workers = 2\nmax_cron_threads = 0\nlimit_memory_soft = {limit}\n")
    for _ in range(20):
        agree(stage.ask("/workeroo_lab/reserve?mib=64"), 200)
    found = stage.await_lines(SOFT, 20)
    return Recorded(
        incidents={"recycle-storm": len(found)},
        pids={"recycle-storm": pids(found)},
        why=f"limit_memory_soft = {limit}, just above a worker's own size: each of 20 requests, "
        "which took 64 MiB, was its worker's last",
    )


def recycle_storm_at_once(stage: Stage) -> Recorded:
    """A limit below a worker that has served nothing."""
    stage.spawn(
        f"workers = 2\nmax_cron_threads = 0\nlimit_memory_soft = {150 * 1024**2}\n"
        f"limit_memory_soft_gevent = {2048 * 1024**2}\n"
    )
    stage.await_lines(SOFT, 10)
    stage.stop_odoo()
    found = stage.found(SOFT)
    return Recorded(
        incidents={"recycle-storm": len(found)},
        why="limit_memory_soft = 150 MiB, below a fresh worker: workers begin and end without "
        "serving anything",
    )


def recycle_storm_evented(stage: Stage) -> Recorded:
    """The same for the process that holds the websockets."""
    stage.spawn(f"workers = 2\nmax_cron_threads = 0\nlimit_memory_soft_gevent = {150 * 1024**2}\n")
    stage.await_lines(EVENTED_SOFT, 10)
    stage.stop_odoo()
    found = stage.found(EVENTED_SOFT)
    return Recorded(
        incidents={"recycle-storm": len(found)},
        why="limit_memory_soft_gevent = 150 MiB, below the evented process: it begins and ends "
        "without serving anything",
    )


def request_limit_recycle(stage: Stage) -> Recorded:
    stage.start("workers = 2\nmax_cron_threads = 0\nlimit_request = 5\n")
    for _ in range(40):
        agree(stage.ask("/workeroo_lab/sleep?seconds=0.02"), 200)
    found = stage.await_lines(r"Worker \((\d+)\) max request", 8)
    return Recorded(
        incidents={"request-limit-recycle": len(found)},
        pids={"request-limit-recycle": pids(found)},
        why="limit_request = 5: 40 requests",
    )


def cron_kill_loop(stage: Stage) -> Recorded:
    stage.start("workers = 2\nmax_cron_threads = 2\nlimit_time_real = 10\n")
    stage.await_lines(CRON_KILLED, 8, seconds=120)
    stage.stop_odoo()
    found = stage.found(CRON_KILLED)  # while it stops, two more
    return Recorded(
        incidents={"cron-kill-loop": len(found)},
        pids={"cron-kill-loop": pids(found)},
        told={"cron-kill-loop": ["10 s", "limit_time_real_cron"]},
        why="limit_time_real = 10 and limit_time_real_cron not set: idle cron workers, which sleep "
        "for 60 s and more, were killed",
    )


def cron_overrun(stage: Stage) -> Recorded:
    stage.start("workers = 2\nmax_cron_threads = 1\nlimit_time_real_cron = 80\n")
    stage.ask("/workeroo_lab/cron?sleep=200")
    stage.await_lines(JOB_STARTS)
    found = stage.await_lines(CRON_KILLED, seconds=120)
    stage.stop_odoo()
    return Recorded(
        incidents={"cron-overrun": 1},
        pids={"cron-overrun": pids(found)},
        told={"cron-overrun": [JOB]},
        why="limit_time_real_cron = 80: a scheduled action ran for longer",
    )


def cron_overrun_given_up(stage: Stage) -> Recorded:
    stage.start("workers = 2\nmax_cron_threads = 1\nlimit_time_real = 20\n")
    for count in (1, 2, 3):
        run_job_until(stage, JOB_STARTS, count)
        stage.await_lines(CRON_KILLED, count)
        stage.await_lines(r"Worker WorkerCron \(\d+\) alive", count + 1)
    run_job_until(stage, f"Job '{JOB}' .* timed out", 1)
    found = stage.found(CRON_KILLED)
    stage.stop_odoo()
    return Recorded(
        incidents={"cron-overrun": 3},
        pids={"cron-overrun": pids(found)},
        told={"cron-overrun": [JOB]},
        why="limit_time_real = 20: a scheduled action was killed three times, then Odoo gave it up",
    )


def run_job_until(stage: Stage, pattern: str, count: int) -> None:
    """Ask for the long job until it is there: a new cron worker may not listen yet."""
    for _ in range(10):
        stage.ask("/workeroo_lab/cron?sleep=200")
        if holds_within(lambda: len(stage.found(pattern)) >= count, 1):
            return
    stage.await_lines(pattern, count)


def cron_overrun_by_limit_time_real(stage: Stage) -> Recorded:
    stage.start("workers = 2\nmax_cron_threads = 1\nlimit_time_real = 20\n")
    stage.ask("/workeroo_lab/cron?sleep=200")
    stage.await_lines(JOB_STARTS)
    found = stage.await_lines(CRON_KILLED)
    stage.stop_odoo()
    return Recorded(
        incidents={"cron-overrun": 1},
        pids={"cron-overrun": pids(found)},
        told={"cron-overrun": [JOB]},
        why="limit_time_real = 20, limit_time_real_cron not set: a scheduled action ran for longer",
    )


def vms(pid: int) -> int:
    """The address space of a process in bytes."""
    text = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(text.split("VmSize:")[1].split()[0]) * 1024


ALL = {
    "worker-time-limit": worker_time_limit,
    "worker-time-limit-dump": worker_time_limit_dump,
    "worker-time-limit-quiet": worker_time_limit_quiet,
    "cpu-time-limit": cpu_time_limit,
    "cpu-time-limit-cron": cpu_time_limit_cron,
    "memory-hard-limit": memory_hard_limit,
    "memory-hard-limit-cron": memory_hard_limit_cron,
    "memory-soft-limit": memory_soft_limit,
    "recycle-storm": recycle_storm,
    "recycle-storm-at-once": recycle_storm_at_once,
    "recycle-storm-evented": recycle_storm_evented,
    "request-limit-recycle": request_limit_recycle,
    "cron-kill-loop": cron_kill_loop,
    "cron-overrun": cron_overrun,
    "cron-overrun-given-up": cron_overrun_given_up,
    "cron-overrun-by-limit-time-real": cron_overrun_by_limit_time_real,
}
