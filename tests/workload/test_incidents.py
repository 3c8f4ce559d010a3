from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workeroo.checks.rules import RULES
from workeroo.cli import workeroo
from workeroo.workload.diagnose import diagnose
from workeroo.workload.incidents import INCIDENT_RULES
from workeroo.workload.product import Incident, Source
from workeroo.workload.scan import scan_bytes
from workeroo.workload.telling import MOST_LINES

EXAMPLES = [
    (block.partition("\n")[0], block.partition("\n")[2])
    for block in (Path(__file__).parent.parent / "catalog" / "loglines.txt")
    .read_text(encoding="utf-8")
    .split("== ")[1:]
]
"""(kind, lines), at least one of each wording."""

MASTER = 100
SERVER = "odoo.service.server"
CRON = "odoo.addons.base.models.ir_cron"
REPORT = "odoo.addons.base.models.ir_actions_report"
QUEUE = "odoo.addons.queue_job.jobrunner.runner"


def line(
    message: str,
    *,
    at: str = "12:00:00",
    pid: int = 201,
    level: str = "INFO",
    database: str = "shop",
    logger: str = SERVER,
) -> str:
    """A line of a log in Odoo's layout; others than requests end with a blank."""
    return f"2026-11-23 {at},000 {pid} {level} {database} {logger}: {message} \n"


def clock(seconds: int) -> str:
    """Seconds after noon as a time of day."""
    return f"{12 + seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def request(
    path: str = "/shop",
    *,
    at: str = "12:00:00",
    pid: int = 201,
    rest: float = 0.1,
    status: int = 200,
) -> str:
    """A request line of 13 and later, with its times."""
    return (
        f"2026-11-23 {at},000 {pid} INFO shop werkzeug: 10.0.0.1 - - [23/Nov/2026 {at}] "
        f'"GET {path} HTTP/1.1" {status} - 7 0.010 {rest:.3f}\n'
    )


def failed(
    last: str, *, logger: str = "odoo.http", message: str = "Exception during request handling."
) -> str:
    """An ERROR with a traceback that ends with a line."""
    return (
        line(message, level="ERROR", logger=logger)
        + "Traceback (most recent call last):\n"
        + '  File "/usr/lib/python3/dist-packages/odoo/http.py", line 2786, in __call__\n'
        + "    response = request._serve_db()\n"
        + f"{last}\n"
    )


CONFIG_TRACEBACK = (
    "Traceback (most recent call last):\n"
    '  File "/usr/lib/python3/dist-packages/odoo/tools/config.py", line 49, in <lambda>\n'
    "    'int': lambda _option, _opt, value: int(value),\n"
)

IDS = {
    "websocket-misrouted",
    "longpolling-misrouted",
    "worker-time-limit",
    "memory-hard-limit",
    "oom-kill",
    "memory-soft-limit",
    "recycle-storm",
    "cpu-time-limit",
    "cron-kill-loop",
    "cron-overrun",
    "all-workers-busy",
    "pdf-deadlock",
    "queue-job-starvation",
    "connection-pool-full",
    "too-many-connections",
    "serialization-failures",
    "slow-registry",
    "restart-loop",
    "request-limit-recycle",
    "slow-client",
    "config-error",
    "port-in-use",
    "threaded-mode",
    "database-unreachable",
    "disk-full",
}
"""The ids of the contract."""

EXPECTED_OF_KIND: dict[str, set[str]] = {
    "cpu-limit": {"cpu-time-limit"},
    "cpu-limit-traceback": {"cpu-time-limit"},
    "memory-error": {"memory-hard-limit"},
    "soft-memory-limit": {"memory-soft-limit"},
    "evented-memory-limit": {"memory-soft-limit"},
    "oom-killed": {"oom-kill"},
    "oom-constraint": {"oom-kill"},
    "oom-unit": {"oom-kill"},
    "oom-result": {"oom-kill"},
    "port-in-use": {"port-in-use"},
    "disk-full": {"disk-full"},
    "client-timeout": {"slow-client"},
    "client-cut": {"slow-client"},
    "threaded-memory-limit": {"threaded-mode"},
    "threaded-time-limit": {"threaded-mode"},
    "cron-timed-out": {"cron-overrun"},
    "pool-full": {"connection-pool-full"},
    "too-many-clients": {"too-many-connections"},
    "database-unreachable": {"database-unreachable"},
    "serialization-error": {"serialization-failures"},
    "serialization-retry": {"serialization-failures"},
    "serialization-given-up": {"serialization-failures"},
    "websocket-unbound": {"websocket-misrouted"},
    "websocket-no-socket": {"websocket-misrouted"},
    "bus-unavailable": {"longpolling-misrouted"},
    "pdf-network-error": {"pdf-deadlock"},
    "pdf-failed": {"memory-hard-limit"},
    "queue-job-reset": {"queue-job-starvation"},
    "config-unparsable": {"config-error"},
    "config-value": {"config-error"},
    "config-number": {"config-error"},
    "config-usage": {"config-error"},
}
"""What one line alone tells. Kinds that are not here are normal life, or need company."""


