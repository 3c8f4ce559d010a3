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


@pytest.mark.parametrize("option", options_of(SERIES), ids=lambda option: option.name)
def test_an_option_is_as_odoo_declares_it(option: Option, real: dict[str, dict[str, Any]]) -> None:
    declared = real[option.name]
    assert declared["file"]
    assert declared["type"] in TYPES[option.kind]
    assert declared["choices"] == option.choices
    assert set(declared["flags"]) >= {flag for flag in (option.flag, option.short) if flag}
    assert bool(declared["flags"]) == (option.flag is not None)
    assert [declared["variable"]] == (option.environment or [f"ODOO_{option.name.upper()}"])
    if option.name != BY_HOME:
        assert plainly(option, declared["default"]) == option.default(SERIES)
