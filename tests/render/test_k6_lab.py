"""Does a rendered k6 script walk its journeys on a real Odoo? Without k6: in Node, with curl."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Protocol

import pytest

from workeroo.catalog.journeys import JOURNEYS
from workeroo.catalog.journeys.product import Ask
from workeroo.lab.lab import Lab
from workeroo.render.scripts.k6 import k6_script
from workeroo.render.scripts.product import Scenario, variable

pytestmark = pytest.mark.lab

STAND_IN = Path(__file__).with_name("k6_stand_in.mjs")

NAMES = [name for name, journey in JOURNEYS.items() if not journey.programs]

DRIVER = """
import * as script from "./script.mjs";
import { forget } from "./k6_stand_in.mjs";
for (const { exec } of Object.values(script.options.scenarios)) {
  forget();
  script[exec]();
}
"""


class Shop(Protocol):
    """The webshop of conftest."""

    @property
    def lab(self) -> Lab: ...
    @property
    def given(self) -> dict[str, str]: ...


def test_every_journey_is_walked_to_its_end(shop: Shop, tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None or shutil.which("curl") is None:
        pytest.skip("node and curl are not both installed")
    scenario = Scenario(
        mix=tuple((JOURNEYS[name], 1.0) for name in NAMES), base_url=shop.lab.nginx_url,
        given=shop.given, visits_per_second=1.0, path="script.mjs",
    )  # fmt: skip
    text = k6_script(scenario).text.replace('"k6/http"', '"./k6_stand_in.mjs"')
    (tmp_path / "script.mjs").write_text(text.replace('"k6"', '"./k6_stand_in.mjs"'), "utf-8")
    (tmp_path / "driver.mjs").write_text(DRIVER, "utf-8")
    shutil.copy(STAND_IN, tmp_path)
    secrets = {variable(name): shop.given[name] for name in ("password", "api_key")}
    done = subprocess.run(
        [node, tmp_path / "driver.mjs"], env=os.environ | secrets, cwd=tmp_path,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        f"ok {name}: {step.name}"
        for name in NAMES
        for step in JOURNEYS[name].steps
        if isinstance(step, Ask)
    ]
