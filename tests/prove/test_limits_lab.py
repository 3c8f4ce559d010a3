"""On a real Odoo: does every proof hold where the server does what its odoo.conf says?

And does it fail where the server runs with other values than the file has, because somebody changed
the file and did not restart it? One server for each, started once.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from workeroo.evidence import is_known
from workeroo.lab.lab import Lab
from workeroo.lab.wait import wait_until
from workeroo.progress import Silent
from workeroo.prove.limits import PROOFS
from workeroo.prove.product import Hop, Proofs, Verdict
from workeroo.prove.proof import Trial, go
from workeroo.prove.stage import Stage, read_promises, set_stage
from workeroo.prove.weights import http_workers, weigh
from workeroo.units import MIB

pytestmark = pytest.mark.lab

LabFactory = Callable[[str], Lab]

SOUND = """\
[options]
workers = 2
max_cron_threads = 1
limit_memory_soft = 524288000
limit_memory_hard = 1073741824
limit_time_cpu = 2
limit_time_real = 8
limit_time_real_cron = 0
limit_request = 80
db_maxconn = 4
list_db = False
"""
"""Limits that are reached within seconds. No watchdog looks at the cron worker, which sleeps longer
than eight seconds between two signs of life."""

FORGOTTEN = """\
[options]
workers = 2
max_cron_threads = 0
limit_memory_soft = 0
limit_memory_hard = 4294967296
limit_time_cpu = 60
limit_time_real = 120
limit_request = 65536
db_maxconn = 16
list_db = False
"""
"""What the server was started with before its file was changed."""

THREADED = """\
[options]
workers = 0
max_cron_threads = 1
limit_memory_soft = 524288000
limit_memory_hard = 1073741824
list_db = False
"""

BROKEN = {
    "memory-soft": "recycled",
    "memory-hard": "refused",
    "requests": "recycled",
    "connections": "budget",
    "time-real": "killed in time",
    "time-cpu": "worker exits",
    "cron-isolation": "own process",
}
"""Which part of each promise a server breaks that runs with other values than its file has."""


WRITES = {
    "memory-soft": "virtual memory limit (",
    "memory-hard": "MemoryError",
    "requests": "max request (80) reached",
    "time-real": "timeout after 8s",
    "time-cpu": "CPU time limit (2) reached",
    "cron-isolation": "starting",
}
"""What the server says itself of each."""

AGAIN = "try it again while the host has less to do"


@pytest.fixture(scope="module")
def limited(lab_factory: LabFactory) -> Lab:
    """The lab of these tests, not started yet."""
    return lab_factory("limits")


def started(lab: Lab, conf: str, folder: Path) -> None:
    path = folder / "odoo.conf"
    path.write_text(conf, encoding="utf-8")
    lab.up(conf=path)


@pytest.fixture(scope="module")
def sound(limited: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A server that runs with what its file says."""
    started(limited, SOUND, tmp_path_factory.mktemp("sound"))
    yield limited
    limited.down()


