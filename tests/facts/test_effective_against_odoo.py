"""Does the real Odoo 19 still make of each file what Workeroo says it does?"""

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

SERIES = 19
FOLDER = Path(__file__).parent / "odooconf"


def cases() -> list[dict[str, Any]]:
    """The recorded small files, and the examples of series 19."""
    found: list[dict[str, Any]] = json.loads((FOLDER / "values.json").read_text(encoding="utf-8"))
    for path in sorted(FOLDER.glob("*.conf")):
        expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        text = path.read_bytes().decode()
        names = sorted(expected["set"]) or ["workers"]
        if expected["series"] == SERIES:
            found += [{"option": name, "text": text} for name in names]
    return found


def plainly(option: Option, value: object) -> object:
    """A value inside Odoo as Workeroo writes it down."""
    if option.kind == "secret":
        return "***" if value else None
    if option.kind == "bool":
        return bool(value)
    if option.kind == "list":
        assert isinstance(value, list) or value is None
        return without_credentials(",".join(value or [])) or None
    return value


@pytest.fixture(scope="module")
def answered(ask_odoo: Callable[[Path, str], str]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    asked = cases()
    answers = json.loads(ask_odoo(FOLDER / "ask_odoo.py", json.dumps(asked)))
    return list(zip(asked, answers, strict=True))


def test_odoo_refuses_exactly_what_we_say_it_refuses(
    answered: list[tuple[dict[str, Any], dict[str, Any]]],
) -> None:
    wrong = []
    for case, answer in answered:
        conf = parse_conf(case["text"].encode(), "odoo.conf")
        found = effective(SERIES, conf, case.get("environment", {}), case.get("arguments", []))
        refusals = [problem.text for problem in conf.refusals()]
        refusals += [
            s.refusal for s in found.values() if s.refusal and "will not start" in s.refusal
        ]
        if bool(refusals) != ("refused" in answer):
            wrong.append((case, answer, refusals))
    assert wrong == []


def test_odoo_uses_exactly_the_values_that_we_say_it_uses(
    answered: list[tuple[dict[str, Any], dict[str, Any]]],
) -> None:
    wrong = []
    for case, answer in answered:
        option = OPTIONS.get(case["option"])
        if option is None or not option.exists(SERIES) or "refused" in answer:
            continue
        if option.name in ("addons_path", "data_dir"):
            continue  # Odoo drops folders that are not there, and finds a home for its data
        conf = parse_conf(case["text"].encode(), "odoo.conf")
        found = effective(SERIES, conf, case.get("environment", {}), case.get("arguments", []))
        expected = plainly(option, answer["value"])
        if found[option.name].value != expected:
            wrong.append((case, expected, found[option.name].value))
    assert wrong == []


def test_the_articles_own_file_stops_odoo(
    answered: list[tuple[dict[str, Any], dict[str, Any]]],
) -> None:
    text = (FOLDER / "article.conf").read_text(encoding="utf-8")
    (reason,) = {answer["refused"] for case, answer in answered if case["text"] == text}
    assert reason == "ValueError: invalid literal for int() with base 10: '671088640 ; 640 MB'"
