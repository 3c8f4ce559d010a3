"""Does `workeroo diagnose` answer people, programs and CI, whatever log it is given?"""

from __future__ import annotations

import gzip
import json
import os
import pty
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.probe.logworld import PACKED, WRAPPED, log, request, stamped

from workeroo.cli import run
from workeroo.cli.follow import news
from workeroo.workload.product import Diagnosis, Incident

Printed = pytest.CaptureFixture[str]

KILLED = stamped(500, "odoo.service.server: WorkerHTTP (7) timeout after 120s", pid=1).replace(
    "INFO", "ERROR"
)
CALM = [request(n, pid=7 + n % 3) for n in range(400)]


@pytest.fixture
def calm(tmp_path: Path) -> Path:
    path = tmp_path / "odoo.log"
    path.write_bytes(log(CALM))
    return path


@pytest.fixture
def troubled(tmp_path: Path) -> Path:
    path = tmp_path / "troubled.log"
    path.write_bytes(log([*CALM, KILLED]))
    return path


def workeroo(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "workeroo", "diagnose", *arguments],
        input=stdin,
        capture_output=True,
        check=False,
    )


def test_a_calm_log_is_told_as_such_with_what_was_read(calm: Path, capsys: Printed) -> None:
    assert run(["diagnose", str(calm)]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Nothing went wrong."
    assert "400 lines" in " ".join(lines[:3])


def test_a_killed_worker_is_the_verdict_and_the_exit_status(
    troubled: Path, capsys: Printed
) -> None:
    assert run(["diagnose", str(troubled)]) == 2

    assert capsys.readouterr().out.startswith("1 error.\nWorst: ")


def test_json_is_the_product(troubled: Path, capsys: Printed) -> None:
    import msgspec  # noqa: PLC0415

    assert run(["diagnose", str(troubled), "--json"]) == 2

    told = msgspec.json.decode(capsys.readouterr().out, type=Diagnosis)
    assert [incident.id for incident in told.incidents] == ["worker-time-limit"]
    assert told.source.files == [str(troubled)]
    assert told.source.lines == 401
    assert told.workload.requests == 400


@pytest.mark.parametrize("form", [*PACKED, *WRAPPED])
def test_every_form_of_a_log_gets_the_same_diagnosis(
    form: str, troubled: Path, tmp_path: Path, capsys: Printed
) -> None:
    other = tmp_path / "other"
    other.write_bytes({**PACKED, **WRAPPED}[form](troubled.read_bytes()))

    run(["diagnose", str(troubled), "--json"])
    plain = json.loads(capsys.readouterr().out)
    run(["diagnose", str(other), "--json"])
    told = json.loads(capsys.readouterr().out)

    assert told["source"].pop("files") == [str(other)]
    assert plain["source"].pop("files") == [str(troubled)]
    assert told == plain


def test_stdin_is_read(troubled: Path) -> None:
    done = workeroo("-", stdin=gzip.compress(troubled.read_bytes()))

    assert done.returncode == 2
    assert b"Read: stdin (" in done.stdout
    assert done.stderr == b""


def test_rotated_logs_in_the_wrong_order_tell_what_one_log_tells(
    tmp_path: Path, capsys: Printed
) -> None:
    whole, old, new = tmp_path / "whole", tmp_path / "odoo.log.1", tmp_path / "odoo.log"
    lines = [*CALM, KILLED]
    whole.write_bytes(log(lines))
    old.write_bytes(log(lines[:200]))
    new.write_bytes(log(lines[200:]))

    run(["diagnose", "--json", str(whole)])
    one = json.loads(capsys.readouterr().out)
    run(["diagnose", "--json", str(new), str(old), str(new)])
    two = json.loads(capsys.readouterr().out)

    assert two["source"]["files"] == [str(old), str(new)]
    assert two["source"]["lines"] == one["source"]["lines"]
    assert two["incidents"] == one["incidents"]
    assert two["workload"] == one["workload"]


def test_of_several_files_the_bad_one_is_said(calm: Path, tmp_path: Path, capsys: Printed) -> None:
    assert run(["diagnose", str(calm), str(tmp_path / "gone.log")]) == 0

    text = capsys.readouterr().out
    assert text.startswith("Nothing went wrong, as far as could be read.\n")
    assert "gone.log: no such file" in " ".join(text.split())


def test_a_packed_log_that_is_cut_short_is_read_and_said(
    troubled: Path, tmp_path: Path, capsys: Printed
) -> None:
    cut = tmp_path / "cut.gz"
    packed = gzip.compress(troubled.read_bytes())
    cut.write_bytes(packed[:-100])

    assert run(["diagnose", str(cut), "--json"]) in {0, 2}

    told = json.loads(capsys.readouterr().out)
    assert told["source"]["skipped"] == [f"{cut}: its end is missing; what came before it was read"]
    assert told["workload"]["requests"] > 100


def test_only_the_lines_of_a_span_count(troubled: Path, capsys: Printed) -> None:
    span = ["--since", "2026-11-23 16:01", "--until", "2026-11-23 16:02:00"]

    assert run(["diagnose", "--json", *span, str(troubled)]) == 0

    told = json.loads(capsys.readouterr().out)
    assert told["workload"]["requests"] == 60
    assert told["source"]["lines"] == 60


def test_a_span_without_a_line_is_no_calm_one(calm: Path, capsys: Printed) -> None:
    assert run(["diagnose", "--until", "2020-01-01", str(calm)]) == 0

    assert capsys.readouterr().out.startswith("There is no line to read.\n")


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["gone.log"], 66, "gone.log: no such file; give the path of a log"),
        (["/"], 65, "/: this is a folder; name the logs in it"),
        (["--since", "soon", "odoo.log"], 64, "'soon' is not a time"),
        (["--workers", "0", "odoo.log"], 64, "--workers"),
        (["--follow", "--until", "1h", "odoo.log"], 64, "--follow has no end"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    arguments: list[str], status: int, said: str, capsys: Printed
) -> None:
    assert run(["diagnose", *arguments]) == status

    printed = capsys.readouterr()
    assert printed.out == ""
    assert said in printed.err
    assert printed.err.count("\n") == 1