def incidents(text: str) -> dict[str, Incident]:
    scanned = scan_bytes(text.encode())
    source = Source(files=["-"], size_bytes=len(text), lines=scanned.lines)
    found = diagnose(scanned.story, scanned.profile, source).incidents
    return {incident.id: incident for incident in found}


def births(*pids: int, at: str = "11:59:00", part: str = "WorkerHTTP") -> str:
    return "".join(line(f"Worker {part} ({pid}) alive", pid=pid, at=at) for pid in pids)


def start(at: str, *, pid: int = MASTER) -> str:
    return (
        line("Odoo version 19.0", logger="odoo", database="?", pid=pid, at=at)
        + line("HTTP service (werkzeug) running on 0.0.0.0:8069", pid=pid, at=at)
        + births(pid + 1, pid + 2, at=at)
        + births(pid + 3, part="WorkerCron", at=at)
        + line("Odoo version 19.0", logger="odoo", database="?", pid=pid + 4, at=at)
        + line("Evented Service (longpolling) running on 0.0.0.0:8072", pid=pid + 4, at=at)
    )


def kill(pid: int, *, at: str, part: str = "WorkerHTTP", limit: int = 120) -> str:
    return line(
        f"{part} ({pid}) timeout after {limit}s", pid=MASTER, level="ERROR", at=at, database="?"
    )


def recycled(count: int, *, served: int, apart: int = 20) -> str:
    text = ""
    for life in range(count):
        at, pid = clock(life * apart), 500 + life
        text += births(pid, at=at)
        text += line(f"Worker ({pid}) virtual memory limit (412000256) reached.", pid=pid, at=at)
        text += line(
            f"Worker ({pid}) exiting. request_count: {served}, registry count: 1.", pid=pid, at=at
        )
    return text


CLEAN = (
    start("11:00:00")
    + "".join(request(at=clock(n), pid=101 + n % 2) for n in range(120))
    + line("Job 'Mail: Email Queue Manager' (3) starting", logger=CRON, pid=103, at="12:02:00")
    + line(
        "Job 'Mail: Email Queue Manager' (3) fully done (#loop 1; done 0; remaining 0; "
        "duration 1.20s)",
        logger=CRON,
        pid=103,
        at="12:02:01",
    )
    + line("Registry loaded in 1.204s", logger="odoo.registry", pid=104, at="12:02:02")
    + line("Worker (101) max request (65536) reached.", pid=101, at="12:02:03")
    + line("Worker (101) exiting. request_count: 65536, registry count: 1.", pid=101, at="12:02:03")
    + births(105, at="12:02:04")
    + failed("ValueError: invalid literal for int() with base 10: ''")
    + line("Stopping workers gracefully", pid=MASTER, at="12:03:00")
    + start("12:03:10", pid=700)
)

