"""Do the tables of options and series hold together?"""

from __future__ import annotations

import pytest

from workeroo.catalog.options import ALIASES, OPTIONS, canonical, options_of
from workeroo.catalog.othernames import OTHER_NAMES, is_known
from workeroo.catalog.product import Option
from workeroo.catalog.series import NEWEST, OLDEST, SERIES

SIZED = ("int", "bytes", "seconds", "float")
SIZING = ("workers", "memory", "time", "cron", "evented", "database")

BY_NAME = pytest.mark.parametrize("option", OPTIONS.values(), ids=lambda option: option.name)


@BY_NAME
def test_an_option_has_at_most_one_default_in_a_series_and_no_gap(option: Option) -> None:
    counts = [sum(default.holds(series) for default in option.defaults) for series in SERIES]
    assert max(counts) == 1
    existing = [series for series, count in zip(SERIES, counts, strict=True) if count]
    assert existing == list(range(existing[0], existing[-1] + 1))


@BY_NAME
def test_a_default_has_the_type_of_its_option(option: Option) -> None:
    types = {"float": float, "bool": bool, "str": str, "path": str, "list": str, "secret": str}
    expected = types.get(option.kind, int)
    assert {type(d.value) for d in option.defaults} <= {expected, type(None)}


@BY_NAME
def test_an_option_is_its_own_manual_page(option: Option) -> None:
    texts = [option.does, option.too_low, option.too_high, option.zero]
    assert option.does
    assert all(text.endswith(".") and "  " not in text for text in texts if text)
    assert option.source.startswith("odoo/")


@pytest.mark.parametrize(
    "option",
    [o for o in OPTIONS.values() if o.kind in SIZED and o.topic in SIZING],
    ids=lambda option: option.name,
)
def test_an_option_with_a_size_says_what_happens_when_it_is_too_low_and_too_high(
    option: Option,
) -> None:
    """It would be no advice to show a number without that."""
    assert option.too_low
    assert option.too_high


def test_names_that_are_left_alone_have_their_reason() -> None:
    assert [name.name for name in OTHER_NAMES.values() if not name.why.endswith(".")] == []


@BY_NAME
def test_a_switch_turns_its_default_around_so_the_default_never_changes(option: Option) -> None:
    if option.kind == "bool":
        assert len({default.value for default in option.defaults}) == 1


@pytest.mark.parametrize("series", SERIES)
def test_no_flag_belongs_to_two_options_of_a_series(series: int) -> None:
    flags = [
        flag
        for option in options_of(series)
        for flag in [
            option.flag,
            option.short,
            *(other.name for other in option.other_flags if other.holds(series)),
        ]
        if flag
    ]
    assert len(flags) == len(set(flags))


def test_no_name_is_both_ours_and_another() -> None:
    assert not set(OPTIONS) & set(OTHER_NAMES)
    assert not set(ALIASES) & set(OTHER_NAMES)


def test_an_old_name_leads_to_its_option_only_where_it_is_honoured() -> None:
    assert [canonical("xmlrpc_port", series) for series in (12, 18, 19)] == [
        "http_port",
        "http_port",
        None,
    ]


def test_a_name_that_is_option_and_alias_changes_its_part_with_the_series() -> None:
    assert [canonical("longpolling_port", series) for series in (15, 16, 17, 18)] == [
        "longpolling_port",
        "gevent_port",
        "gevent_port",
        None,
    ]


def test_an_option_is_unknown_to_a_series_before_it_came() -> None:
    assert canonical("limit_memory_soft_gevent", 17) is None
    assert canonical("limit_memory_soft_gevent", 18) == "limit_memory_soft_gevent"


def test_the_evented_port_option_of_a_series_exists_in_it() -> None:
    for series in SERIES.values():
        assert OPTIONS[series.evented_port_option].exists(series.number)


def test_series_are_found_without_a_gap() -> None:
    assert list(SERIES) == list(range(OLDEST, NEWEST + 1))


@pytest.mark.parametrize(
    ("name", "series", "known"),
    [
        ("smtp_server", 12, True),
        ("geoip_database", 18, True),
        ("geoip_database", 19, False),
        ("sentry_dsn", 19, True),
        ("running_env", 16, True),
        ("wrokers", 16, False),
        ("my_sentry_dsn", 16, False),
    ],
)
def test_names_that_do_not_concern_us_are_told_from_unknown_ones(
    name: str, series: int, *, known: bool
) -> None:
    assert is_known(name, series) is known