def test_the_log_of_another_program_has_no_verdict(tmp_path: Path, capsys: Printed) -> None:
    path = tmp_path / "postgresql.log"
    path.write_text("2026-11-23 16:00:00.123 UTC [1] LOG:  checkpoint starting: time\n" * 50)

    assert run(["diagnose", str(path)]) == 65

    assert "there is no line of Odoo's log in it" in capsys.readouterr().err


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param(b"\x1b[2J\x1b]0;owned\x07 <script>alert(1)</script>", id="escapes"),
        pytest.param(bytes(range(256)), id="every byte"),
        pytest.param(b"\xff\xfe\xc3\x28" * 100, id="no UTF-8"),
        pytest.param(b"\0" * 100_000, id="NULs"),
        pytest.param(b"x" * 10_000_000, id="a line without end"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_hostile_content_neither_fails_nor_reaches_the_terminal(
    hostile: bytes, packed: bool, tmp_path: Path
) -> None:
    path = tmp_path / "odoo.log"
    evil = request(450).encode().replace(b"/shop", b"/shop/" + hostile[:2000])
    killed = KILLED.encode() + hostile
    content = log(CALM) + evil + b"\n" + hostile + b"\n" + killed + b"\n" + log(CALM[-1:])
    path.write_bytes(gzip.compress(content, 1) if packed else content)

    done = workeroo(str(path))

    assert done.returncode in {0, 1, 2}, done.stderr
    text = done.stdout.decode()
    assert [c for c in text if not c.isprintable() and c != "\n"] == []
    assert max(map(len, text.splitlines())) <= 80


def test_a_line_of_100_mb_is_read_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "odoo.log"
    path.write_bytes(log(CALM) + b"x" * 100_000_000 + b"\n" + log([request(450)]))

    process = subprocess.Popen(
        [sys.executable, "-m", "workeroo", "diagnose", "--jobs", "1", str(path)],
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)

    assert process.returncode == 0
    assert usage.ru_maxrss < 400_000  # KB, as getrusage(2) counts; of which NumPy alone takes 40


def test_on_a_terminal_a_bar_shows_rate_and_time_left(tmp_path: Path) -> None:
    path = tmp_path / "odoo.log.gz"
    path.write_bytes(gzip.compress(log([request(n) for n in range(300_000)]), 1))
    ours, theirs = pty.openpty()

    with subprocess.Popen(
        [sys.executable, "-m", "workeroo", "diagnose", str(path)],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "120"},
    ) as process:
        os.close(theirs)
        seen = b""
        while piece := _read(ours):
            seen += piece
        assert process.stdout is not None
        out = process.stdout.read()
    os.close(ours)

    assert process.returncode == 0
    assert out.startswith(b"Nothing went wrong.")
    assert b"reading 1 log" in seen
    assert b"/s" in seen


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # the other side has hung up
        return b""


def an_incident(count: int) -> Incident:
    return Incident(
        id="a", severity="note", confidence="low", title="", count=count,
        first="", last="", evidence=[], cause="", cure="",
    )  # fmt: skip


def test_while_following_an_incident_is_told_anew_when_it_has_doubled() -> None:
    told: dict[str, int] = {}
    given = [count for count in range(1, 100) for _ in news([an_incident(count)], told)]

    assert given == [1, 2, 4, 8, 16, 32, 64]


@given(
    noise=st.lists(st.tuples(st.integers(0, 10_000), st.binary(max_size=80)), max_size=8),
    cut=st.integers(0, 10_000),
    form=st.sampled_from([None, "gzip", *WRAPPED]),
)
def test_no_damage_to_a_log_makes_the_command_fail(
    noise: list[tuple[int, bytes]], cut: int, form: str | None
) -> None:
    data = bytearray(log([*CALM[:30], KILLED, "Traceback:", "  x"]))
    for place, bytes_ in noise:
        at = place % (len(data) + 1)
        data[at : at + len(bytes_) // 2] = bytes_
    whole = bytes(data).decode("utf-8", "replace").encode() if form else bytes(data)
    wrapped = {**WRAPPED, "gzip": gzip.compress}[form](whole) if form else whole
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "odoo.log"
        path.write_bytes(wrapped[cut % 50 : len(wrapped) - cut % 97])

        assert run(["diagnose", str(path), "--jobs", "1"]) in {0, 1, 2, 65}