@pytest.fixture(scope="module")
def forgotten(limited: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A server whose file was changed after it had been started."""
    started(limited, FORGOTTEN, tmp_path_factory.mktemp("forgotten"))
    limited.conf_path.write_text(SOUND, encoding="utf-8")
    yield limited
    limited.down()


@pytest.fixture(scope="module")
def threaded(limited: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A server with a single process for all."""
    started(limited, THREADED, tmp_path_factory.mktemp("threaded"))
    yield limited
    limited.down()


@pytest.fixture(scope="module")
def tried(sound: Lab) -> Proofs:
    """What `workeroo prove all` says of the sound server."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "workeroo",
            "prove",
            "all",
            "--lab",
            sound.name,
            "--quick",
            "--json",
        ],
        capture_output=True,
        check=False,
    )
    assert done.returncode in (0, 1, 2), done.stderr.decode()
    return msgspec.json.decode(done.stdout, type=Proofs)


def proved(name: str, lab: Lab, promised: str | None = None) -> Verdict:
    stage = set_stage(lab.url, read_promises((promised,) if promised else ()))
    return go(PROOFS[name], stage, lab.url, Trial(quick=True, may_signal=True), Silent())


def hop(verdict: Verdict, name: str) -> Hop:
    return next(hop for hop in verdict.hops if hop.name == name)


def said(verdict: Verdict) -> str:
    """What a failing assertion shows."""
    return msgspec.json.encode(verdict).decode()


def staged(lab: Lab) -> Stage:
    stage = set_stage(lab.url, {})
    assert is_known(stage), stage
    return stage


@pytest.mark.parametrize("name", [*PROOFS, "longpolling"])
def test_every_proof_holds_on_a_server_that_does_what_its_file_says(
    tried: Proofs, sound: Lab, name: str
) -> None:
    verdict = next(verdict for verdict in tried.verdicts if verdict.proof == name)
    if verdict.outcome == "could not tell" and name in PROOFS:
        verdict = proved(name, sound)  # the host was too busy to tell
    if verdict.outcome == "could not tell" and verdict.cure == AGAIN:
        pytest.skip("the host is too busy to compare what users wait")

    assert verdict.outcome == "holds", said(verdict)
    assert verdict.cure is None


@pytest.mark.parametrize(("name", "words"), WRITES.items())
def test_a_proof_that_holds_shows_what_the_server_itself_wrote(
    tried: Proofs, name: str, words: str
) -> None:
    verdict = next(verdict for verdict in tried.verdicts if verdict.proof == name)

    assert verdict.outcome != "holds" or any(words in line for line in verdict.lines)


def test_the_soft_limit_is_told_in_all_three_kinds_of_memory(tried: Proofs) -> None:
    verdict = next(verdict for verdict in tried.verdicts if verdict.proof == "memory-soft")

    assert {number.name[:3] for number in verdict.numbers} >= {"VMS", "RSS", "PSS"}
    assert [curve.name[:3] for curve in verdict.curves] == ["PSS", "RSS", "VMS"]


def test_nothing_is_left_behind(tried: Proofs, sound: Lab) -> None:
    del tried
    stage = staged(sound)

    assert sound.conf_path.read_text(encoding="utf-8") == SOUND
    assert len(stage.workers) == 2
    assert all(worker.vms_bytes < 400 * MIB for worker in stage.workers)


def test_an_address_of_nginx_leads_to_the_odoo_behind_it(sound: Lab) -> None:
    stage = set_stage(sound.nginx_url, {})

    assert is_known(stage), stage
    assert (stage.target, stage.url) == (sound.nginx_url, sound.url)
    assert stage.master.pid == sound.master_pid


def test_a_proof_that_is_broken_off_leaves_nothing_behind(sound: Lab) -> None:
    """Ctrl-C, as soon as a worker holds what leaked."""
    going = subprocess.Popen(
        [sys.executable, "-m", "workeroo", "prove", "memory-soft", "--lab", sound.name],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )

    def leaks() -> bool:
        weights = [weigh(pid) for pid in http_workers(sound.master_pid)]
        return any(weight.vms_bytes > 350 * MIB for weight in weights if weight)

    wait_until(leaks, seconds=60, what="a leak")
    going.send_signal(signal.SIGINT)
    out, err = going.communicate(timeout=60)

    assert (going.returncode, out) == (130, b""), err.decode()
    assert not leaks()


def test_a_soft_limit_below_the_promised_one_is_found(sound: Lab) -> None:
    verdict = proved("memory-soft", sound, "limit_memory_soft=700M")

    assert verdict.outcome == "fails", said(verdict)
    assert hop(verdict, "log").state == "broken"


def test_a_restart_that_closes_the_socket_loses_requests_and_says_how_many(sound: Lab) -> None:
    trial = Trial(quick=True, may_signal=True, restart=sound.restart)

    verdict = go(PROOFS["graceful"], set_stage(sound.url, {}), sound.url, trial, Silent())

    assert verdict.outcome == "fails", said(verdict)
    assert hop(verdict, "shrink").state == "ok"
    assert hop(verdict, "recycle").state == "ok"
    assert hop(verdict, "restart").state == "broken"
    assert "socket" in (verdict.cure or "")


@pytest.mark.parametrize("name", BROKEN)
def test_every_proof_fails_on_a_server_that_was_not_restarted(forgotten: Lab, name: str) -> None:
    verdict = proved(name, forgotten)

    assert verdict.outcome == "fails", said(verdict)
    assert hop(verdict, BROKEN[name]).state == "broken", said(verdict)
    assert verdict.cure


def test_where_nothing_is_to_run_a_scheduled_action_that_is_due_does_not(forgotten: Lab) -> None:
    verdict = proved("cron-isolation", forgotten, "max_cron_threads=0")

    assert verdict.outcome == "holds", said(verdict)


def test_a_failed_proof_leaves_nothing_behind_either(forgotten: Lab) -> None:
    """The proofs before it have failed on this server, that of the soft limit among them."""
    assert all(worker.vms_bytes < 400 * MIB for worker in staged(forgotten).workers)


def test_a_threaded_server_runs_scheduled_actions_where_users_are_served(threaded: Lab) -> None:
    verdict = proved("cron-isolation", threaded)

    assert verdict.outcome == "fails", said(verdict)
    assert hop(verdict, "own process").state == "broken"


def test_limits_of_workers_could_not_be_told_of_a_threaded_server(threaded: Lab) -> None:
    names = ("memory-soft", "requests", "connections", "time-real", "time-cpu", "graceful")
    stage, trial = staged(threaded), Trial(quick=True, may_signal=True)
    verdicts = [go(PROOFS[name], stage, threaded.url, trial, Silent()) for name in names]

    assert {verdict.outcome for verdict in verdicts} == {"could not tell"}
    assert all("threaded" in verdict.observed for verdict in verdicts)


def test_the_hard_limit_holds_for_a_threaded_server_too(threaded: Lab) -> None:
    verdict = proved("memory-hard", threaded)

    assert verdict.outcome == "holds", said(verdict)
