"""Does every byte of an odoo.conf stay that is not a decided value, and does each value hold?"""

from __future__ import annotations

import configparser
import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workeroo.catalog.options import ALIASES, OPTIONS
from workeroo.catalog.product import Value
from workeroo.catalog.series import SERIES
from workeroo.facts.effective import effective
from workeroo.facts.lossless import decode, encode
from workeroo.facts.odooconf import parse_conf
from workeroo.plan.product import Decision
from workeroo.render.odooconf import edit_conf, renew_conf
from workeroo.render.odooconf_mend import mend_conf

CONFS = sorted((Path(__file__).parent / "confs").glob("*.conf"))
NOT_MENDABLE = {
    "latin-1-comment": "the file is no UTF-8",
    "no-header": "an option stands above every section",
    "options-twice": "which of two sections was meant is not known",
    "port-twice-otherwise": "which of two values was meant is not known",
}
"""Files that no server takes before or after, with the reason."""

REASON, TAKEN_OUT = "; workeroo: ", "; workeroo took out: "
DECIDED: dict[str, Value] = {
    "workers": 5,
    "max_cron_threads": 1,
    "limit_memory_soft": 2147483648,
    "limit_memory_hard": 2684354560,
    "limit_time_cpu": 60,
    "limit_time_real": 120,
    "limit_request": 8192,
    "db_maxconn": 32,
    "proxy_mode": True,
    "http_port": 8069,
    "http_interface": "127.0.0.1",
    "longpolling_port": 8072,
    "gevent_port": 8072,
}


def decisions(series: int, values: dict[str, Value] = DECIDED) -> list[Decision]:
    return [
        Decision(
            option=name, value=value, why=f"{name}, for the reason that {'x ' * 60}", evidence=[]
        )
        for name, value in values.items()
        if OPTIONS[name].exists(series)
    ]


# An oracle that knows nothing of the editor: lines, and one pattern --------------------------


TAKEN_OUT_IN_FRONT = re.compile(rf"^(\s*){re.escape(TAKEN_OUT)}")
OPTION = re.compile(r"(\s*([^=:\s]+)\s*[=:]\s*)(.*?)(\s*)", re.DOTALL)


def split(text: str) -> list[str]:
    """The lines with their ends, without reasons, and with what was taken out back in its place."""
    lines = [TAKEN_OUT_IN_FRONT.sub(r"\1", line) for line in io.StringIO(text, newline="")]
    return [line for line in lines if not line.strip().startswith(REASON.strip())]


def end_of(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :]


def is_same_but_for_the_value(before: str, after: str, names: set[str]) -> bool:
    old, new = OPTION.fullmatch(before.rstrip("\r\n")), OPTION.fullmatch(after.rstrip("\r\n"))
    if old is None or new is None or new[2].lower() not in names or end_of(before) != end_of(after):
        return False
    if not old[3]:  # an empty value is set apart from its delimiter by at most one blank
        front = old[0].rstrip()
        return new[2] == old[2] and new[1] in (front, front + " ", old[1])
    return (old[1], old[4]) == (new[1], new[4])


def is_new(line: str, before: str, names: set[str]) -> bool:
    """Whether a line may be there that was not: an option, a moved comment, a first section."""
    text = line.strip()
    if text.startswith((";", "#")):
        return text in before or text.startswith("; The settings of this Odoo server.")
    name, _, value = text.partition(" = ")
    if TAKEN_OUT + text in before:
        return True  # a comment of an earlier run that stood behind a value
    return (name in names and bool(value)) or text in ("", "[options]")


def what_was_lost(before: str, after: str, names: set[str]) -> list[str]:
    """The lines of the first text that the second one does not hold, or holds otherwise."""
    rest = split(before)
    last_has_no_end = bool(rest) and not end_of(rest[-1])
    for line in split(after):
        wanted = rest[0] if rest else None
        found = line.rstrip("\r\n") if last_has_no_end and len(rest) == 1 else line
        if wanted is not None and (
            found == wanted or is_same_but_for_the_value(wanted, found, names)
        ):
            rest.pop(0)
        elif not is_new(line, before, names):
            return [line, *rest]
    if last_has_no_end and end_of(after):
        return ["the missing end of the last line"]
    return rest


def names_of(made: list[Decision]) -> set[str]:
    return {decision.option for decision in made}


