"""Does `workeroo agent` hand out the module whole, and say how Odoo comes to load it?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workeroo.cli import run

MODULE = Path(__file__).parents[2] / "addons" / "workeroo_agent"


def test_the_module_is_written_to_the_byte_and_its_settings_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert run(["agent", "--out", "addons"]) == 0

    sources = {each.name: each.read_bytes() for each in MODULE.glob("*.py")}
    written = {each.name: each.read_bytes() for each in tmp_path.glob("addons/workeroo_agent/*")}
    assert written == sources
    assert "__manifest__.py" in written
    told = capsys.readouterr().err
    assert f"Add {tmp_path / 'addons'} to addons_path" in told
    assert "server_wide_modules = base,rpc,web,workeroo_agent" in told
    assert "passwords" not in told


def test_what_stands_is_written_over_only_where_that_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["agent", "--out", str(tmp_path)]
    assert run(command) == 0
    tmp_path.joinpath("workeroo_agent", "warm.py").write_text("mine", encoding="utf-8")

    assert run(command) == 73
    assert "this is here already" in capsys.readouterr().err
    assert tmp_path.joinpath("workeroo_agent", "warm.py").read_text(encoding="utf-8") == "mine"
    assert run([*command, "--force"]) == 0
    assert (
        tmp_path.joinpath("workeroo_agent", "warm.py").read_bytes()
        == (MODULE / "warm.py").read_bytes()
    )


def test_as_json_it_is_a_rendering_with_nothing_masked(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["agent", "--json"]) == 0

    product = json.loads(capsys.readouterr().out)
    assert product["schema"] == "workeroo/render/1"
    assert {file["path"]: file["text"] for file in product["files"]} == {
        f"/workeroo_agent/{each.name}": each.read_text(encoding="utf-8")
        for each in MODULE.glob("*.py")
    }
