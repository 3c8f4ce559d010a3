"""Does bad input get one sentence with file and line, a status, and no traceback?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from workeroo.cli import run

HEALTHY = Path(__file__).parent.parent / "checks" / "base" / "facts.json"
NOBODY = 65534

Printed = pytest.CaptureFixture[str]


def told(capsys: Printed) -> str:
    """The one sentence of a failure."""
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "Traceback" not in printed.err
    lines = printed.err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("workeroo: ")
    return lines[0]


@pytest.mark.parametrize(
    ("content", "line", "word"),
    [
        (b"\x7fELF\x02\x01\x01\0\0\0", 1, "binary"),
        (b"[options]\nworkers = 9\0\n", 2, "NUL"),
        (b"[options]\nworkers = 9\nlogfile = \xff\xfe\n", 3, "UTF-8"),
        ("[options]\nworkers = 9\n".encode("utf-16"), 1, "UTF-16"),
    ],
    ids=["binary", "nul", "no-utf-8", "utf-16"],
)
def test_what_is_no_text_is_refused_with_its_line(
    content: bytes, line: int, word: str, tmp_path: Path, capsys: Printed
) -> None:
    path = tmp_path / "odoo.conf"
    path.write_bytes(content)

    assert run(["audit", "--conf", str(path), "--series", "19"]) == 65

    sentence = told(capsys)
    assert f"{path}:{line}: " in sentence
    assert word in sentence


def test_a_file_of_100_mb_is_refused_unread(tmp_path: Path, capsys: Printed) -> None:
    path = tmp_path / "odoo.conf"
    with path.open("wb") as file:
        file.truncate(100 * 1000**2)

    assert run(["audit", "--conf", str(path)]) == 65
    assert "larger than 1 MiB" in told(capsys)


def test_a_folder_is_refused(tmp_path: Path, capsys: Printed) -> None:
    assert run(["audit", "--conf", str(tmp_path)]) == 65
    assert f"{tmp_path}: this is a folder" in told(capsys)


def test_a_missing_file_is_refused(tmp_path: Path, capsys: Printed) -> None:
    path = tmp_path / "odoo.conf"

    assert run(["audit", "--conf", str(path)]) == 66
    assert f"{path}: no such file; " in told(capsys)


def test_a_name_that_no_file_can_have_is_refused(capsys: Printed) -> None:
    assert run(["audit", "--conf", "x" * 5000]) == 65
    assert "File name too long" in told(capsys)


READ = """
import os, sys
from workeroo.cli import run
from workeroo.cli.audit import command
if os.getuid() == 0:
    os.setgroups([])
    os.setuid(int(sys.argv[1]))
sys.exit(run(["audit", "--conf", sys.argv[2]]))
"""


def test_a_file_that_this_user_may_not_read_is_refused(tmp_path: Path) -> None:
    # Root may read anything, so the question is asked as nobody once everything is imported.
    path = tmp_path / "odoo.conf"
    path.write_text("[options]\n")
    path.chmod(0)
    for folder in (tmp_path, *tmp_path.parents):
        if os.getuid() == 0 and not folder.stat().st_mode & 0o001:
            folder.chmod(folder.stat().st_mode | 0o001)

    # A coverage run could not write its data as nobody, and would say so on stderr.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE")}
    result = subprocess.run(
        [sys.executable, "-c", READ, str(NOBODY), str(path)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 77, result.stderr
    assert result.stderr.startswith(f"workeroo: {path}: this user may not read the file")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("content", "rule", "line"),
    [
        (b"\xef\xbb\xbf[options]\nworkers = 9\n", "conf-unparsable", 1),
        (b"[options]\r\nworkers = 9\r\nworkers = 5\r\n", "duplicate-option", 3),
        (b"[options]\nworkers = 9\n[options]\n", "duplicate-section", 3),
        (b"workers = 9\n", "conf-unparsable", 1),
        (b"[options]\nworkers = 9\nlimit_mem", "conf-unparsable", 3),
        (b"", "conf-unparsable", 1),
    ],
    ids=["bom", "crlf", "duplicate-section", "no-header", "truncated", "empty"],
)
def test_a_text_that_odoo_refuses_is_a_finding_with_its_line(
    content: bytes, rule: str, line: int, tmp_path: Path, capsys: Printed
) -> None:
    path = tmp_path / "odoo.conf"
    path.write_bytes(content)

    run(["audit", "--conf", str(path), "--json"])

    found = json.loads(capsys.readouterr().out)["findings"]
    assert f"{path}:{line}" in [f["where"] for f in found if f["rule"] == rule]


def test_windows_line_ends_are_no_fault(tmp_path: Path, capsys: Printed) -> None:
    path = tmp_path / "odoo.conf"
    path.write_bytes(b"[options]\r\nworkers = 9\r\n")
    run(["audit", "--conf", str(path), "--json"])

    rules = {f["rule"] for f in json.loads(capsys.readouterr().out)["findings"]}
    assert not rules & {"conf-refused", "conf-unparsable", "inline-comment"}


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"schema": "workeroo/facts/99"}, 65),
        ({"schema": "something else"}, 65),
        ({"schema": 7}, 65),
        ({"deployments": 7}, 65),
        ({"host": {"type": "nonsense"}}, 65),
    ],
)
def test_facts_that_are_none_get_one_sentence(
    change: dict[str, object], status: int, tmp_path: Path, capsys: Printed
) -> None:
    path = tmp_path / "facts.json"
    path.write_text(json.dumps({**json.loads(HEALTHY.read_text()), **change}))

    assert run(["audit", "--facts", str(path)]) == status
    assert str(path) in told(capsys)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, HEALTHY.read_bytes()[:900]]
)
def test_facts_that_are_no_json_get_one_sentence(
    content: bytes, tmp_path: Path, capsys: Printed
) -> None:
    path = tmp_path / "facts.json"
    path.write_bytes(content)

    assert run(["audit", "--facts", str(path)]) == 65
    assert str(path) in told(capsys)