def by_python(data: bytes) -> configparser.RawConfigParser | None:
    """What the parser of every series makes of a file, None where it refuses."""
    parser = configparser.RawConfigParser()
    try:
        with io.TextIOWrapper(io.BytesIO(data), encoding="utf-8") as stream:
            parser.read_file(stream)
    except (configparser.Error, UnicodeDecodeError):
        return None
    return parser


def others(
    parser: configparser.RawConfigParser, made: list[Decision]
) -> dict[tuple[str, str], str]:
    """Every value of every section that no decision is about."""
    names = {d.option for d in made}
    names |= {older for older, option in ALIASES.items() if option in names}
    return {
        (section, name): value
        for section in parser.sections()
        for name, value in parser.items(section)
        if section != "options" or name not in names
    }


def wrong(data: bytes, made: list[Decision], series: int) -> list[str]:
    """The decided options that do not have their value in a file."""
    settings = effective(series, parse_conf(data, "odoo.conf"), {}, [])
    return [
        d.option
        for d in made
        if settings[d.option].value != d.value or settings[d.option].refusal is not None
    ]


# Real-shaped files ----------------------------------------------------------------------------


@pytest.mark.parametrize("series", SERIES)
@pytest.mark.parametrize("path", CONFS, ids=lambda path: path.stem)
def test_an_edited_file_keeps_every_byte_outside_the_decided_values(
    path: Path, series: int
) -> None:
    before, made = decode(path.read_bytes()), decisions(series)
    after = edit_conf(before, made, series).text
    assert encode(before) == path.read_bytes()
    assert what_was_lost(before, after, names_of(made)) == []


@pytest.mark.parametrize("series", SERIES)
@pytest.mark.parametrize("path", CONFS, ids=lambda path: path.stem)
def test_a_renewed_file_is_read_by_the_server_with_the_decided_values(
    path: Path, series: int
) -> None:
    before, made = path.read_bytes(), decisions(series)
    renewed = renew_conf(decode(before), made, series)
    after = encode(renewed.text)
    if path.stem in NOT_MENDABLE:
        assert by_python(after) is None
        assert any("Odoo does not start" in sentence for sentence in renewed.said)
        assert encode(mend_conf(decode(after), series).text) == after
        return
    assert by_python(after) is not None
    assert parse_conf(after, "odoo.conf").problems == []
    assert wrong(after, made, series) == []


@pytest.mark.parametrize("series", SERIES)
@pytest.mark.parametrize("path", CONFS, ids=lambda path: path.stem)
def test_a_second_edit_changes_nothing(path: Path, series: int) -> None:
    made = decisions(series)
    once = renew_conf(decode(path.read_bytes()), made, series).text
    assert renew_conf(once, made, series).text == once


@pytest.mark.parametrize("path", CONFS, ids=lambda path: path.stem)
def test_no_line_of_workeroo_is_longer_than_100_characters(path: Path) -> None:
    after = edit_conf(decode(path.read_bytes()), decisions(19), 19).text
    own = [line for line in after.splitlines() if "; workeroo: " in line]
    assert own
    assert max(len(line) for line in own if "; workeroo: " in line) <= 100


def test_there_are_enough_examples() -> None:
    assert len(CONFS) >= 60


def test_the_oracle_sees_a_lost_byte() -> None:
    before = "[options]\r\nworkers = 2 \r\n; a\r\ndb_name = x"
    names = {"workers"}
    good = "[options]\r\n; workeroo: why\r\nworkers = 5 \r\n; a\r\ndb_name = x"
    assert what_was_lost(before, good, names) == []
    for bad in (
        good.replace("5 \r", "5\r"),
        good.replace("\r\n; a", "\n; a"),
        good.replace("; a\r\n", ""),
        good + "\n",
        good.replace("= x", "= y"),
        good.replace("workers =", "workers  ="),
    ):
        assert what_was_lost(before, bad, names) != []


# Any file -------------------------------------------------------------------------------------


