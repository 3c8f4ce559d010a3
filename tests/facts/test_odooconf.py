"""Is an odoo.conf read exactly as Python's parser reads it, and told with its lines?"""

from __future__ import annotations

import configparser
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workeroo.errors import InputError
from workeroo.facts.conf import ConfFile, Entry
from workeroo.facts.effective import effective, renamed_entries, skipped_entries, unknown_entries
from workeroo.facts.odooconf import parse_conf

EXAMPLES = sorted((Path(__file__).parent / "odooconf").glob("*.conf"))


def read(text: str) -> ConfFile:
    return parse_conf(text.encode(), "odoo.conf")


def entry(text: str, option: str) -> Entry:
    found = read(text).entry(option)
    assert found is not None
    return found


def problems(text: str) -> list[tuple[str, int, bool]]:
    return [(problem.kind, problem.line, problem.fatal) for problem in read(text).problems]


# What stands in the file ----------------------------------------------------------------------


def test_an_entry_knows_its_line() -> None:
    assert entry("; a comment\n[options]\n\nworkers = 4\n", "workers").line == 4


def test_names_are_compared_in_lower_case() -> None:
    assert entry("[options]\nWORKERS = 4\n", "workers").value == "4"


def test_a_colon_stands_for_an_equals_sign() -> None:
    assert entry("[options]\nworkers: 4\n", "workers").value == "4"


def test_a_percent_sign_is_just_a_percent_sign() -> None:
    assert entry("[options]\ndbfilter = ^%d$\n", "dbfilter").value == "^%d$"


def test_an_indented_line_goes_on_with_the_value() -> None:
    assert entry("[options]\naddons_path = /a,\n    /b\n", "addons_path").value == "/a,\n/b"


def test_a_blank_line_does_not_end_a_value() -> None:
    assert entry("[options]\nworkers = 4\n\n  5\n", "workers").value == "4\n\n5"


def test_an_indented_comment_is_no_part_of_a_value() -> None:
    assert entry("[options]\nworkers = 4\n  ; five\n", "workers").value == "4"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_is_read(end: str) -> None:
    conf = read(end.join(["[options]", "workers = 4", "proxy_mode = True"]))
    assert [(e.name, e.value, e.line) for e in conf.entries] == [
        ("workers", "4", 2),
        ("proxy_mode", "True", 3),
    ]


def test_other_sections_are_kept_apart() -> None:
    conf = read("[options]\nworkers = 4\n[queue_job]\nworkers = 9\n")
    found = conf.entry("workers")
    assert found is not None
    assert found.value == "4"
    assert [e.section for e in conf.entries] == ["options", "queue_job"]


def test_what_stands_in_default_holds_in_options() -> None:
    text = "[DEFAULT]\nworkers = 4\nhttp_port = 1\n[options]\nhttp_port = 2\n"
    assert entry(text, "workers").value == "4"
    assert entry(text, "http_port").value == "2"


def test_a_file_without_an_options_section_sets_nothing() -> None:
    text = "[DEFAULT]\nworkers = 4\n[Options]\nworkers = 5\n"
    assert problems(text) == [("no-options-section", 1, False)]
    assert read(text).entry("workers") is None


# What the server refuses ----------------------------------------------------------------------


def test_a_duplicate_option_is_refused_with_both_lines() -> None:
    text = "[options]\nworkers = 4\nproxy_mode = True\nWorkers = 5\n"
    (problem,) = read(text).problems
    assert (problem.kind, problem.line, problem.fatal) == ("duplicate-option", 4, True)
    assert problem.text == "option 'workers' stands twice (first at line 2)"


def test_a_duplicate_section_is_refused_with_both_lines() -> None:
    (problem,) = read("[options]\nworkers = 4\n[options]\n").problems
    assert (problem.kind, problem.line, problem.fatal) == ("duplicate-section", 3, True)
    assert "first at line 1" in problem.text


def test_the_same_option_in_two_sections_is_no_duplicate() -> None:
    assert problems("[options]\na = 1\n[other]\na = 1\n") == []


def test_an_option_above_the_first_section_is_refused_once() -> None:
    assert problems("workers = 4\nproxy_mode = 1\n[options]\n") == [("no-section-header", 1, True)]


