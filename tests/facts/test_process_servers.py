"""Do processes become servers with the right parts?"""

from __future__ import annotations

from workeroo.facts.servers import Seen, orphans, parts, servers

ODOO = ["/usr/bin/python3", "/usr/bin/odoo", "-c", "/etc/odoo.conf"]
EVENTED = ["/usr/bin/python3", "/usr/bin/odoo", "gevent", "-c", "/etc/odoo.conf"]


def seen(pid: int, parent: int, argv: list[str] | None = None, nice: int = 0) -> Seen:
    return Seen(pid=pid, parent_pid=parent, nice=nice, argv=argv or ODOO)


def parts_of(processes: list[Seen], *, configured: bool | None = None) -> dict[int, str]:
    (server,) = servers(processes)
    return {pid: part for pid, (part, _) in parts(server, configured=configured).items()}


def test_titled_workers_have_their_parts_by_title() -> None:
    found = parts_of(
        [
            seen(10, 1),
            seen(11, 10, ["odoo: WorkerHTTP 11 "]),
            seen(12, 10, EVENTED),
            seen(13, 10, ["odoo: WorkerCron 13 prod"], nice=10),
            seen(14, 10, ["odoo: WorkerJobRunner 14"]),
        ]
    )

    assert found == {
        10: "master", 11: "http worker", 12: "evented", 13: "cron worker", 14: "other"
    }  # fmt: skip


def test_untitled_cron_workers_are_told_by_their_niceness() -> None:
    found = parts_of([seen(10, 1, nice=5), seen(11, 10, nice=5), seen(12, 10, nice=15)])

    assert found == {10: "master", 11: "http worker", 12: "cron worker"}


def test_a_program_that_a_worker_runs_is_no_worker() -> None:
    found = parts_of([seen(10, 1), seen(11, 10), seen(20, 11, ["wkhtmltopdf", "a.html"])])

    assert found[20] == "other"


def test_one_process_alone_is_a_threaded_server() -> None:
    assert parts_of([seen(10, 1)]) == {10: "threaded server"}
    assert parts_of([seen(10, 1)], configured=False) == {10: "threaded server"}


def test_a_threaded_server_that_prints_a_pdf_has_no_workers() -> None:
    found = parts_of([seen(10, 1), seen(20, 10, ["wkhtmltopdf", "a.html"])])

    assert found == {10: "threaded server", 20: "other"}


def test_a_master_that_has_not_forked_yet_is_a_master() -> None:
    assert parts_of([seen(10, 1)], configured=True) == {10: "master"}


def test_a_cron_only_server_is_prefork() -> None:
    found = parts_of([seen(10, 1), seen(11, 10, nice=10), seen(12, 10, EVENTED)])

    assert found == {10: "master", 11: "cron worker", 12: "evented"}


def test_two_servers_are_told_apart() -> None:
    other = ["python", "/opt/odoo-bin"]
    found = servers([seen(10, 1), seen(11, 10), seen(50, 1, other), seen(51, 50, other)])

    assert [(s.top.pid, [p.pid for p in s.below]) for s in found] == [(10, [11]), (50, [51])]


def test_a_supervisor_above_the_server_is_not_part_of_it() -> None:
    (server,) = servers([seen(5, 1, ["python3", "/usr/bin/supervisord"]), seen(10, 5)])

    assert server.top.pid == 10


def test_workers_without_a_master_belong_to_no_server() -> None:
    left = [seen(11, 1, ["odoo: WorkerHTTP 11"]), seen(12, 1, EVENTED)]

    assert servers(left) == []
    assert [process.pid for process in orphans(left)] == [11, 12]
    assert orphans([seen(10, 1), seen(11, 10), seen(12, 10, EVENTED)]) == []


def test_every_process_of_a_server_has_a_part_and_a_reason() -> None:
    (server,) = servers([seen(10, 1), seen(11, 10), seen(12, 10, EVENTED)])

    found = parts(server, configured=None)
    assert sorted(found) == [10, 11, 12]
    assert all(why for _, why in found.values())
