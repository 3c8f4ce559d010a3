"""Is a split told so that nobody sets up half of it?"""

from __future__ import annotations

from workeroo.facts.host import Cores, Host, Memory
from workeroo.plan.split import Server, make_split
from workeroo.report.paint import Paint
from workeroo.report.split_text import split_text
from workeroo.units import GIB

HOST = Host(
    cores=Cores(logical=4, declared=True), memory=Memory(total_bytes=8 * GIB, declared=True)
)


def told(frontends: int = 1, *, cron_only: bool = False, explain: bool = False) -> str:
    split = make_split(Server(host=HOST), frontends=frontends, cron_only=cron_only)
    return split_text(split, Paint(), explain=explain)


def test_each_server_has_a_heading_and_an_odoo_conf_of_its_own() -> None:
    a, b = told().split("\nServer B, backend ")

    assert "Server A, frontend (users only): 9 workers: 2 x 4 cores + 1" in a
    assert "\nworkers = 9\n" in a
    assert "\nmax_cron_threads = 0\n" in a
    assert b.startswith("(crons only): 2 workers")
    assert "\nworkers = 2\n" in b
    assert "\nmax_cron_threads = 1\n" in b


def test_the_verdict_counts_the_frontends() -> None:
    assert told().startswith("1 frontend with 9 workers, 1 backend for the crons.\n")
    assert told(3).startswith("3 frontends with 9 workers each, 1 backend for the crons.\n")


def test_a_backend_without_http_workers_is_told_in_words() -> None:
    text = told(cron_only=True)

    assert "no worker: crons only, nothing answers HTTP" in text
    assert "\nworkers = -1\n" in text


def test_there_is_one_sum_of_connections() -> None:
    assert told(2).count("\nConnections  ") == 1


def test_what_holds_for_both_is_told_once() -> None:
    text = told()

    assert text.count("limit_memory_hard kills nothing") == 1
    assert "- Server B: " in text


def test_the_status_of_what_is_shared_is_in_words() -> None:
    text = told(2)

    assert "- the sessions: not known: " in text
    assert "- the sessions: good: " in told(1)


def test_explain_adds_the_evidence_of_both() -> None:
    assert "Evidence" not in told()
    assert told(explain=True).count("\nEvidence\n") == 2