def test_a_byte_order_mark_is_refused_and_the_rest_still_read() -> None:
    conf = parse_conf(b"\xef\xbb\xbf[options]\nworkers = 4\n", "odoo.conf")
    assert [problem.kind for problem in conf.refusals()] == ["no-section-header"]
    assert conf.entry("workers") is not None


@pytest.mark.parametrize("line", ["workers", "= 4", ": 4", "# fine\nworkers"])
def test_a_line_without_name_or_delimiter_is_refused(line: str) -> None:
    assert [kind for kind, _, _ in problems(f"[options]\n{line}\n")] == ["not-an-option"]


def test_all_problems_are_told_at_once() -> None:
    text = "workers = 1\n[options]\nnonsense\na = 1\na = 2\n[options]\n"
    assert [line for _, line, _ in problems(text)] == [1, 3, 5, 6]


# What is no text ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "where", "what"),
    [
        (b"[options]\nworkers = 4\0\n", "odoo.conf:2", "NUL"),
        (b"[options]\r\n; caf\xe9\r\n", "odoo.conf:2", "0xe9 is not UTF-8"),
        (b"[options]\ra\r\xff", "odoo.conf:3", "0xff is not UTF-8"),
        ("[options]".encode("utf-16"), "odoo.conf:1", "UTF-16"),
        (b"\x7fELF\x02\x01\x01\x00", "odoo.conf:1", "NUL"),
    ],
)
def test_what_is_no_text_is_refused_with_its_line(data: bytes, where: str, what: str) -> None:
    with pytest.raises(InputError, match=what) as caught:
        parse_conf(data, "odoo.conf")
    assert caught.value.where == where
    assert caught.value.cure


# What its author meant as a comment -----------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "comment"),
    [
        ("limit_memory_soft = 671088640 ; 640 MB", "; 640 MB"),
        ("workers = 4 # four", "# four"),
        ("workers = 4;four", ";four"),
        ("workers = ; none", "; none"),
        ("proxy_mode = True ; behind nginx", "; behind nginx"),
        ("xmlrpc_port = 8069 ; web", "; web"),
        ("logfile = /var/log/odoo.log ; log", "; log"),
        ("workers = 4", None),
        ("logfile = /var/log/a;b#c.log", None),
        ("dbfilter = ^a ; b$", None),
        ("admin_passwd = a ; b", None),
        ("unheard_of = a ; b", None),
    ],
)
def test_an_inline_comment_is_seen_where_it_is_sure(line: str, comment: str | None) -> None:
    (found,) = read(f"[options]\n{line}\n").entries
    assert found.inline_comment == comment


# Secrets --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "trait"),
    [
        ("admin_passwd = admin", "default"),
        ("admin_passwd = hunter", "plain"),
        ("admin_passwd = $pbkdf2-sha512$600000$hunter", "hashed"),
        ("admin_passwd =", "empty"),
        ("db_password = False", "empty"),
        ("db_password = hunter\n  hunter", "plain"),
        ("sentry_dsn = https://hunter@sentry.io/1", "plain"),
        ("aws_secret_access_key = hunter", "plain"),
        ("encryption_key_prod = hunter", "plain"),
        ("api_token: hunter", "plain"),
        ("db_password hunter = hunter", "plain"),
    ],
)
@pytest.mark.parametrize("section", ["options", "queue_job"])
def test_a_secret_leaves_only_its_trait(section: str, line: str, trait: str) -> None:
    conf = read(f"[options]\n[{section}x]\n{line}\n")
    assert conf.entries[0].secret == trait
    assert trait == "empty" or conf.entries[0].value == "***"
    assert "hunter" not in repr(conf)


@pytest.mark.parametrize(
    "line",
    [
        "db_name = postgresql://odoo:hunter@db:5432/prod",
        "redis_url = redis://:hunter/@hunter@cache/0",
        "db_host = host=db password=hunter user=odoo",
        "broker = amqp://a:hunter@h1 amqp://a:hunter@h2",
        "dsn_of_pg = password='hunter hunter'",
    ],
)
def test_credentials_inside_a_value_are_masked(line: str) -> None:
    assert "hunter" not in repr(read(f"[options]\n{line}\n"))


