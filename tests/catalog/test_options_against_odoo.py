"""Does the catalogue say of the options what the real Odoo 19 says of them?"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from workeroo.catalog.options import OPTIONS, options_of
from workeroo.catalog.othernames import OTHER_NAMES
from workeroo.catalog.product import Option

pytestmark = pytest.mark.lab

SERIES = 19
TYPES = {
    "int": {"int"},
    "bytes": {"int"},
    "seconds": {"int"},
    "port": {"int"},
    "float": {"float"},
    "bool": {"store_true", "store_false", "bool"},
    "str": {"string", "choice"},
    "secret": {"string"},
    "path": {"path"},
    "list": {"comma", "addons_path"},
}
LISTS = {"upgrade_path", "pre_upgrade_scripts", "without_demo"}
"""Types of single options, whose text is checked by rules of their own."""

ODD = ("registry_lru_size", "without_demo")
"""Read by the code though no option has that name."""

BY_HOME = "data_dir"
"""Its default depends on whose server it is."""


@pytest.fixture(scope="module")
def real(ask_odoo: Callable[[Path, str], str]) -> dict[str, dict[str, Any]]:
    answer: dict[str, dict[str, Any]] = json.loads(
        ask_odoo(Path(__file__).parent / "dump_options.py", "")
    )
    return answer


def plainly(option: Option, value: object) -> object:
    """A default inside Odoo as the catalogue writes it down."""
    if option.kind == "list":
        assert isinstance(value, list)
        return ",".join(value) or None
    return value


def test_every_option_of_19_is_known(real: dict[str, dict[str, Any]]) -> None:
    assert [name for name in real if name not in OPTIONS and name not in OTHER_NAMES] == []


def test_no_option_is_made_up(real: dict[str, dict[str, Any]]) -> None:
    assert [option.name for option in options_of(SERIES) if option.name not in real] == []


def test_no_other_name_is_gone_or_of_another_type(real: dict[str, dict[str, Any]]) -> None:
    """Of those that the file may hold: a value of another type keeps the server from starting."""
    others = [other for other in OTHER_NAMES.values() if other.exists(SERIES)]
    unlisted = [o.name for o in others if o.name not in real and not o.heir and o.name not in ODD]
    wrong = {
        other.name: (other.kind, real[other.name]["type"])
        for other in others
        if other.name in real
        and real[other.name]["file"]
        and real[other.name]["type"] not in TYPES[other.kind] | LISTS
    }

    assert unlisted == []
    assert wrong == {}


@pytest.mark.parametrize("option", options_of(SERIES), ids=lambda option: option.name)
def test_an_option_is_as_odoo_declares_it(option: Option, real: dict[str, dict[str, Any]]) -> None:
    declared = real[option.name]
    assert declared["file"]
    assert declared["type"] in TYPES[option.kind]
    assert declared["choices"] == option.choices
    assert set(declared["flags"]) >= {flag for flag in (option.flag, option.short) if flag}
    assert bool(declared["flags"]) == (option.flag is not None)
    assert declared["shortcuts"] == {s.name: s.value for s in option.shortcuts if s.holds(SERIES)}
    assert [declared["variable"]] == (option.environment or [f"ODOO_{option.name.upper()}"])
    if option.name != BY_HOME:
        assert plainly(option, declared["default"]) == option.default(SERIES)
