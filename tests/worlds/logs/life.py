"""What does a server write that does not start, starts too often, or loses what it stands on?"""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from tests.worlds.logs.routes import authenticate
from tests.worlds.logs.stage import Recorded, Stage, agree

from workeroo.errors import Unavailable
from workeroo.lab.odoo import OdooDied

TWO = "workers = 2\nmax_cron_threads = 0\n"

ARTICLE = """[options]
# 1. Enable Multiprocessing
workers = 9
# 2. Memory Limits (Prevent Memory Leaks)
limit_memory_soft = 671088640 ; 640 MB
limit_memory_hard = 805306368 ; 768 MB
# 3. Time Limits (Prevent Infinite Loops)
limit_time_cpu = 60
limit_time_real = 120
"""
"""The odoo.conf that is often copied; Odoo 19 takes the comment for a part of the number."""


def config_error(stage: Stage) -> Recorded:
    reason = death_of(lambda: stage.start(ARTICLE))
    return Recorded(
        incidents={"config-error": 1},
        told={"config-error": ["671088640 ; 640 MB"]},
        why=f"an odoo.conf with a comment behind a number: {reason}",
    )


def death_of(start: Callable[[], object]) -> str:
    """Why Odoo died where it was started."""
    try:
        start()
    except OdooDied as death:
        return death.reason
    raise Unavailable("Odoo lives where it should have died")


def port_in_use(stage: Stage) -> Recorded:
    stage.start(TWO)
    stage.stop_odoo()
    with stage.listener(stage.lab.evented_port):
        stage.lab.restart()
        found = stage.await_lines("uncaught error during main loop", 5)
        stage.stop_odoo()
        found = stage.found("uncaught error during main loop")
    return Recorded(
        incidents={"port-in-use": len(found)},
        told={"port-in-use": ["8072"]},
        why="another program listens on the port of the evented process, which is started again "
        "and again",
    )


def port_in_use_http(stage: Stage) -> Recorded:
    stage.start(TWO)
    stage.stop_odoo()
    with stage.listener(stage.lab.http_port):
        reason = death_of(stage.lab.restart)
    return Recorded(
        incidents={"port-in-use": 1},
        told={"port-in-use": ["8069"]},
        why=f"another program listens on the HTTP port: {reason}",
    )


def restart_loop(stage: Stage) -> Recorded:
    stage.start(TWO)
    for _ in range(5):
        stage.ask("/web/health")
        stage.restart()
    return Recorded(
        incidents={"restart-loop": 5},
        why="restarted five times within half a minute, each time in good order",
    )


def config_error_again(stage: Stage) -> Recorded:
    """Such a server dies before it writes any time, so its log cannot tell how fast it went."""
    whole, reason = "", ""
    for _ in range(4):
        reason = death_of(lambda: stage.start(f"{TWO}limit_time_cpu = soon\n"))
        whole += stage.text()
    stage.write_instead(whole)
    return Recorded(
        incidents={"config-error": 4},
        why=f"as under a service manager that starts Odoo again and again: {reason}",
    )


def restart_loop_dying(stage: Stage) -> Recorded:
    stage.start(TWO)
    stage.stop_odoo()
    whole, reason = "", ""
    with stage.listener(stage.lab.http_port):
        for _ in range(6):
            reason = death_of(stage.lab.restart)
            whole += stage.text()
    stage.write_instead(whole)
    return Recorded(
        incidents={"port-in-use": 6, "restart-loop": 5},
        why=f"six starts, as under a service manager that does not give up: {reason}",
    )


def disk_full(stage: Stage) -> Recorded:
    stage.start(TWO)
    stage.warm(2)
    with full_disk(stage):
        refused = [authenticate(stage).status for _ in range(3)]
        stage.stop_odoo()
    return Recorded(
        incidents={"disk-full": 3},
        why=f"data_dir on a disk without any room: the session of three logins could not be "
        f"written; answers {refused}",
    )