STORIES: dict[str, tuple[str, set[str]]] = {
    "worker-time-limit": (
        births(201) + request(at="12:00:00") + kill(201, at="12:02:03"),
        {"worker-time-limit"},
    ),
    "recycle-storm": (recycled(6, served=1), {"recycle-storm"}),
    "memory-soft-limit": (recycled(6, served=900), {"memory-soft-limit"}),
    "cron-kill-loop": (
        "".join(
            births(300 + n, part="WorkerCron", at=clock(65 * n))
            + kill(300 + n, at=clock(65 * n + 61), part="WorkerCron", limit=60)
            for n in range(3)
        ),
        {"cron-kill-loop"},
    ),
    "cron-overrun": (
        births(301, part="WorkerCron")
        + line("Job 'Stock: run scheduler' (7) starting", logger=CRON, pid=301)
        + kill(301, at="12:02:03", part="WorkerCron"),
        {"cron-overrun"},
    ),
    "all-workers-busy": (
        births(201, 202)
        + "".join(
            request("/slow", at=clock(60 * n), pid=pid, rest=59.9)
            for n in range(1, 4)
            for pid in (201, 202)
        ),
        {"all-workers-busy"},
    ),
    "pdf-deadlock": (
        births(201)
        + line(
            "You need to start Odoo with at least two workers to print a pdf version of the "
            "reports.",
            logger=REPORT,
        )
        + kill(201, at="12:02:03"),
        {"pdf-deadlock", "worker-time-limit"},
    ),
    "queue-job-starvation": (
        "".join(
            line(
                f"state of job {n} was reset from enqueued to pending",
                logger=QUEUE,
                level="WARNING",
                pid=MASTER,
                at=clock(n),
            )
            for n in range(12)
        ),
        {"queue-job-starvation"},
    ),
    "slow-registry": (
        births(201, 202, 203)
        + "".join(
            line("Registry loaded in 24.501s", logger="odoo.registry", pid=pid)
            for pid in (201, 202, 203)
        ),
        {"slow-registry"},
    ),
    "restart-loop": (
        "".join(start(clock(30 * n), pid=100 + 10 * n) for n in range(5)),
        {"restart-loop"},
    ),
    "request-limit-recycle": (
        births(201) + line("Worker (201) max request (20) reached."),
        {"request-limit-recycle"},
    ),
    "threaded-mode": (
        line("HTTP service (werkzeug) running on web:8069")
        + "".join(request(at=clock(n)) for n in range(30)),
        {"threaded-mode"},
    ),
    "threaded-mode-by-its-end": (request() + line("Initiating shutdown"), {"threaded-mode"}),
    "config-error": (
        line("Odoo version 19.0", logger="odoo", database="?", pid=MASTER)
        + CONFIG_TRACEBACK
        + "ValueError: invalid literal for int() with base 10: '671088640 ; 640 MB'\n",
        {"config-error"},
    ),
    "port-in-use-and-dying-of-it": (
        "".join(
            line("Odoo version 19.0", logger="odoo", database="?", pid=900 + n, at=clock(20 * n))
            + line("HTTP service (werkzeug) running on 0.0.0.0:8069", pid=900 + n, at=clock(20 * n))
            + "Traceback (most recent call last):\nOSError: [Errno 98] Address already in use\n"
            for n in range(5)
        ),
        {"port-in-use", "restart-loop"},
    ),
}
"""Several lines together, and all that they tell."""

NOT_TOGETHER = {"threaded-mode", "memory-soft-limit", "recycle-storm", "all-workers-busy"}
"""A log is of one mode, a limit is met rarely or in a storm, and more workers are more rarely all
busy."""


def test_every_incident_of_the_contract_has_its_rule() -> None:
    assert set(INCIDENT_RULES) == IDS


def test_a_log_without_trouble_tells_of_no_incident() -> None:
    assert incidents(CLEAN) == {}


def test_nothing_tells_of_nothing() -> None:
    assert incidents("") == {}


@pytest.mark.parametrize(
    ("kind", "text"), EXAMPLES, ids=[f"{n}-{kind}" for n, (kind, _) in enumerate(EXAMPLES)]
)
def test_a_line_alone_fires_exactly_what_it_tells(kind: str, text: str) -> None:
    expected = EXPECTED_OF_KIND.get(kind, set())
    if kind == "worker-timeout":
        expected = set() if "Cron" in text else {"worker-time-limit"}
    if "in threaded server" in text:
        expected = {"threaded-mode"}

    assert set(incidents(text)) == expected


@pytest.mark.parametrize("name", STORIES)
def test_a_story_fires_exactly_what_it_tells(name: str) -> None:
    text, expected = STORIES[name]

    assert set(incidents(text)) == expected


@pytest.mark.parametrize("name", STORIES)
def test_an_incident_is_told_in_full(name: str) -> None:
    for incident in incidents(STORIES[name][0]).values():
        assert incident.count > 0
        assert incident.first <= incident.last
        assert re.fullmatch(r"2026-11-23T1\d:\d\d:\d\dZ", incident.first)
        assert 1 <= len(incident.evidence) <= MOST_LINES
        assert incident.title
        assert incident.cause.endswith(".")
        assert incident.cure.endswith(".")


def test_every_story_together_tells_of_every_incident_once() -> None:
    text = "".join(text for _, text in EXAMPLES) + "".join(text for text, _ in STORIES.values())

    missing = IDS - set(incidents(text)) - NOT_TOGETHER

    assert missing == set()


