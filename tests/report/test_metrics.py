"""Does Prometheus get what was seen, by its conventions, and do dashboard and alerts ask for it?"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.report.top_looks import EARLIER, LATER, STATUS, worker

from workeroo.report.metrics_totals import Seen, Totals

pytest.importorskip("prometheus_client", reason="the extra `metrics` is not installed")

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from workeroo.report.metrics import Metrics

GRAFANA = files("workeroo.report") / "grafana"
NAME = re.compile(r"\bworkeroo_[a-z_]+")


def exposition(seen: Seen) -> str:
    registry = CollectorRegistry()
    registry.register(Metrics(lambda: seen))
    return generate_latest(registry).decode()


def samples(seen: Seen) -> dict[str, float]:
    return {
        sample.name + json.dumps(sample.labels, sort_keys=True): sample.value
        for family in text_string_to_metric_families(exposition(seen))
        for sample in family.samples
    }


def whole() -> Seen:
    totals = Totals()
    totals.add(EARLIER)
    totals.add(LATER)
    return Seen(deployment="odoo", port=8069, pulse=LATER, totals=totals, autopilot=STATUS)


def test_a_look_is_told_in_base_units() -> None:
    told = samples(whole())

    assert told['workeroo_http_workers{"state": "busy"}'] == 2
    assert told["workeroo_queue_connections{}"] == 3
    assert told["workeroo_queue_limit_connections{}"] == 32
    assert told['workeroo_host_pressure_ratio{"resource": "cpu"}'] == pytest.approx(0.374)
    assert told['workeroo_worker_pss_bytes{"part": "http_worker", "pid": "2011"}'] == 81 * 1024**2
    assert 'workeroo_worker_pss_bytes{"part": "http_worker", "pid": "2013"}' not in told
    assert told['workeroo_programs{"program": "wkhtmltopdf"}'] == 1
    assert told['workeroo_autopilot_signals_total{"signal": "SIGTTIN"}'] == 2


def test_what_happened_between_two_questions_adds_up() -> None:
    told = samples(whole())

    assert told["workeroo_requests_served_total{}"] == 8
    assert told["workeroo_http_workers_busy_seconds_total{}"] == 2  # two, for one second
    assert told["workeroo_queue_waiting_seconds_total{}"] == 3
    assert told["workeroo_shortage_seconds_total{}"] == 0  # one was idle
    assert told['workeroo_cpu_seconds_total{"part": "cron_worker"}'] == pytest.approx(0.9)


def test_a_worker_that_was_replaced_is_counted_and_keeps_its_time() -> None:
    totals = Totals()
    first = msgspec.structs.replace(EARLIER, workers=(worker(1, cpu_seconds=5.0),))
    then = msgspec.structs.replace(LATER, workers=(worker(2, cpu_seconds=0.25),))
    totals.add(first)
    totals.add(then)

    assert (totals.started, totals.ended, totals.restarts) == (1, 1, 0)
    assert totals.cpu_seconds == {"http worker": 0.25}


def test_another_master_is_a_restart_and_no_counter_goes_back() -> None:
    totals = Totals()
    for pulse in (EARLIER, LATER):
        totals.add(pulse)
    before = msgspec.json.encode(vars(totals) | {"_last": None})
    totals.add(msgspec.structs.replace(LATER, at_seconds=111.0, master_pid=9, served=0))

    assert totals.restarts == 1
    totals.restarts = 0
    assert msgspec.json.encode(vars(totals) | {"_last": None}) == before


def test_a_time_in_which_nobody_looked_counts_for_nothing() -> None:
    totals = Totals()
    totals.add(EARLIER)
    totals.add(msgspec.structs.replace(LATER, at_seconds=EARLIER.at_seconds + 3600))

    assert (totals.busy_seconds, totals.waiting_seconds) == (0, 0)
    assert totals.served == 8


def test_a_server_that_is_not_there_is_told_as_down() -> None:
    told = samples(Seen(deployment="odoo", port=8069, pulse=None, totals=Totals()))

    assert told["workeroo_up{}"] == 0
    assert "workeroo_queue_connections{}" not in told


def test_names_follow_the_conventions() -> None:
    for family in text_string_to_metric_families(exposition(whole())):
        assert family.documentation.endswith("."), family.name
        if family.type == "counter":
            assert all(sample.name.endswith("_total") for sample in family.samples)
        assert not re.search(r"milli|_ms$|percent|_mb$|kib", family.name)


def known() -> set[str]:
    return {
        sample.name
        for family in text_string_to_metric_families(exposition(whole()))
        for sample in family.samples
    }


def test_the_dashboard_asks_only_for_what_there_is() -> None:
    board: dict[str, Any] = json.loads((GRAFANA / "dashboard.json").read_text(encoding="utf-8"))
    asked = [target["expr"] for panel in board["panels"] for target in panel["targets"]]

    assert len(asked) > 12
    assert {name for expr in asked for name in NAME.findall(expr)} <= known()
    ids = [panel["id"] for panel in board["panels"]]
    assert len(set(ids)) == len(ids)


def test_the_alerts_ask_only_for_what_there_is() -> None:
    rules = (GRAFANA / "alerts.yml").read_text(encoding="utf-8")

    assert set(NAME.findall(rules)) <= known()
    alerts = rules.split("- alert:")[1:]
    assert len(alerts) > 8
    assert all("summary:" in alert and "cure:" in alert for alert in alerts)


PROMTOOL = shutil.which("promtool")


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed (Debian: prometheus)")
def test_promtool_accepts_alerts_expressions_and_exposition(tmp_path: Path) -> None:
    board = json.loads((GRAFANA / "dashboard.json").read_text(encoding="utf-8"))
    asked = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    rules = "".join(
        f"  - record: dashboard:{n}\n    expr: >-\n      {expr.replace('$__rate_interval', '1m')}\n"
        for n, expr in enumerate(asked)
    )
    page = tmp_path / "dashboard.yml"
    page.write_text(f"groups:\n- name: dashboard\n  rules:\n{rules}", encoding="utf-8")

    assert PROMTOOL is not None
    for checked in (str(GRAFANA / "alerts.yml"), str(page)):
        subprocess.run([PROMTOOL, "check", "rules", checked], check=True)
    subprocess.run([PROMTOOL, "check", "metrics"], input=exposition(whole()), text=True, check=True)
