"""Does `workeroo audit` answer people, programs and CI?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from workeroo.checks.rules import RULES
from workeroo.cli import run
from workeroo.facts.effective import effective
from workeroo.facts.odooconf import parse_conf
from workeroo.facts.snapshot import decode_facts

HEALTHY = Path(__file__).parent.parent / "checks" / "base" / "facts.json"
SOUND = """[options]
admin_passwd = $pbkdf2-sha512$25000$c2FsdHNhbHQ$aGFzaGVkaGFzaGVk
db_name = shop
list_db = False
workers = 9
max_cron_threads = 1
limit_memory_soft = 671088640
limit_memory_hard = 838860800
"""

Printed = pytest.CaptureFixture[str]


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    path = tmp_path / "odoo.conf"
    path.write_text(SOUND)
    return path


def on_4_cores(path: Path, *more: str) -> list[str]:
    return ["audit", "--conf", str(path), "--cores", "4", "--memory", "8G", *more]


def test_a_sound_file_is_clean_and_says_what_it_could_not_tell(conf: Path, capsys: Printed) -> None:
    assert run(on_4_cores(conf)) == 0

    printed = capsys.readouterr()
    assert printed.out.startswith("Nothing is wrong, as far as could be told.\n")
    assert f"{len(RULES)} rules looked at" in printed.out
    assert "the proxy: not looked at" in printed.out
    assert printed.err == "Judged for Odoo 19; --series N judges for another.\n"


@pytest.mark.parametrize(
    ("line", "status"),
    [("log_level = warn", 0), ("limit_time_reel = 120", 1), ("limit_time_cpu = 60s", 2)],
)
def test_the_exit_status_tells_the_worst_severity(
    line: str, status: int, conf: Path, capsys: Printed
) -> None:
    conf.write_text(SOUND + line + "\n")

    assert run(on_4_cores(conf)) == status
    assert capsys.readouterr().out


def test_the_articles_line_is_an_error_in_the_articles_words(conf: Path, capsys: Printed) -> None:
    conf.write_text(SOUND.replace("671088640", "671088640 ; 640 MB"))

    assert run(on_4_cores(conf)) == 2
    assert "error: Odoo 19 will not start with this: line 7, inline comment" in (
        capsys.readouterr().out
    )


def test_the_json_is_as_published(conf: Path, capsys: Printed) -> None:
    conf.write_text(SOUND + "log_level = warn\n")
    run(on_4_cores(conf, "--json"))

    told = json.loads(capsys.readouterr().out)
    assert told["schema"] == "workeroo/audit/1"
    assert told["checked"] == len(RULES)
    (finding,) = told["findings"]
    assert {"rule", "severity", "confidence", "title", "evidence", "cure"} <= set(finding)
    assert finding["evidence"][0]["rank"] == "read"
    assert finding["where"] == f"{conf}:9"
    assert {"rule", "reason"} <= set(told["unknown"][0])


def test_the_series_decides(conf: Path, capsys: Printed) -> None:
    conf.write_text(SOUND + "longpolling_port = 8072\n")

    assert run(on_4_cores(conf, "--series", "15")) == 0
    assert run(on_4_cores(conf, "--series", "18")) == 1
    assert capsys.readouterr().err == ""


def test_the_hardware_decides(conf: Path) -> None:
    conf.write_text(SOUND.replace("workers = 9", "workers = 0"))

    assert run(["audit", "--conf", str(conf), "--cores", "1", "--memory", "8G"]) == 0
    assert run(["audit", "--conf", str(conf), "--cores", "2", "--memory", "8G"]) == 1
    assert run(["audit", "--conf", str(conf), "--cores", "4", "--memory", "8G"]) == 2


def test_facts_from_elsewhere_are_judged(tmp_path: Path, capsys: Printed) -> None:
    facts = decode_facts(HEALTHY.read_bytes(), "facts.json")
    conf = parse_conf((HEALTHY.parent / "odoo.conf").read_bytes(), "odoo.conf")
    settings = effective(19, conf, {}, [])
    full = msgspec.structs.replace(facts.deployments[0], conf=conf, settings=settings)
    path = tmp_path / "facts.json"
    path.write_bytes(msgspec.json.encode(msgspec.structs.replace(facts, deployments=[full])))

    assert run(["audit", "--facts", str(path)]) == 0
    assert capsys.readouterr().out.startswith("Nothing is wrong.\n")


def test_no_odoo_in_the_facts_is_said_with_a_cure(tmp_path: Path, capsys: Printed) -> None:
    document = json.loads(HEALTHY.read_text())
    path = tmp_path / "facts.json"
    path.write_text(json.dumps({**document, "deployments": []}))

    assert run(["audit", "--facts", str(path)]) == 66
    assert capsys.readouterr().err == (
        f"workeroo: {path}: there is no Odoo in these facts;"
        " start it, or judge a file with --conf FILE or --facts FILE\n"
    )


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_explained(rule: str, capsys: Printed) -> None:
    assert run(["audit", "--explain", rule]) == 0
    assert capsys.readouterr().out.startswith(f"# {rule}\n")


def test_the_list_names_every_rule_in_80_columns(capsys: Printed) -> None:
    assert run(["audit", "--list"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines] == list(RULES)
    assert all(len(line) <= 80 for line in lines)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--explain", "nonsense"],
        ["--series", "18"],
        ["--conf", "odoo.conf", "--facts", "facts.json"],
        ["--conf", "CONF", "--series", "11"],
        ["--conf", "CONF", "--cores", "4"],
        ["--conf", "CONF", "--memory", "8G"],
        ["--conf", "CONF", "--cores", "0", "--memory", "8G"],
        ["--conf", "CONF", "--cores", "4", "--memory", "eight"],
        ["--conf", "CONF", "--cores", "4", "--memory", "9" * 400 + "G"],
    ],
)
def test_a_wrong_call_is_one_sentence(arguments: list[str], conf: Path, capsys: Printed) -> None:
    filled = [str(conf) if word == "CONF" else word for word in arguments]

    assert run(["audit", *filled]) == 64

    printed = capsys.readouterr()
    assert printed.out == ""
    assert "Traceback" not in printed.err
    last = printed.err.splitlines()[-1]
    assert last.startswith("workeroo: ")
    assert "; " in last


def test_a_pipe_gets_no_colours(conf: Path) -> None:
    command = [sys.executable, "-m", "workeroo", *on_4_cores(conf)]
    result = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "TERM": "xterm"}
    )

    assert result.returncode == 0
    assert "\x1b" not in result.stdout
