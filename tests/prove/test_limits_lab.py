"""On a real Odoo: does every proof hold where the server does what its odoo.conf says?

And does it fail where the server runs with other values than the file has, because somebody changed
the file and did not restart it?
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workeroo.evidence import is_known
from workeroo.lab.lab import Lab
from workeroo.progress import Silent
from workeroo.prove.limits import PROOFS
from workeroo.prove.product import Hop, Verdict
from workeroo.prove.proof import Trial, go
from workeroo.prove.stage import set_stage

pytestmark = pytest.mark.lab

LabFactory = Callable[[str], Lab]

SOUND = """\
[options]
workers = 2
max_cron_threads = 1
limit_memory_soft = 524288000
limit_memory_hard = 1073741824
limit_time_cpu = 3
limit_time_real = 10
limit_time_real_cron = 0
limit_request = 25
db_maxconn = 4
list_db = False
"""
"""Limits that are reached within seconds. No watchdog looks at the cron worker, which sleeps longer
than ten seconds between two signs of life."""

FORGOTTEN = """\
[options]
workers = 2
max_cron_threads = 1
limit_memory_soft = 0
limit_memory_hard = 4294967296
limit_time_cpu = 60
limit_time_real = 120
limit_request = 65536
db_maxconn = 16
list_db = False
"""
"""What the server was started with before its file was changed."""


@pytest.fixture(scope="module")
def sound(lab_factory: LabFactory, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """A server that runs with what its file says."""
    conf = tmp_path_factory.mktemp("sound") / "odoo.conf"
    conf.write_text(SOUND, encoding="utf-8")
    it = lab_factory("limits")
    it.up(conf=conf)
    return it


@pytest.fixture(scope="module")
def forgotten(lab_factory: LabFactory, sound: Lab, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """A server whose file was changed after it had been started. The other one makes room."""
    sound.down()
    conf = tmp_path_factory.mktemp("forgotten") / "odoo.conf"
    conf.write_text(FORGOTTEN, encoding="utf-8")
    it = lab_factory("limits")
    it.up(conf=conf)
    it.conf_path.write_text(SOUND, encoding="utf-8")
    return it


def proved(name: str, lab: Lab, promised: dict[str, int] | None = None) -> Verdict:
    stage = set_stage(lab.url, promised or {})
    return go(PROOFS[name], stage, lab.url, Trial(quick=True), Silent())


def hop(verdict: Verdict, name: str) -> Hop:
    return next(hop for hop in verdict.hops if hop.name == name)


def said(verdict: Verdict) -> list[tuple[str, str, str | None]]:
    """What a failing assertion shows."""
    return [(h.name, h.state, h.evidence.text if h.evidence else None) for h in verdict.hops]


def is_clean(lab: Lab) -> bool:
    """Whether no worker holds anything that a lever took."""
    stage = set_stage(lab.url, {})
    assert is_known(stage)
    return all(worker.vms_bytes < 400 * 1024**2 for worker in stage.workers)


def test_workers_that_leak_leave_at_the_soft_limit(sound: Lab) -> None:
    verdict = proved("memory-soft", sound)

    assert verdict.outcome == "holds", said(verdict)
    assert any("virtual memory limit" in line for line in verdict.lines)
    assert {number.name[:3] for number in verdict.numbers} >= {"VMS", "RSS", "PSS"}
    assert is_clean(sound)


def test_a_soft_limit_below_the_promised_one_is_found(sound: Lab) -> None:
    verdict = proved("memory-soft", sound, {"limit_memory_soft": 700 * 1024**2})

    assert verdict.outcome == "fails", said(verdict)
    assert hop(verdict, "log").state == "broken"


def test_a_soft_limit_that_is_not_in_force_is_found(forgotten: Lab) -> None:
    verdict = proved("memory-soft", forgotten)

    assert verdict.outcome == "fails", said(verdict)
    assert hop(verdict, "recycled").state == "broken"
    assert verdict.cure
    assert is_clean(forgotten)
