"""What do the series write that the lab does not have? Put together from the source of each.

Every line has the shape that the source of its series gives it; no server wrote these.
"""

from __future__ import annotations

from collections.abc import Iterable

from tests.worlds.logs.stage import Recorded, Stage

DAY, DATE = "2022-03-07", "07/Mar/2022"
SERVER = "odoo.service.server"


class Log:
    """A log that is written line by line, on one morning."""

    def __init__(self, version: str, workers: Iterable[int]) -> None:
        self.text = ""
        self.say("09:00:00", 211, "INFO ? odoo", f"Odoo version {version}")
        running = "HTTP service (werkzeug) running on 0.0.0.0:8069"
        self.say("09:00:01", 211, f"INFO ? {SERVER}", running)
        for pid in workers:
            alive = f"Worker WorkerHTTP ({pid}) alive"
            self.say("09:00:04", pid, f"INFO shop {SERVER}", alive)

    def say(self, at: str, pid: int, head: str, message: str, *below: str) -> None:
        """One line: level, database and logger are its head; below it stands a traceback."""
        self.text += f"{DAY} {at},418 {pid} {head}: {message} \n"
        self.text += "".join(f"{line}\n" for line in below)

    def serve(self, at: str, pid: int, request: str, status: int, times: str) -> None:
        """A request line."""
        self.text += (
            f"{DAY} {at},420 {pid} INFO shop werkzeug: 10.0.0.7 - - [{DATE} {at}] "
            f'"{request} HTTP/1.1" {status} - {times}\n'
        )


def longpolling_misrouted(stage: Stage) -> Recorded:
    log = Log("15.0", (230, 241))
    for at, pid in (("09:12:30", 230), ("09:12:41", 241)):
        log.say(
            at, pid, "ERROR shop odoo.http", "Exception during JSON request handling.",
            "Traceback (most recent call last):",
            '  File "/opt/odoo/odoo/http.py", line 687, in dispatch',
            "    result = self._call_function(**self.params)",
            '  File "/opt/odoo/addons/bus/controllers/main.py", line 35, in poll',
            '    raise Exception("bus.Bus unavailable")',
            "Exception: bus.Bus unavailable",
        )  # fmt: skip
        log.serve(at, pid, "POST /longpolling/poll", 200, "3 0.002 0.006")
    stage.write_instead(log.text)
    return Recorded(
        incidents={"longpolling-misrouted": 2},
        why="Odoo 15 behind a proxy that sends /longpolling to the port of the HTTP workers: two "
        "polls",
        recorded=False,
    )


def series_14(stage: Stage) -> Recorded:
    log = Log("14.0", (230, 241, 252))
    log.serve("09:01:00", 230, "GET /web/static/src/js/boot.js", 200, "- - -")
    log.serve("09:01:01", 241, "POST /web/dataset/call_kw/sale.order/read", 200, "12 0.020 0.081")
    log.say("09:05:00", 211, f"ERROR shop {SERVER}", "WorkerHTTP (230) timeout after 120s")
    log.say("09:05:01", 263, f"INFO shop {SERVER}", "Worker WorkerHTTP (263) alive")
    log.say("09:07:00", 241, f"INFO shop {SERVER}", "Worker (241) CPU time limit (60) reached.")
    log.say(
        "09:07:00", 241, f"ERROR shop {SERVER}", "Worker (241) Exception occured, exiting...",
        "Traceback (most recent call last):",
        '  File "/opt/odoo/odoo/service/server.py", line 1021, in run',
        "    t.join()",
        '  File "/opt/odoo/odoo/service/server.py", line 936, in signal_time_expired_handler',
        "    raise Exception('CPU time limit exceeded.')",
        "Exception: CPU time limit exceeded.",
    )  # fmt: skip
    log.say("09:07:01", 274, f"INFO shop {SERVER}", "Worker WorkerHTTP (274) alive")
    log.say(
        "09:08:00", 252, "ERROR shop odoo.sql_db",
        "bad query: UPDATE \"sale_order\" SET \"note\"='x' WHERE id IN (7)",
        "ERROR: could not serialize access due to concurrent update", "",
    )  # fmt: skip
    retry = "SERIALIZATION_FAILURE, retry 1/5 in 0.1234 sec..."
    log.say("09:08:00", 252, "INFO shop odoo.service.model", retry)
    log.serve("09:08:01", 252, "POST /web/dataset/call_kw/sale.order/write", 200, "31 0.2 0.3")
    log.say(
        "09:09:00", 252, "ERROR shop odoo.http", "Exception during JSON request handling.",
        "Traceback (most recent call last):",
        '  File "/opt/odoo/odoo/http.py", line 640, in _handle_exception',
        "    return super(JsonRequest, self)._handle_exception(exception)",
        "MemoryError",
    )  # fmt: skip
    log.serve("09:09:00", 252, "POST /web/dataset/call_kw/sale.order/read_group", 200, "9 0.1 2.4")
    soft = "Worker (252) virtual memory limit (2147500032) reached."
    log.say("09:09:00", 252, f"INFO shop {SERVER}", soft)
    gone = "Worker (252) exiting. request_count: 2, registry count: 1."
    log.say("09:09:01", 252, f"INFO shop {SERVER}", gone)
    log.say("09:09:02", 285, f"INFO shop {SERVER}", "Worker WorkerHTTP (285) alive")
    stage.write_instead(log.text)
    return Recorded(
        incidents={
            "worker-time-limit": 1,
            "cpu-time-limit": 1,
            "serialization-failures": 1,
            "memory-hard-limit": 1,
            "memory-soft-limit": 1,
        },
        why="Odoo 14, three workers: each limit once, and one retry",
        workers=3,
        recorded=False,
    )


