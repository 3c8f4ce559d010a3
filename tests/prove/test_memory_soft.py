"""What does the judge say of workers that leak, by what was seen of real ones?"""

from __future__ import annotations

from workeroo.evidence import Unknown
from workeroo.prove.limits.memory_soft import Leak, Leaked, judge
from workeroo.prove.log import Heard, known
from workeroo.prove.product import Hop, outcome_of
from workeroo.prove.proof import Found
from workeroo.prove.weights import Weight
from workeroo.units import MIB

LIMIT = 600 * MIB
STEP = 58 * MIB


def weight(pid: int, vms_mib: int) -> Weight:
    return Weight(
        pid=pid,
        vms_bytes=vms_mib * MIB,
        rss_bytes=(vms_mib - 160) * MIB,
        pss_bytes=(vms_mib - 210) * MIB,
    )


def left(pid: int, vms_mib: int) -> Heard:
    return Heard(name="soft-memory-limit", pid=pid, number=vms_mib * MIB, text=f"Worker ({pid})")


def life(pid: int, most_mib: int = 650) -> list[Leak]:
    """One worker that leaks until it is above the limit."""
    return [Leak(pid=pid, weight=weight(pid, vms)) for vms in range(302, most_mib + 1, 58)]


def leaked(
    leaks: list[Leak],
    lines: list[Heard],
    pss_mib: list[int] | None = None,
    stopped: str | None = None,
) -> Leaked:
    points = [float(point * MIB) for point in pss_mib or [200, 600, 300, 640, 250, 660]]
    return Leaked(
        limit_bytes=LIMIT,
        step_bytes=STEP,
        room_bytes=450 * MIB,
        touched=True,
        leaks=leaks,
        lines=lines,
        pss_bytes=points,
        rss_bytes=points,
        vms_bytes=points,
        stopped=stopped,
    )


def part(found: Found, name: str) -> Hop:
    return next(hop for hop in found.hops if hop.name == name)


LIVES = [*life(11), *life(12), *life(13)]
LEFT = [left(11, 650), left(12, 650), left(13, 650)]


def test_workers_that_leave_one_after_the_other_keep_the_promise() -> None:
    found = judge(leaked(LIVES, LEFT))

    assert outcome_of(found.hops) == "holds"
    assert any("VMS" in evidence.text for evidence in found.evidence)
    assert {"VMS", "RSS", "PSS"} <= {curve.name[:3] for curve in found.curves}


def test_a_worker_that_goes_on_above_the_limit_breaks_it() -> None:
    found = judge(leaked([*life(11), *life(11, 900)], [], stopped="a worker went on"))

    assert outcome_of(found.hops) == "fails"
    assert part(found, "recycled").state == "broken"
    assert part(found, "flat").state == "not reached"


def test_a_leak_that_is_not_answered_breaks_it() -> None:
    """As where the hard limit lies below the soft one."""
    failed = [Leak(pid=None, failed="status 500")] * 3
    found = judge(leaked([*life(11, 500), *failed], [], stopped="requests failed"))

    assert part(found, "answered").state == "broken"
    assert part(found, "recycled").state == "broken"
    assert "limit_memory_hard" in (part(found, "recycled").cure or "")


def test_a_worker_that_leaves_below_the_limit_has_another_one_in_force() -> None:
    found = judge(leaked(life(11, 420), [left(11, 420), left(12, 420), left(13, 430)]))

    assert part(found, "log").state == "broken"


def test_workers_that_come_near_the_limit_together_do_not_break_it() -> None:
    found = judge(leaked(LIVES, LEFT, pss_mib=[200, 510, 300, 635, 250, 300]))

    assert part(found, "flat").state == "ok"


def test_memory_that_adds_up_all_the_same_breaks_it() -> None:
    found = judge(leaked(LIVES, LEFT, pss_mib=[200, 300, 400, 500, 600, 700]))

    assert part(found, "flat").state == "broken"


def test_without_a_worker_at_the_limit_nothing_is_proved() -> None:
    assert outcome_of(judge(leaked(life(11, 420), [])).hops) == "could not tell"


def test_where_pss_may_not_be_seen_it_is_left_out() -> None:
    blind = Weight(pid=11, vms_bytes=LIMIT, rss_bytes=LIMIT, pss_bytes=Unknown("not yours"))
    found = judge(leaked([*LIVES, Leak(pid=14, weight=blind)], LEFT))

    assert outcome_of(found.hops) == "holds"


def test_the_lines_of_the_log_are_those_of_the_workers() -> None:
    log = """\
2026-11-25 19:57:05,397 7885 INFO base odoo.service.server: Worker (7885) virtual memory limit \
(648544256) reached. \n\
2026-11-25 19:57:05,400 7885 INFO base werkzeug: 127.0.0.1 - - "GET /virtual memory limit ( HTTP"
2026-11-25 19:57:06,022 7846 ERROR base odoo.service.server: WorkerHTTP (7884) timeout after 5s
Exception: CPU time limit exceeded.
"""
    heard = known(log.splitlines(), ["soft-memory-limit", "worker-timeout", "cpu-limit-traceback"])

    assert [(line.name, line.pid, line.number) for line in heard] == [
        ("soft-memory-limit", 7885, 648544256),
        ("worker-timeout", 7884, 5),
        ("cpu-limit-traceback", 7846, None),
    ]
