"""Does the house stand as docs/architecture.md draws it?

The walls themselves are contracts in pyproject.toml, which `make check` holds with import-linter.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent
SOURCE = HOUSE / "src" / "workeroo"
LONGEST_MODULE = 400  # lines; beyond it a module usually holds two ideas

MODULES = [
    path for path in sorted(SOURCE.rglob("*.py")) if "addons" not in path.relative_to(SOURCE).parts
]


def test_every_room_stands_in_the_room_table() -> None:
    page = (HOUSE / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = [path.parent.name for path in SOURCE.glob("*/__init__.py")]

    assert [room for room in rooms if f"| `{room}` |" not in page] == []


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_module_opens_with_its_question_and_holds_one_idea(module: Path) -> None:
    text = module.read_text(encoding="utf-8")

    assert ast.get_docstring(ast.parse(text)), "no docstring"
    assert len(text.splitlines()) <= LONGEST_MODULE


def test_only_the_catalog_compares_series_with_numbers() -> None:
    found = [
        f"{module.relative_to(SOURCE)}:{node.lineno}"
        for module in outside("catalog")
        for node in nodes(module)
        if isinstance(node, ast.Compare) and compares_series(node)
    ]

    assert found == []


def compares_series(node: ast.Compare) -> bool:
    sides = [node.left, *node.comparators]
    named = any("series" in ast.unparse(side).lower() for side in sides)
    numbered = any(isinstance(s, ast.Constant) and isinstance(s.value, int) for s in sides)
    return named and numbered


def test_only_the_command_line_prints_or_exits() -> None:
    speaking = {"print", "exit", "sys.exit", "click.echo"}
    found = [
        f"{module.relative_to(SOURCE)}:{node.lineno}"
        for module in outside("cli")
        for node in nodes(module)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in speaking
    ]

    assert found == []


def outside(room: str) -> list[Path]:
    return [module for module in MODULES if room not in module.relative_to(SOURCE).parts]


def nodes(module: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(module.read_text(encoding="utf-8")))