def test_a_faulty_line_is_not_quoted() -> None:
    assert "hunter" not in repr(read("[options]\ndb_password hunter\nhunter\n"))


def test_the_place_of_a_key_is_no_secret() -> None:
    line = "smtp_ssl_private_key_filename = /etc/ssl/mail.key"
    assert read(f"[options]\n{line}\n").entries[0].value == "/etc/ssl/mail.key"


# Against Python's own parser ------------------------------------------------------------------

FRAGMENTS = st.sampled_from(
    [
        *("[options]", "[options]", "[x]", "[DEFAULT]", "[]", "[a", "[x] tail", " [options]"),
        *("a = 1", "b: 2", "a=", "=1", "name", "A = [x]", "c = 1 ; d", "d = %(a)s", "é=1"),
        *("", " ", "\t", "  more", "\tmore", "# c", " ; c", "f = = :", "\ufeff"),
        *("\x0b", "\x1c a = 1", "\u2028", "e = \x85"),
    ],
)
FILES = st.lists(FRAGMENTS, max_size=12).flatmap(
    lambda lines: st.sampled_from(["\n", "\r\n", "\r"]).map(lambda end: end.join(lines))
)


def by_python(data: bytes) -> dict[str, dict[str, str]] | None:
    """What RawConfigParser makes of a file, None where it refuses."""
    parser = configparser.RawConfigParser()
    try:
        with io.TextIOWrapper(io.BytesIO(data), encoding="utf-8") as stream:
            parser.read_file(stream)
    except configparser.Error:
        return None
    own = {name: dict(parser._sections[name]) for name in parser.sections()}  # type: ignore[attr-defined]  # without what [DEFAULT] lends
    return {**own, "DEFAULT": dict(parser.defaults())}


@given(FILES)
def test_entries_and_refusals_are_those_of_pythons_parser(text: str) -> None:
    data = text.encode()
    expected = by_python(data)
    conf = parse_conf(data, "odoo.conf")
    assert bool(conf.refusals()) == (expected is None)
    if expected is not None:
        found: dict[str, dict[str, str]] = {name: {} for name in expected}
        for one in conf.entries:
            found[one.section][one.name] = one.value
        assert found == expected


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_any_text_is_judged_as_python_judges_it(text: str) -> None:
    data = f"[options]\n{text}".encode()
    try:
        conf = parse_conf(data, "odoo.conf")
    except InputError:
        assert b"\0" in data
        return
    assert bool(conf.refusals()) == (by_python(data) is None)


@given(st.binary(max_size=300))
def test_any_bytes_give_a_file_or_an_input_error(data: bytes) -> None:
    try:
        conf = parse_conf(data, "odoo.conf")
    except InputError as error:
        where = error.where
    else:
        assert all(1 <= one.line <= len(data) + 1 for one in conf.entries)
        where = conf.path
    assert str(where).startswith("odoo.conf")


# Real-shaped files ----------------------------------------------------------------------------


def summary(conf: ConfFile, series: int) -> dict[str, Any]:
    """What the expectation beside an example speaks of."""
    found = effective(series, conf, {}, [])
    return {
        "series": series,
        "problems": [[p.kind, p.line, p.fatal] for p in conf.problems],
        "refused": {name: s.where for name, s in sorted(found.items()) if s.refusal},
        "set": {
            name: s.value
            for name, s in sorted(found.items())
            if s.source == "file" and not s.refusal
        },
        "comments": [[e.line, e.inline_comment] for e in conf.entries if e.inline_comment],
        "secrets": [[e.name, e.secret] for e in conf.entries if e.secret],
        "unknown": [e.name for e in unknown_entries(conf, series)],
        "renamed": [[r.entry.name, r.option, r.honoured] for r in renamed_entries(conf, series)],
        "skipped": [e.name for e in skipped_entries(conf, series)],
    }


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_read_as_its_expectation_says(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    conf = parse_conf(path.read_bytes(), path.name)
    assert summary(conf, expected["series"]) == expected


def test_there_are_enough_examples() -> None:
    assert len(EXAMPLES) >= 12