def test_the_worst_comes_first_and_the_same_log_gives_the_same_order() -> None:
    text = recycled(6, served=900) + failed("MemoryError") + request() + kill(201, at="12:02:03")

    told = list(incidents(text))

    assert told == list(incidents(text))
    assert told == ["memory-hard-limit", "worker-time-limit", "memory-soft-limit"]


def commands_in(text: str) -> list[str]:
    return re.findall(r"`workeroo ([^`]+)`", text)


@pytest.mark.parametrize("rule", INCIDENT_RULES.values(), ids=lambda rule: rule.id)
def test_a_cure_names_commands_and_rules_that_exist(rule: object) -> None:
    cure = getattr(rule, "cure", "")

    for command in commands_in(cure):
        first, *rest = command.split()
        assert first in workeroo.list_commands(None)  # type: ignore[arg-type]  # it needs no context
        if "--explain" in rest:
            assert rest[rest.index("--explain") + 1] in RULES


# Which request or job held the worker?


def test_the_last_request_before_and_the_time_are_told_of_a_killed_worker() -> None:
    told = incidents(births(201) + request("/shop/cart", at="12:00:00") + kill(201, at="12:02:03"))

    incident = told["worker-time-limit"]
    assert "came after GET /shop/cart on database shop" in incident.cause
    assert "from about 2026-11-23T12:00:03Z" in incident.cause
    assert any("/shop/cart" in text for text in incident.evidence)


def test_the_request_that_wrote_a_line_of_its_own_is_told_by_it() -> None:
    own = line("computing 4000 moves", logger="odoo.addons.stock.models", at="12:00:20")

    told = incidents(request(at="12:00:00") + own + kill(201, at="12:02:03"))

    assert "by odoo.addons.stock.models on database shop" in told["worker-time-limit"].cause
    assert "103 s before the end" in told["worker-time-limit"].cause


def test_the_user_is_told_whom_the_last_line_names() -> None:
    own = line("User 7 inserts device log", logger="odoo.addons.base.models.res_device")

    told = incidents(request(at="11:59:00") + own + kill(201, at="12:02:03"))

    assert "res_device, user 7 on database shop" in told["worker-time-limit"].cause


def test_a_stack_dump_names_page_and_user() -> None:
    dump = next(text for kind, text in EXAMPLES if kind == "stack-dump")

    told = incidents(request(at="11:59:00") + dump + kill(201, at="12:02:03"))

    assert "http://shop.example.com/report/slow, user 2 on database shop" in (
        told["worker-time-limit"].cause
    )


def test_a_limit_of_zero_is_told_as_what_it_is() -> None:
    text = "".join(births(n) + kill(n, at="12:00:00", limit=0) for n in range(200, 208))

    incident = incidents(text)["worker-time-limit"]

    assert incident.title == "8 workers killed as soon as born (limit_time_real = 0)"
    assert "time-limit-zero" in incident.cure


def test_a_cpu_limit_of_zero_is_told_as_what_it_is() -> None:
    incident = incidents(line("Worker (201) CPU time limit (0) reached."))["cpu-time-limit"]

    assert "limit_time_cpu = 0" in incident.title
    assert "cpu-limit-zero" in incident.cure


def test_where_nothing_is_known_of_a_killed_worker_that_is_said() -> None:
    told = incidents(kill(201, at="12:02:03"))

    assert "nothing is known of what held it" in told["worker-time-limit"].cause


def test_the_scheduled_action_is_named_that_held_a_cron_worker() -> None:
    incident = incidents(STORIES["cron-overrun"][0])["cron-overrun"]

    assert "'Stock: run scheduler'" in incident.title
    assert incident.confidence == "high"


def test_the_scheduled_action_is_named_that_burnt_the_cpu() -> None:
    told = incidents(
        line("Starting job `Import bank statements`.", logger=CRON, pid=301, at="12:00:00")
        + line("Worker (301) CPU time limit (60) reached.", pid=301, at="12:01:02")
    )

    assert "'Import bank statements'" in told["cpu-time-limit"].cause
    assert "limit_time_real_cron alone does not help" in told["cpu-time-limit"].cure


# False alarms count like misses.


def test_a_cron_worker_killed_once_in_its_sleep_is_no_loop() -> None:
    text = births(301, part="WorkerCron") + kill(301, at="12:01:03", part="WorkerCron", limit=60)

    assert incidents(text) == {}


