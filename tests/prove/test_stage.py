"""Is a server held to the right value, and is it said who promised it?"""

from __future__ import annotations

from pathlib import Path

from workeroo.evidence import Unknown
from workeroo.facts.deployment import Deployment, Setting
from workeroo.prove.log import Log, open_log
from workeroo.prove.stage import Promise, Stage, read_promises
from workeroo.units import MIB


def staged(
    promised: dict[str, Promise] | None = None,
    *,
    log_level: str = "info",
    log: Log | Unknown | None = None,
) -> Stage:
    settings = {
        "limit_request": Setting(
            option="limit_request", value=25, source="file", where="/etc/odoo/odoo.conf:9"
        ),
        "db_maxconn": Setting(option="db_maxconn", value=64, source="default", where="Odoo 19"),
        "log_level": Setting(
            option="log_level", value=log_level, source="file", where="/etc/odoo/odoo.conf:10"
        ),
    }
    return Stage(
        target="http://127.0.0.1:8069",
        url="http://127.0.0.1:8069",
        deployment=Deployment(name="odoo", mode="prefork", series=19, settings=settings),
        promised=promised or {},
        log=log or Unknown("not read"),
    )


def test_the_file_promises_as_it_stands() -> None:
    promise = staged().promise("limit_request")

    assert (promise.number, promise.evidence.rank) == (25, "read")
    assert promise.evidence.source == "/etc/odoo/odoo.conf:9"


def test_a_default_is_a_promise_too() -> None:
    promise = staged().promise("db_maxconn")

    assert (promise.number, promise.evidence.rank) == (64, "default")


def test_what_is_declared_wins_over_the_file() -> None:
    promise = staged(read_promises(("limit_request=7",))).promise("limit_request")

    assert (promise.number, promise.evidence.rank) == (7, "declared")


def test_an_option_that_the_series_does_not_know_promises_nothing() -> None:
    assert staged().promise("db_maxconn_gevent").number == 0


def test_sizes_are_read_as_people_write_them() -> None:
    read = read_promises(("limit_memory_soft=600M", "limit_memory_hard = 1073741824"))

    numbers = {name: promise.number for name, promise in read.items()}
    assert numbers == {"limit_memory_soft": 600 * MIB, "limit_memory_hard": 1024 * MIB}


def test_a_level_that_hides_the_lines_about_workers_is_said(tmp_path: Path) -> None:
    path = tmp_path / "odoo.log"
    path.touch()

    assert staged(log=open_log(path)).hidden_lines is None
    assert staged(log=open_log(path), log_level="warn").hidden_lines is not None


def test_a_log_is_read_from_its_end_on_also_where_it_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "odoo.log"
    path.write_text("before\n", encoding="utf-8")
    log = open_log(path)
    assert isinstance(log, Log)

    with path.open("a", encoding="utf-8") as file:
        file.write("during\n")
    assert log.text() == "during\n"
    path.rename(tmp_path / "odoo.log.1")
    path.write_text("after\n", encoding="utf-8")

    assert log.text() == "during\nafter\n"


def test_a_log_that_is_not_there_is_a_reason(tmp_path: Path) -> None:
    assert isinstance(open_log(tmp_path / "none.log"), Unknown)
