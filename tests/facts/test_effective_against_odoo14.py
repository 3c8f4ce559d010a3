"""Does the real Odoo 14 make of each file what Workeroo says it does?

Only its option parser runs, of Debian 11's package; what fails later, as the logger's start does
with a wrong log_handler, is not seen by it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from workeroo.catalog.options import OPTIONS
from workeroo.catalog.product import Option
from workeroo.facts.effective import effective
from workeroo.facts.odooconf import parse_conf
from workeroo.facts.secrets import without_credentials

pytestmark = pytest.mark.lab

SERIES = 14
FOLDER = Path(__file__).parent / "odooconf"
LATER = ("log_handler", "server_wide_modules", "addons_path", "data_dir")
"""Read by others than the parser, or dependent on folders that are not there."""

NUMBERS = ("int", "bytes", "seconds", "float")

Answered = list[tuple[dict[str, Any], dict[str, Any]]]

IN_THE_FILE = [
    {"option": "dev_mode", "text": "[options]\ndev_mode = all\n"},
    {"option": "stop_after_init", "text": "[options]\nstop_after_init = True\n"},
]


def cases() -> list[dict[str, Any]]:
    """The recorded small files, the examples of this series, and two of what is not ours."""
    found: list[dict[str, Any]] = json.loads((FOLDER / "values.json").read_text(encoding="utf-8"))
    for path in sorted(FOLDER.glob("*.conf")):
        expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        text = path.read_bytes().decode()
        if expected["series"] == SERIES:
            found += [{"option": n, "text": text} for n in sorted(expected["set"]) or ["workers"]]
    return found + IN_THE_FILE


@pytest.fixture(scope="module")
def answered(ask_odoo: Callable[[Path, str], str], odoo14: Path) -> Answered:
    asked = cases()
    question = json.dumps({"library": str(odoo14), "cases": asked})
    answers = json.loads(ask_odoo(FOLDER / "ask_odoo_14.py", question))
    return list(zip(asked, answers, strict=True))


def test_odoo_refuses_exactly_what_we_say_it_refuses(answered: Answered) -> None:
    wrong = []
    for case, answer in answered:
        conf = parse_conf(case["text"].encode(), "odoo.conf")
        found = effective(SERIES, conf, case.get("environment", {}), case.get("arguments", []))
        refusals = [problem.text for problem in conf.refusals()]
        refusals += [s.refusal for s in found.values() if s.refusal]
        if case["option"] not in LATER and bool(refusals) != ("refused" in answer):
            wrong.append((case, answer, refusals))
    assert wrong == []


def test_odoo_uses_exactly_the_values_that_we_say_it_uses(answered: Answered) -> None:
    wrong = []
    for case, answer in answered:
        option = OPTIONS.get(case["option"])
        if option is None or not option.exists(SERIES) or "refused" in answer:
            continue
        if option.name in LATER:
            continue
        conf = parse_conf(case["text"].encode(), "odoo.conf")
        found = effective(SERIES, conf, case.get("environment", {}), case.get("arguments", []))
        expected = plainly(option, answer["value"])
        if found[option.name].value != expected:
            wrong.append((case, expected, found[option.name].value))
    assert wrong == []


def test_dev_mode_in_the_file_does_nothing_and_stop_after_init_does(answered: Answered) -> None:
    told = {case["option"]: answer["value"] for case, answer in answered if case in IN_THE_FILE}

    assert told == {"dev_mode": [], "stop_after_init": True}


def plainly(option: Option, value: object) -> object:
    """A value inside Odoo as Workeroo writes it down: False on a number is 0, no text is None."""
    if option.kind == "secret":
        return "***" if value else None
    if option.kind == "bool":
        return bool(value)
    if option.kind == "list":
        words = value.split(",") if isinstance(value, str) else []
        return without_credentials(",".join(w.strip() for w in words if w.strip())) or None
    if value is False and option.kind in NUMBERS:
        return 0
    return None if value is False or (value == "" and option.kind == "path") else value
