"""Is a command line read as Odoo's option parser reads it?"""

from __future__ import annotations

import pytest

from workeroo.facts.arguments import given, named_conf


def told(*arguments: str, series: int = 18) -> list[tuple[str, str, str | None]]:
    return [(a.option.name, a.flag, a.value) for a in given(series, arguments)]


@pytest.mark.parametrize(
    "arguments", [["--workers=4"], ["--workers", "4"], ["odoo", "gevent", "--workers=4"]]
)
def test_a_long_option_takes_its_value_with_or_without_equals_sign(arguments: list[str]) -> None:
    assert told(*arguments) == [("workers", "--workers", "4")]


@pytest.mark.parametrize("arguments", [["-p", "8070"], ["-p8070"]])
def test_a_short_option_takes_its_value_glued_or_not(arguments: list[str]) -> None:
    assert told(*arguments) == [("http_port", "-p", "8070")]


def test_a_switch_takes_no_value() -> None:
    assert told("--proxy-mode", "--workers=4") == [
        ("proxy_mode", "--proxy-mode", None),
        ("workers", "--workers", "4"),
    ]


def test_an_old_flag_counts_only_where_the_series_takes_it() -> None:
    assert told("--xmlrpc-port=1", series=18) == [("http_port", "--xmlrpc-port", "1")]
    assert told("--xmlrpc-port=1", series=19) == []
    assert told("--longpolling-port=1", series=15) == [
        ("longpolling_port", "--longpolling-port", "1")
    ]
    assert told("--longpolling-port=1", series=17) == [("gevent_port", "--longpolling-port", "1")]


def test_nothing_counts_after_two_dashes() -> None:
    assert told("--workers=4", "--", "--workers=5") == [("workers", "--workers", "4")]


@pytest.mark.parametrize(
    ("arguments", "environment", "path"),
    [
        (["-c", "/a"], {"ODOO_RC": "/b"}, "/a"),
        (["-c/a"], {}, "/a"),
        (["--config=/a"], {}, "/a"),
        (["--config", "/a", "-c", "/c"], {}, "/c"),
        ([], {"ODOO_RC": "/b"}, "/b"),
        ([], {"ODOO_RC": ""}, None),
        (["--workers", "-c"], {}, None),
        (["-c"], {}, None),
        ([], {}, None),
    ],
)
def test_the_file_that_the_server_was_told_to_read(
    arguments: list[str], environment: dict[str, str], path: str | None
) -> None:
    assert named_conf(environment, arguments) == path


def test_a_shortcut_of_the_log_stands_for_its_value_and_takes_none() -> None:
    assert told("--log-sql", "--workers=4") == [
        ("log_handler", "--log-sql", "odoo.sql_db:DEBUG"),
        ("workers", "--workers", "4"),
    ]
    assert told("--log-request", series=15) == [
        ("log_handler", "--log-request", "odoo.http.rpc.request:DEBUG")
    ]
    assert told("--log-request", series=16) == []
