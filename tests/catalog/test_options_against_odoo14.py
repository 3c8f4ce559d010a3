"""Does the catalogue say of the options what the real Odoo 14 says of them?

Its code comes from Debian 11, where it is maintained still; its own option parser is asked.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from workeroo.catalog.options import OPTIONS, canonical, options_of
from workeroo.catalog.othernames import OTHER_NAMES
from workeroo.catalog.product import Option

pytestmark = pytest.mark.lab

SERIES = 14
TYPES: dict[str, set[str | None]] = {
    "int": {"int"},
    "bytes": {"int"},
    "seconds": {"int"},
    "port": {"int"},
    "float": {"float"},
    "bool": {"store_true", "store_false"},
    "str": {"string", "choice"},
    "secret": {"string", None},
    "path": {"string"},
    "list": {"string"},
}
"""None is the type of what has no flag: the file's text counts as it stands."""

BY_HOME = "data_dir"
"""Its default depends on whose server it is."""

Real = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def answer(odoo14: Path, ask_odoo: Callable[[Path, str], str]) -> dict[str, Any]:
    script = Path(__file__).parent / "dump_options_14.py"
    told: dict[str, Any] = json.loads(ask_odoo(script, str(odoo14)))
    return told


@pytest.fixture(scope="module")
def real(answer: dict[str, Any]) -> Real:
    options: Real = answer["options"]
    return options


def test_it_is_the_series_that_it_is_taken_for(odoo14: Path) -> None:
    release = (odoo14 / "odoo/release.py").read_text(encoding="utf-8")

    assert f"version_info = ({SERIES}, 0," in release


def test_every_option_of_14_is_known(real: Real) -> None:
    others = {name for name, other in OTHER_NAMES.items() if other.exists(SERIES)}

    assert [n for n in real if canonical(n, SERIES) is None and n not in others] == []


def test_no_option_is_made_up(real: Real) -> None:
    assert [option.name for option in options_of(SERIES) if option.name not in real] == []


def test_no_other_name_is_of_another_type(real: Real) -> None:
    """Of those with a flag: the text of the others is taken as it stands."""
    wrong = {
        name: (other.kind, real[name]["type"])
        for name, other in OTHER_NAMES.items()
        if other.flag and name in real and real[name]["type"] not in TYPES[other.kind]
    }

    assert wrong == {}


@pytest.mark.parametrize("option", options_of(SERIES), ids=lambda option: option.name)
def test_an_option_is_as_odoo_declares_it(option: Option, real: Real) -> None:
    declared = real[option.name]
    shortcuts = {s.name: s.value for s in option.shortcuts if s.holds(SERIES)}

    assert declared["type"] in TYPES[option.kind]
    assert declared["choices"] == option.choices
    assert set(declared["flags"]) == flags(option)
    assert declared.get("shortcuts", {}) == shortcuts
    if option.name != BY_HOME:
        assert plainly(option, declared["default"]) == option.default(SERIES)


@pytest.mark.parametrize(
    "alias", [(a.name, o.name) for o in OPTIONS.values() for a in o.aliases if a.holds(SERIES)]
)
def test_an_older_name_is_honoured_as_option_or_by_the_code(
    alias: tuple[str, str], real: Real, odoo14: Path
) -> None:
    code = (odoo14 / "odoo/tools/config.py").read_text(encoding="utf-8")

    assert alias[0] in real or f"'{alias[0]}'" in code


def test_the_older_flag_of_the_age_of_wizards_ends_14_as_the_catalogue_says(
    answer: dict[str, Any],
) -> None:
    assert answer["refused"] == ["--osv-memory-age-limit"]
    assert "The older flag ends 14" in OPTIONS["transient_age_limit"].does


def test_a_number_of_registries_from_the_file_stays_a_text(odoo14: Path) -> None:
    """Why registry_lru_size is not in the catalogue: nobody makes a number of it."""
    registry = (odoo14 / "odoo/modules/registry.py").read_text(encoding="utf-8")
    lru = (odoo14 / "odoo/tools/lru.py").read_text(encoding="utf-8")
    config = (odoo14 / "odoo/tools/config.py").read_text(encoding="utf-8")

    assert "config.get('registry_lru_size', None)" in registry
    assert "self.count = max(count, 1)" in lru
    assert "registry_lru_size" not in config


def flags(option: Option) -> set[str]:
    """Every form of the option's flag, its older names on the command line included."""
    older = [alias.name for alias in option.other_flags if alias.holds(SERIES)]
    own = {flag for flag in (option.flag, option.short, *older) if flag}
    return own - {f"--{alias.name.replace('_', '-')}" for alias in option.aliases if alias.wins}


def plainly(option: Option, value: object) -> object:
    """A default inside Odoo as the catalogue writes it down: what is not set is False or None."""
    return None if value is False and option.kind != "bool" else value
