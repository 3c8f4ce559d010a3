"""Does every value become what the real servers made of it?

`odooconf/values.json` was recorded from the configuration code of Odoo 14 and Odoo 19: for each
small file either the value in the end or that the server refused to start.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workeroo.catalog.options import OPTIONS, options_of
from workeroo.catalog.series import NEWEST, OLDEST, SERIES
from workeroo.errors import UsageError
from workeroo.facts.deployment import Setting
from workeroo.facts.effective import (
    effective,
    from_conf,
    renamed_entries,
    skipped_entries,
    unknown_entries,
)
from workeroo.facts.odooconf import parse_conf

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "odooconf" / "values.json").read_text(encoding="utf-8")
)


def settings(
    text: str, series: int = 19, *arguments: str, **environment: str
) -> dict[str, Setting]:
    conf = parse_conf(f"[options]\n{text}".encode(), "odoo.conf")
    return effective(series, conf, environment, arguments)


@pytest.mark.parametrize("series", [14, 19])
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['option']}-{case['text'][9:40]!r}")
def test_a_value_becomes_what_the_real_server_made_of_it(case: dict[str, Any], series: int) -> None:
    recorded = case.get(str(series))
    if recorded is None:
        return
    conf = parse_conf(case["text"].encode(), "odoo.conf")
    found = effective(series, conf, case.get("environment", {}), case.get("arguments", []))

    refusals = [s.refusal for s in found.values() if s.refusal and "will not start" in s.refusal]
    refusals += [problem.text for problem in conf.refusals()]
    assert bool(refusals) == ("refused" in recorded), refusals
    if "value" in recorded:
        assert found[case["option"]].value == recorded["value"]
        assert type(found[case["option"]].value) is type(recorded["value"])


def test_nothing_said_means_the_default_of_the_series() -> None:
    found = effective(16, None, {}, [])
    assert found["limit_request"].value == 8192
    assert found["limit_request"].source == "default"
    assert found["limit_request"].where == "Odoo 16"
    assert effective(17, None, {}, [])["limit_request"].value == 65536


@pytest.mark.parametrize("series", SERIES)
def test_every_option_of_a_series_has_a_setting(series: int) -> None:
    assert set(effective(series, None, {}, [])) == {option.name for option in options_of(series)}


def test_the_file_is_named_with_its_line() -> None:
    workers = settings("; nothing here\nworkers = 4\n")["workers"]
    assert (workers.value, workers.source, workers.where) == (4, "file", "odoo.conf:3")


def test_an_inline_comment_is_refused_with_the_reason() -> None:
    soft = settings("limit_memory_soft = 671088640 ; 640 MB\n")["limit_memory_soft"]
    assert soft.refusal == (
        "Odoo 19 will not start with this: '671088640 ; 640 MB' is not an integer "
        "(an inline comment is no comment to Odoo)"
    )


def test_an_indented_line_is_refused_with_the_reason() -> None:
    refusal = settings("workers = 4\n  max_cron_threads = 1\n", 16)["workers"].refusal
    assert refusal is not None
    assert refusal.endswith("(an indented line goes on with the value above it)")


def test_none_where_19_counts_is_refused_though_the_file_is_read() -> None:
    refusal = settings("limit_time_cpu = None\n")["limit_time_cpu"].refusal
    assert refusal is not None
    assert refusal.startswith("Odoo 19 will not work with this: None is no number")
    assert settings("limit_time_real = None\n")["limit_time_real"].refusal is None


def test_the_command_line_beats_the_environment_beats_the_file() -> None:
    assert settings("workers = 1\n")["workers"].value == 1
    assert settings("workers = 1\n", ODOO_WORKERS="2")["workers"].value == 2
    won = settings("workers = 1\n", 19, "--workers", "3", ODOO_WORKERS="2")["workers"]
    assert (won.value, won.source, won.where) == (3, "command line", "--workers")


def test_the_environment_is_not_read_before_19() -> None:
    assert settings("workers = 1\n", 18, ODOO_WORKERS="2")["workers"].value == 1


def test_the_command_line_of_a_live_process_is_read_as_it_stands() -> None:
    line = ["/venv/bin/python", "/usr/bin/odoo", "-c", "/etc/odoo.conf", "-p8070", "--no-http"]
    found = effective(18, None, {}, line)
    assert found["http_port"].value == 8070
    assert found["http_enable"].value is False


def test_the_last_of_two_arguments_counts() -> None:
    assert effective(19, None, {}, ["--workers=3", "--workers=5"])["workers"].value == 5


def test_an_argument_without_its_value_is_refused() -> None:
    refusal = effective(19, None, {}, ["--workers"])["workers"].refusal
    assert refusal is not None
    assert "command line ends" in refusal


def test_a_bad_value_that_the_command_line_overrules_stops_only_the_strict_series() -> None:
    assert settings("workers = x\n", 18, "--workers=4")["workers"].refusal is None
    assert settings("workers = x\n", 19, "--workers=4")["workers"].refusal is not None


def test_the_old_evented_port_is_heeded_in_17_and_forgotten_in_18() -> None:
    assert settings("longpolling_port = 9072\n", 15)["longpolling_port"].value == 9072
    assert settings("longpolling_port = 9072\n", 17)["gevent_port"].value == 9072
    assert settings("longpolling_port = 9072\n", 18)["gevent_port"].value == 8072


def test_the_old_evented_port_wins_over_the_new_one_unless_it_is_zero() -> None:
    assert settings("longpolling_port = 1\ngevent_port = 2\n", 16)["gevent_port"].value == 1
    assert settings("longpolling_port = 0\ngevent_port = 2\n", 16)["gevent_port"].value == 2


def test_of_old_and_new_port_names_the_last_line_wins() -> None:
    assert settings("http_port = 1\nxmlrpc_port = 2\n", 18)["http_port"].value == 2
    assert settings("xmlrpc_port = 2\nhttp_port = 1\n", 18)["http_port"].value == 1


def test_a_secret_is_never_shown_from_any_source() -> None:
    found = settings(
        "admin_passwd = hunter1\nsmtp_password = hunter2\n",
        19,
        "--db_password=hunter3",
        PGPASSWORD="hunter4",
    )
    assert "hunter" not in repr(found)
    assert found["admin_passwd"].value == "***"
    assert found["db_password"].value == "***"
    assert found["db_password"].source == "command line"


def test_a_password_that_is_not_set_has_no_value() -> None:
    assert settings("db_password = False\n", 14)["db_password"].value is None
    assert settings("", 19)["db_password"].value is None
    assert settings("", 19)["admin_passwd"].value == "***"


def test_an_admin_password_of_false_closes_the_manager_until_19_falls_back_to_the_default() -> None:
    assert settings("admin_passwd = False\n", 18)["admin_passwd"].value is None
    fallen_back = settings("admin_passwd = False\n", 19)["admin_passwd"]
    assert (fallen_back.value, fallen_back.source) == ("***", "default")


def test_credentials_inside_a_database_address_are_masked() -> None:
    found = settings("", 19, "-d", "postgresql://odoo:hunter@db/prod")
    assert found["db_name"].value == "postgresql://***@db/prod"


def test_an_option_outside_the_catalogue_is_there_only_when_it_is_refused() -> None:
    assert "smtp_port" not in settings("smtp_port = 25\n")
    refused = settings("smtp_port = 25 ; mail\n")["smtp_port"]
    assert refused.where == "odoo.conf:2"
    assert refused.refusal is not None


def test_syslog_and_logfile_exclude_each_other_in_19_only() -> None:
    text = "syslog = True\nlogfile = /var/log/odoo.log\n"
    assert settings(text, 18)["syslog"].refusal is None
    assert settings(text, 19)["syslog"].refusal is not None


def test_an_unknown_option_is_told_from_old_names_and_modules() -> None:
    text = b"[options]\nwrokers = 4\nxmlrpc_port = 1\nsentry_dsn = x\nsmtp_port = 25\nworkers = 1\n"
    conf = parse_conf(text, "odoo.conf")
    assert [entry.name for entry in unknown_entries(conf, 19)] == ["wrokers"]


def test_an_option_that_is_younger_than_the_series_is_unknown_to_it() -> None:
    conf = parse_conf(b"[options]\ngevent_port = 8072\n", "odoo.conf")
    assert [entry.name for entry in unknown_entries(conf, 15)] == ["gevent_port"]
    assert unknown_entries(conf, 16) == []


def test_a_renamed_option_says_whether_it_is_still_honoured() -> None:
    conf = parse_conf(b"[options]\nlongpolling_port = 8072\n", "odoo.conf")
    assert renamed_entries(conf, 15) == []
    assert [(r.option, r.honoured) for r in renamed_entries(conf, 16)] == [("gevent_port", True)]
    assert [(r.option, r.honoured) for r in renamed_entries(conf, 18)] == [("gevent_port", False)]


def test_false_on_a_number_is_passed_over_in_19_alone() -> None:
    conf = parse_conf(b"[options]\nlimit_memory_hard = False\n", "odoo.conf")
    assert [entry.name for entry in skipped_entries(conf, 19)] == ["limit_memory_hard"]
    assert skipped_entries(conf, 18) == []
    assert effective(19, conf, {}, [])["limit_memory_hard"].source == "default"
    assert effective(18, conf, {}, [])["limit_memory_hard"].value == 0


def test_a_file_judged_alone_is_a_deployment_that_does_not_run() -> None:
    conf = parse_conf(b"[options]\nworkers = 4\n", "/etc/odoo.conf")
    deployment = from_conf(conf, 17)
    assert (deployment.name, deployment.mode) == ("/etc/odoo.conf", "not running")
    assert (deployment.series, deployment.settings["workers"].value) == (17, 4)


def test_a_series_that_nobody_knows_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="Odoo 11 is not a series"):
        effective(11, None, {}, [])


@given(
    series=st.integers(OLDEST, NEWEST),
    name=st.sampled_from(sorted(OPTIONS)),
    value=st.text(max_size=30),
    arguments=st.lists(st.text(max_size=10), max_size=3),
)
def test_any_value_gives_a_setting_or_a_refusal(
    series: int, name: str, value: str, arguments: list[str]
) -> None:
    conf = parse_conf(f"[options]\n{name} = {value}".replace("\0", "").encode(), "odoo.conf")
    found = effective(series, conf, {f"ODOO_{name.upper()}": value}, arguments)
    assert all(s.refusal is None or s.refusal.startswith("Odoo") for s in found.values())