@contextmanager
def full_disk(stage: Stage) -> Iterator[None]:
    """The lab's data_dir as an empty small disk that is full but for its folders."""
    data = stage.lab.folder.data
    folders = [path.relative_to(data) for path in data.rglob("*/") if "sessions" in path.parts]
    options = f"size=1m,mode=0700,uid={stage.lab.user.uid},gid={stage.lab.user.gid}"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(data)], check=True)
    try:
        for folder in folders:
            (data / folder).mkdir(parents=True, exist_ok=True)
            stage.lab.user.own(data / folder)
        with suppress(OSError), (data / "filler").open("wb", buffering=0) as filler:
            while filler.write(bytes(4096)):  # until there is no space left
                pass
        yield
    finally:
        subprocess.run(["umount", str(data)], check=True)


def bad_day(stage: Stage) -> Recorded:
    """Several things at once, each as often as it was done."""
    mib = 1024**2
    stage.start(
        "workers = 4\nmax_cron_threads = 1\nlimit_time_real = 12\nlimit_time_real_cron = 120\n"
        f"db_maxconn = 4\nlimit_memory_soft = {1000 * mib}\nlimit_memory_hard = {1200 * mib}\n"
    )
    stage.warm(4)
    statuses = [
        stage.ask("/workeroo_lab/allocate?mib=1200"),
        stage.ask("/workeroo_lab/cursors?count=6&seconds=0"),
        stage.ask("/workeroo_lab/sleep?seconds=none"),
        stage.ask("/workeroo_lab/allocate?mib=1200"),
        stage.ask("/workeroo_lab/reserve?mib=900"),
        stage.ask("/workeroo_lab/sleep?seconds=60"),
    ]
    stage.send_raw(b"GET / HTTP/1.1")
    stage.warm(4)
    stage.stop_odoo()
    agree(statuses, [500, 500, 500, 500, 200, 0])
    return Recorded(
        incidents={
            "worker-time-limit": 1,
            "memory-hard-limit": 2,
            "memory-soft-limit": 1,
            "connection-pool-full": 1,
            "slow-client": 1,
        },
        why="one after the other: MemoryError, pool full, an error of a module, MemoryError, a "
        "worker over its soft limit, a request over limit_time_real, half a request",
    )


def oom_kill(stage: Stage) -> Recorded:
    """The kernel's kill is a SIGKILL; it writes its own line, Odoo writes none."""
    stage.start(TWO)
    stage.warm(2)
    victim = stage.workers()[0].pid
    stage.signal_worker(signal.SIGKILL, victim)
    stage.await_lines("WorkerHTTP", 3)
    stage.warm(2)
    at = stage.found(r"(?m)^\S+ (\d\d:\d\d:\d\d),\d+ \d+ INFO \S+ \S+: Worker WorkerHTTP")[-1]
    stage.workers_set = 0  # Odoo's log does not tell that a worker died
    stage.beside["kernel.log"] = KERNEL.format(at=at, pid=victim)
    return Recorded(
        incidents={"oom-kill": 1},
        pids={"oom-kill": [victim]},
        recorded=False,
        told={"oom-kill": [str(victim)]},
        why="a worker was ended by SIGKILL, as by the kernel when memory is short; the kernel's "
        "lines are written in the shape of Linux 6.1's, for no memory was short here",
    )


KERNEL = (
    "Nov 25 {at} odoo kernel: odoo invoked oom-killer: gfp_mask=0x140cca"
    "(GFP_HIGHUSER_MOVABLE|__GFP_COMP), order=0, oom_score_adj=0\n"
    "Nov 25 {at} odoo kernel: oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),"
    "cpuset=/,mems_allowed=0,global_oom,task_memcg=/system.slice/odoo.service,task=odoo,"
    "pid={pid},uid=106\n"
    "Nov 25 {at} odoo kernel: Out of memory: Killed process {pid} (odoo) total-vm:2894420kB, "
    "anon-rss:2476312kB, file-rss:1540kB, shmem-rss:0kB, UID:106 pgtables:5236kB "
    "oom_score_adj:0\n"
    "Nov 25 {at} odoo kernel: oom_reaper: reaped process {pid} (odoo), now anon-rss:0kB, "
    "file-rss:0kB, shmem-rss:0kB\n"
)


ALL = {
    "config-error": config_error,
    "port-in-use": port_in_use,
    "port-in-use-http": port_in_use_http,
    "restart-loop": restart_loop,
    "config-error-again": config_error_again,
    "restart-loop-dying": restart_loop_dying,
    "bad-day": bad_day,
    "disk-full": disk_full,
    "oom-kill": oom_kill,
}