def test_a_cron_worker_killed_after_its_job_was_done_was_idle() -> None:
    text = ""
    for number in range(3):
        pid, at = 300 + number, number * 30
        text += births(pid, part="WorkerCron", at=clock(at))
        text += line("Job 'Mail' (3) starting", logger=CRON, pid=pid, at=clock(at + 1))
        text += line("Job 'Mail' (3) done in 0.204s", logger=CRON, pid=pid, at=clock(at + 2))
        text += kill(pid, at=clock(at + 13), part="WorkerCron", limit=10)

    assert set(incidents(text)) == {"cron-kill-loop"}


def test_a_series_that_does_not_tell_when_jobs_are_done_blames_none() -> None:
    text = line("Odoo version 12.0", logger="odoo", database="?", pid=MASTER)
    for number in range(3):
        pid, at = 300 + number, number * 30
        text += births(pid, part="WorkerCron", at=clock(at))
        text += line("Starting job `Mail`.", logger=CRON, pid=pid, at=clock(at + 1))
        text += kill(pid, at=clock(at + 62), part="WorkerCron", limit=60)

    assert set(incidents(text)) == {"cron-kill-loop"}


def test_a_worker_recycled_once_after_one_big_request_is_a_note_and_no_storm() -> None:
    told = incidents(recycled(1, served=1))

    assert {name: incident.severity for name, incident in told.items()} == {
        "memory-soft-limit": "note"
    }


def test_workers_recycled_after_few_requests_are_a_warning() -> None:
    told = incidents(recycled(6, served=40))

    assert told["memory-soft-limit"].severity == "warning"


@pytest.mark.parametrize(
    "stop", ["Stopping gracefully", "Stopping workers gracefully", "Initiating shutdown"]
)
def test_restarts_that_were_asked_for_are_no_loop(stop: str) -> None:
    text = ""
    for number in range(5):
        text += start(clock(120 * number), pid=100 + 10 * number)
        text += line(stop, pid=100 + 10 * number, at=clock(120 * number + 60))

    assert "restart-loop" not in incidents(text)


def many_starts(apart: int, *, pids: list[int], minutes: int = 0) -> str:
    """Starts one after the other; each server's first worker serves for so many minutes then."""
    found = [
        (clock(apart * place), start(clock(apart * place), pid=pid))
        for place, pid in enumerate(pids)
    ]
    for place, pid in enumerate(pids):
        for minute in range(1, minutes + 1):
            at = clock(apart * place + 60 * minute)
            found.append((at, request(at=at, pid=pid + 1)))
    return "".join(text for _, text in sorted(found, key=lambda one: one[0]))


@pytest.mark.parametrize("apart", [0, 1, 7, 20, 60, 150])
@pytest.mark.parametrize(
    "pids", [[100, 110, 120, 130, 140, 150, 160], [40000, 300, 20000, 310, 7000, 51000, 90]]
)
def test_servers_that_start_one_after_the_other_and_live_are_no_loop(
    apart: int, pids: list[int]
) -> None:
    assert "restart-loop" not in incidents(many_starts(apart, pids=pids, minutes=30))