def series_12_threaded(stage: Stage) -> Recorded:
    log = Log("12.0-20190801", ())
    log.serve("09:01:00", 211, "GET /web/login", 200, "12 0.020 0.081")
    thread = "Thread <Thread(odoo.service.http.request.1398, started 1398)> virtual real time limit"
    log.say("09:05:00", 211, f"INFO shop {SERVER}", f"{thread} (131/120s) reached.")
    log.say("09:05:00", 211, f"INFO ? {SERVER}", "Initiating server reload")
    stage.write_instead(log.text)
    return Recorded(
        incidents={"threaded-mode": 1},
        why="Odoo 12 with workers = 0: one request was too long, and the server reloaded",
        recorded=False,
    )


def series_18_replica(stage: Stage) -> Recorded:
    log = Log("18.0", (230, 241))
    cron, job = "INFO shop odoo.addons.base.models.ir_cron", "Job 'Sync products' (31)"
    log.say("09:00:05", 290, f"INFO shop {SERVER}", "Worker WorkerCron (290) alive")
    log.serve("09:01:01", 230, "GET /shop", 200, "12 0.020 0.081 ro")
    log.serve("09:01:02", 241, "GET /shop/cart", 200, "22 0.040 0.181 ro->rw")
    log.serve("09:01:03", 241, "GET /web/image/7", 304, "- - -")
    log.say("09:02:00", 290, cron, f"{job} starting")
    log.say("09:02:01", 290, cron, f"{job} done in 1.201s")
    log.say("09:02:01", 290, cron, f"{job} completed")
    log.say("09:12:00", 290, cron, f"{job} starting")
    log.say("09:22:00", 211, f"ERROR shop {SERVER}", "WorkerCron (290) timeout after 600s")
    log.say("09:22:01", 301, f"INFO shop {SERVER}", "Worker WorkerCron (301) alive")
    stage.write_instead(log.text)
    return Recorded(
        incidents={"cron-overrun": 1},
        told={"cron-overrun": ["Sync products"]},
        why="Odoo 18 with a replica: a scheduled action went well once and was then killed after "
        "600 s",
        workers=2,
        recorded=False,
    )


_SERVERS = ((211, 0), (4711, 0), (318, 2), (9044, 5), (530, 20), (1207, 40))
"""Masters on hosts of their own, and the second in which each is started."""


def servers_merged() -> list[str]:
    """The lines of several servers that start at once and then serve, in the order of time."""
    lines: list[tuple[int, str]] = []
    for place, (master, second) in enumerate(_SERVERS):
        lines += started(master, second)
        for minute in range(1, 25):
            lines.append((60 * minute + place, served(master + 9, 60 * minute + place)))
    return [line for _, line in sorted(lines, key=lambda one: one[0])]


def started(master: int, second: int) -> list[tuple[int, str]]:
    """The first lines of a server with two workers, each with its second."""
    said = [
        (0, master, "INFO ? odoo: Odoo version 19.0"),
        (1, master, f"INFO ? {SERVER}: HTTP service (werkzeug) running on 0.0.0.0:8069"),
        (2, master + 9, f"INFO shop {SERVER}: Worker WorkerHTTP ({master + 9}) alive"),
        (2, master + 10, f"INFO shop {SERVER}: Worker WorkerHTTP ({master + 10}) alive"),
    ]
    return [
        (second + after, f"{DAY} {clock(second + after)},{master % 1000:03} {pid} {text} \n")
        for after, pid, text in said
    ]


def served(pid: int, second: int) -> str:
    """A request line."""
    at = clock(second)
    return (
        f"{DAY} {at},420 {pid} INFO shop werkzeug: 10.0.0.7 - - [{DATE} {at}] "
        f'"GET /shop HTTP/1.1" 200 - 12 0.020 0.081\n'
    )


def clock(second: int) -> str:
    """A time of that morning."""
    return f"09:{second // 60:02}:{second % 60:02}"


def clean_servers_at_once(stage: Stage) -> Recorded:
    stage.write_instead("".join(servers_merged()))
    return Recorded(
        incidents={},
        why="six servers on hosts of their own, all started within a minute, once each, their "
        "lines merged into one log by time",
        recorded=False,
    )


def restart_loop_among_others(stage: Stage) -> Recorded:
    loop = [line for n in range(6) for _, line in started(20100 + 50 * n, 120 + 60 * n)]
    lines = sorted([*servers_merged(), *loop], key=lambda line: line[:23])
    stage.write_instead("".join(lines))
    return Recorded(
        incidents={"restart-loop": 5},
        why="the same six servers, and a seventh that dies every minute and is started again: six "
        "starts",
        recorded=False,
    )


ALL = {
    "clean-servers-at-once": clean_servers_at_once,
    "restart-loop-among-others": restart_loop_among_others,
    "longpolling-misrouted": longpolling_misrouted,
    "series-12-threaded": series_12_threaded,
    "series-14": series_14,
    "series-18-replica": series_18_replica,
}