LINES = st.sampled_from(
    [
        *("[options]", "[options]", "[options]", "[DEFAULT]", "[queue_job]", " [options]", "  [x]"),
        *(
            "workers = 4",
            "workers=5",
            "Workers: 6 ; six",
            "  workers = 3",
            "workers =",
            "\tworkers",
        ),
        *("proxy_mode = True", "proxy_mode = 0 # off", "limit_memory_soft = 671088640 ; 640 MB"),
        *(
            "longpolling_port = 8072",
            "longpolling_port = 1",
            "gevent_port = 2",
            "  gevent_port=8072",
        ),
        *("xmlrpc_port = 1", "http_port = 8069", "http_port = 8070 ; x", "http_interface = "),
        *("db_name = a", "db_name = a", "db_name = b", "smtp_port = 25 ; mail", "é = 1", "x = [y]"),
        *(
            "; a comment",
            "# another",
            "  ; indented",
            "; workeroo: old",
            "; workeroo took out: a = 1",
        ),
        *(
            "",
            "",
            " ",
            "\t",
            "  more",
            "\tworkers = 8",
            "nonsense",
            "= 1",
            "\ufeff",
            "\x0b",
            "a: \x85",
        ),
        *("log_handler = :INFO ; all", "limit_time_cpu = None", "workers = 0x5", "workers = False"),
    ]
)
ENDS = st.sampled_from(["\n", "\n", "\n", "\r\n", "\r", ""])
FILES = st.tuples(
    st.lists(st.tuples(LINES, ENDS), max_size=14), st.sampled_from(["", "[options]\n"])
)
TEXTS = FILES.map(lambda drawn: drawn[1] + "".join(line + end for line, end in drawn[0]))
VALUES: st.SearchStrategy[dict[str, Value]] = st.fixed_dictionaries(
    {},
    optional={
        name: st.booleans() if isinstance(value, bool)
        else st.integers(1, 10**11) if isinstance(value, int)
        else st.sampled_from(["0.0.0.0", "127.0.0.1", "::1"])  # noqa: S104 - a value, not a socket
        for name, value in DECIDED.items()
    },
)  # fmt: skip
ANY_SERIES = st.sampled_from(sorted(SERIES))


@given(TEXTS, VALUES, ANY_SERIES)
def test_no_byte_outside_the_decided_values_is_lost(
    text: str, values: dict[str, Value], series: int
) -> None:
    made = decisions(series, values)
    after = edit_conf(text, made, series).text
    assert what_was_lost(text, after, names_of(made)) == []


@given(TEXTS, VALUES, ANY_SERIES)
def test_editing_twice_is_editing_once(text: str, values: dict[str, Value], series: int) -> None:
    made = decisions(series, values)
    for deed in (edit_conf, renew_conf):
        once = deed(text, made, series).text
        assert deed(once, made, series).text == once


@given(TEXTS, VALUES, ANY_SERIES)
def test_what_the_parser_takes_has_the_decided_values(
    text: str, values: dict[str, Value], series: int
) -> None:
    made = decisions(series, values)
    after = encode(renew_conf(text, made, series).text)
    conf = parse_conf(after, "odoo.conf")
    assert (by_python(after) is None) == bool(conf.refusals())
    if not conf.refusals():
        assert wrong(after, made, series) == []


@given(TEXTS, VALUES, ANY_SERIES)
def test_no_other_value_changes_in_a_file_that_the_parser_takes(
    text: str, values: dict[str, Value], series: int
) -> None:
    made = decisions(series, values)
    before = by_python(encode(text))
    if before is None:
        return
    after = by_python(encode(edit_conf(text, made, series).text))
    assert after is not None
    expected = others(before, made)
    lent = {} if before.has_section("options") else dict(before.defaults())
    found = {key: value for key, value in others(after, made).items() if key[1] not in lent}
    assert found == {key: value for key, value in expected.items() if key[1] not in lent}


@given(TEXTS, ANY_SERIES)
def test_a_file_that_the_server_takes_needs_no_mending(text: str, series: int) -> None:
    conf = parse_conf(encode(text), "odoo.conf")
    refused = any(setting.refusal for setting in effective(series, conf, {}, []).values())
    if not refused and not conf.refusals():
        assert mend_conf(text, series).text == text


@given(TEXTS, ANY_SERIES)
def test_a_mended_file_is_mended(text: str, series: int) -> None:
    once = mend_conf(text, series).text
    assert mend_conf(once, series).text == once


@given(st.binary(max_size=300).map(decode) | st.text(max_size=200), VALUES, ANY_SERIES)
def test_any_text_can_be_edited(text: str, values: dict[str, Value], series: int) -> None:
    once = renew_conf(text, decisions(series, values), series).text
    assert renew_conf(once, decisions(series, values), series).text == once


@given(st.binary(max_size=200), st.binary(max_size=200), ANY_SERIES)
def test_no_byte_of_any_file_is_lost(above: bytes, below: bytes, series: int) -> None:
    data = decode(above + b"\n[options]\nworkers = 1\n" + below)
    made = decisions(series, {"workers": 5})
    after = edit_conf(data, made, series).text
    assert what_was_lost(data, after, names_of(made)) == []
