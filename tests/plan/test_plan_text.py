"""A plan told to people: the verdict, lines for odoo.conf, the sums, what the rule does not say."""

from __future__ import annotations

import configparser
import re

from workeroo.facts.deployment import Deployment, Setting
from workeroo.facts.host import Cores, Host, Memory
from workeroo.facts.postgres import Postgres
from workeroo.plan.make import make_plan
from workeroo.plan.product import Plan
from workeroo.report.paint import Paint
from workeroo.report.plan_text import plan_text
from workeroo.units import GIB, MIB


def planned(memory_bytes: int = 8 * GIB, deployment: Deployment | None = None) -> Plan:
    host = Host(
        cores=Cores(logical=4, declared=True),
        memory=Memory(total_bytes=memory_bytes, declared=True),
    )
    return make_plan(host, deployment=deployment)


def told(plan: Plan, *, explain: bool = False) -> str:
    return plan_text(plan, Paint(), explain=explain)


def conf_of(text: str) -> str:
    return "[options]" + text.split("[options]")[1].split("\n\n", maxsplit=1)[0]


def test_the_verdict_comes_first_and_then_what_it_was_made_for() -> None:
    first, second, *_ = told(planned()).splitlines()

    assert first == "9 workers: 2 x 4 cores + 1, the golden rule."
    assert second == "For Odoo 19, role all, rule golden: 4 cores (declared), 8 GiB (declared)."


def test_a_reduced_number_says_so_in_the_verdict() -> None:
    assert told(planned(2 * GIB)).startswith(
        "5 workers instead of 9 (2 x 4 cores + 1, the golden rule): 9 x 300 MB = 2.7 GB"
    )


def test_no_line_is_longer_than_80_columns() -> None:
    for memory_bytes in (256 * MIB, 2 * GIB, 8 * GIB):
        text = told(planned(memory_bytes), explain=True)
        assert [line for line in text.splitlines() if len(line) > 80] == []


def test_the_middle_part_is_an_odoo_conf_that_any_series_can_read() -> None:
    parser = configparser.RawConfigParser()
    parser.read_string(conf_of(told(planned())))

    assert dict(parser["options"]) == {
        "workers": "9",
        "max_cron_threads": "1",
        "limit_memory_soft": "671088640",
        "limit_memory_hard": "805306368",
        "limit_time_cpu": "60",
        "limit_time_real": "120",
    }


def test_no_comment_stands_behind_a_value() -> None:
    lines = conf_of(told(planned())).splitlines()[1:]

    assert all(re.fullmatch(r"; .*|\w+ = \w+", line) for line in lines)


def test_what_stood_before_is_said_above_the_value_even_where_it_could_confuse_a_terminal() -> None:
    def now(option: str, value: str | int) -> Setting:
        return Setting(option=option, value=value, source="file", where="odoo.conf:1")

    odoo = Deployment(
        name="odoo",
        mode="prefork",
        series=19,
        settings={
            "workers": now("workers", 9),
            "limit_time_cpu": now("limit_time_cpu", 600),
            "limit_memory_soft": now("limit_memory_soft", "671088640 ; 640 MB"),
            "limit_memory_hard": now("limit_memory_hard", "\x1b[31m1"),
        },
    )

    text = told(planned(deployment=odoo))

    assert "; 9 = 2 x 4 cores + 1, the golden rule. As it is now.\nworkers = 9" in text
    assert "Was 600.\nlimit_time_cpu = 60" in text
    assert "Was 671088640 ; 640 MB." in " ".join(text.replace("\n; ", " ").split())
    assert "\x1b" not in text


def test_memory_that_stood_before_is_said_in_units() -> None:
    now = Setting(option="limit_memory_soft", value=2 * GIB, source="default", where="Odoo 19")
    odoo = Deployment(name="odoo", mode="prefork", series=19, settings={"limit_memory_soft": now})

    assert "Was 2 GiB.\nlimit_memory_soft = 671088640" in told(planned(deployment=odoo))


def test_the_sums_over_memory_and_connections_are_shown_with_their_verdicts() -> None:
    text = " ".join(told(planned()).split())

    assert "Memory 9 x 300 MB = 2.7 GB; 80 % of 8 GiB = 6.9 GB: fits" in text
    assert "Connections (9 + 1) x 64 + 1 x 64 = 704: not known whether PostgreSQL gives" in text


def test_connections_that_could_run_out_are_told_with_what_would_fit() -> None:
    odoo = Deployment(
        name="odoo",
        mode="prefork",
        series=19,
        postgres=Postgres(max_connections=20, reserved_connections=3),
    )

    text = " ".join(told(planned(deployment=odoo)).split())

    assert "(9 + 1) x 4 + 1 x 4 = 44 of 17: could run out; db_maxconn = 1 would fit" in text


def test_with_enough_connections_the_verdict_is_short() -> None:
    odoo = Deployment(
        name="odoo", mode="prefork", series=19, postgres=Postgres(max_connections=1000)
    )

    assert "= 704 of 997: fits; usually at most 33" in told(planned(deployment=odoo))


def test_memory_that_does_not_fit_is_told() -> None:
    assert "does not fit" in " ".join(told(planned(256 * MIB)).split())


def test_evidence_is_told_when_asked_for_the_surest_first() -> None:
    text = told(planned(), explain=True)

    assert "  declared  4 cores (--cores)\n" in text
    assert "  assumed   workers = cores x 2 + 1 (article: worker formula)\n" in text
    assert "Evidence" not in told(planned())


def test_colours_are_used_only_where_they_are_seen() -> None:
    assert "\x1b[" in plan_text(planned(), Paint(colour=True))
    assert "\x1b[" not in told(planned())