@pytest.mark.parametrize("apart", [5, 20, 60, 150])
@pytest.mark.parametrize("lived", [0, 1, 2])
@pytest.mark.parametrize(
    "pids", [[100, 110, 120, 130, 140, 150], [32700, 32750, 150, 200, 250, 300], [1] * 6]
)
def test_one_server_that_dies_again_and_again_is_a_loop_however_its_pids_count(
    apart: int, lived: int, pids: list[int]
) -> None:
    text = many_starts(apart, pids=pids, minutes=min(lived, (apart - 1) // 60))

    assert incidents(text)["restart-loop"].count == 5


def test_servers_on_other_ports_of_one_host_are_told_apart_without_any_request() -> None:
    text = "".join(
        start(clock(20 * n), pid=100 + 10 * n).replace(":8069", f":{8069 + 10 * n}")
        for n in range(6)
    )

    assert incidents(text) == {}


def test_a_server_that_dies_beside_one_that_lives_is_a_loop() -> None:
    lives = start("11:50:00", pid=50) + "".join(
        request(at=clock(20 * n), pid=51 + n % 2) for n in range(60)
    )
    dies = "".join(start(clock(60 * n + 5), pid=1000 + 50 * n) for n in range(6))
    lines = sorted((lives + dies).splitlines(keepends=True), key=lambda one: one[:23])

    assert incidents("".join(lines))["restart-loop"].count == 5


def test_two_servers_that_die_again_and_again_are_told_as_two() -> None:
    text = "".join(
        start(clock(60 * n), pid=1000 + 50 * n)
        + start(clock(60 * n + 20), pid=1020 + 50 * n).replace(":8069", ":8169")
        for n in range(5)
    )

    found = incidents(text)["restart-loop"]

    assert found.count == 8
    assert found.title.startswith("2 servers died and were started again 8 times")


def test_a_reload_that_keeps_the_pid_is_the_same_server_although_its_old_workers_live_on() -> None:
    text = start(clock(0), pid=100)
    for number in range(1, 7):
        at, old, new = clock(100 * number), 100 + 20 * number - 20, 100 + 20 * number
        text += line("Reloading server", pid=100, at=at)
        text += start(at, pid=100).replace(" 101 ", f" {new + 1} ")
        text += request(at=clock(100 * number + 30), pid=old + 1)

    assert incidents(text)["restart-loop"].severity == "warning"


def test_crashes_that_are_hours_apart_are_no_loop() -> None:
    text = "".join(start(clock(3600 * n), pid=100 + 10 * n) for n in range(5))

    assert incidents(text) == {}


def test_an_evented_process_that_comes_back_is_no_restart() -> None:
    text = start("12:00:00")
    for number in range(8):
        at, pid = clock(30 * number + 30), 410 + number
        text += line("Odoo version 19.0", logger="odoo", database="?", pid=pid, at=at)
        text += line("Evented Service (longpolling) running on 0.0.0.0:8072", pid=pid, at=at)

    assert incidents(text) == {}


def test_a_wrong_number_from_a_web_form_is_no_configuration() -> None:
    assert incidents(failed("ValueError: invalid literal for int() with base 10: 'x'")) == {}


def test_a_database_that_does_not_exist_is_no_unreachable_one() -> None:
    text = line("Connection to the database failed", logger="odoo.sql_db") + failed(
        'psycopg2.OperationalError: connection to server at "127.0.0.1", port 5432 failed: FATAL:  '
        'database "typo" does not exist'
    )

    assert incidents(text) == {}


def test_a_full_quota_of_requests_is_normal_life() -> None:
    assert incidents(births(201) + line("Worker (201) max request (8192) reached.")) == {}


def test_an_update_that_serves_nobody_is_no_threaded_server() -> None:
    update = line("HTTP service (werkzeug) running on web:8069") + line(
        "module sale: creating or updating database tables", logger="odoo.registry", at="12:00:10"
    )
    end = line("Registry loaded in 45.201s", logger="odoo.registry", at="12:00:50")

    assert incidents(update + end + line("Initiating shutdown", at="12:00:51")) == {}


def test_a_prefork_server_is_never_told_to_be_threaded() -> None:
    text = start("12:00:00") + "".join(request(at=clock(n), pid=101) for n in range(60))

    assert "threaded-mode" not in incidents(text)


def test_a_refused_connection_of_wkhtmltopdf_is_a_wrong_address_and_no_deadlock() -> None:
    text = line(
        "wkhtmltopdf: Exit with code 1 due to network error: ConnectionRefusedError",
        logger=REPORT,
        level="WARNING",
    )

    assert incidents(text) == {}


# Whatever a log says, a diagnosis comes of it.


@given(st.lists(st.sampled_from([text for _, text in EXAMPLES] + [CLEAN]), max_size=12))
def test_any_mix_of_lines_is_told_within_its_bounds(blocks: list[str]) -> None:
    text = "".join(blocks)

    told = incidents(text)

    assert told == incidents(text)
    for incident in told.values():
        assert incident.count > 0
        assert incident.first <= incident.last
        assert len(incident.evidence) <= MOST_LINES
        assert all(part.isprintable() for part in [incident.title, *incident.evidence])


HOSTILE = ["9" * 5000, "\x00", "\x1b[31m", "\u202e", "(", ") ", "\n"]


@given(st.data())
def test_numbers_without_end_and_broken_lines_are_no_trouble(data: st.DataObject) -> None:
    _, text = data.draw(st.sampled_from(EXAMPLES))
    place = data.draw(st.integers(0, len(text)))
    inserted = data.draw(
        st.sampled_from(["9" * 5000, "\x00", "\x1b[31m", "\u202e", "(", ") ", "\n"])
    )

    told = incidents(text[:place] + inserted + text[place:])

    assert all("\x1b" not in shown for one in told.values() for shown in [one.title, *one.evidence])
