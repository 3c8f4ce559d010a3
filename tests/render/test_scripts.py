"""Do other load generators get scripts that say the same as the journeys?"""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from workeroo.catalog.journeys import JOURNEYS
from workeroo.catalog.journeys.product import Ask, Journey, Socket, Take
from workeroo.errors import UsageError
from workeroo.render.product import RenderedFile
from workeroo.render.scripts.k6 import k6_script
from workeroo.render.scripts.locust import locustfile
from workeroo.render.scripts.product import Scenario

GOLD = Path(__file__).parent / "gold" / "scripts"

Writer = Callable[[Scenario], RenderedFile]

both = pytest.mark.parametrize("write", [locustfile, k6_script])

BUYER = Journey(
    name="chair-buyer",
    does="Logs in, has any chair, and waits for news.",
    steps=(
        Ask(
            name="login",
            path="/web/login",
            method="POST",
            form={"login": "{login}", "password": "{password}"},
            headers={"X-Odoo-Database": "{database}"},
            says=r'class="o_web_client\b',
            takes=(
                Take(name="chair", where="html", pattern=r'href="(/shop/[^"]+)"', which="any"),
                Take(name="page", where="url", pattern=r"/odoo/(\w+)$", otherwise="{chair}"),
                Take(name="version", where="header", pattern="X-Version"),
            ),
        ),
        Ask(
            name="chair",
            path="{chair}?from={page}",
            method="POST",
            json='{"params": {"note": "it\'s {version}", "ids": [1, null, true]}}',
            takes=(Take(name="id", where="json", pattern="result.*.id", number=True),),
            think_seconds=2.5,
        ),
        Socket(name="bus", path="/websocket", sends=('{"event_name": "subscribe"}',)),
        Ask(name="gone", path="/shop/{id}", status=404, says='"it\'s" gone'),
    ),
    needs=("login", "password", "database"),
    first_series=19,
)
"""Uses every part that a journey can have."""

LOOKER = Journey(name="looker", does="Looks.", steps=(Ask(name="page", path="/"),), first_series=19)


def scenario(*journeys: Journey, rate: float | None = None) -> Scenario:
    return Scenario(
        mix=tuple((journey, float(weight)) for weight, journey in enumerate(journeys, start=1)),
        base_url="http://127.0.0.1:8069",
        given={"login": 'ada "the first"', "password": "secret-word", "database": "shop"},
        visits_per_second=rate,
        users=20,
        path="/srv/load/script",
    )


EVERY = tuple(JOURNEYS.values())


def test_a_locustfile_is_as_its_golden_file() -> None:
    rendered = locustfile(scenario(LOOKER, BUYER))
    assert rendered.text == (GOLD / "locustfile.py.txt").read_text(encoding="utf-8")


def test_a_k6_script_is_as_its_golden_file() -> None:
    rendered = k6_script(scenario(LOOKER, BUYER, rate=2.5))
    assert rendered.text == (GOLD / "k6.js").read_text(encoding="utf-8")


@both
def test_what_is_left_out_is_said(write: Writer) -> None:
    (said,) = write(scenario(BUYER)).said
    assert "websocket 'bus' is left out" in said
    assert "Left out: the websocket /websocket" in write(scenario(BUYER)).text


@both
def test_a_password_never_stands_in_a_script(write: Writer) -> None:
    rendered = write(scenario(*EVERY))
    assert "secret-word" not in rendered.text
    assert "WORKEROO_PASSWORD" in rendered.text
    assert "WORKEROO_API_KEY" in rendered.text


@both
def test_every_request_of_every_journey_is_in_it(write: Writer) -> None:
    text = write(scenario(*EVERY)).text
    for journey in EVERY:
        for step in journey.steps:
            if isinstance(step, Ask):
                assert f'"{step.name}", "{step.method}", "{step.path}"' in text


@both
def test_no_journey_and_no_weight_are_refused(write: Writer) -> None:
    with pytest.raises(UsageError, match="no journey is given"):
        write(scenario())
    with pytest.raises(UsageError, match="weight"):
        Scenario(mix=((LOOKER, 0.0),), base_url="", path="")


def test_a_locustfile_imports_nothing_but_locust_and_pythons_own() -> None:
    tree = ast.parse(locustfile(scenario(*EVERY)).text)
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import)
             for alias in node.names}  # fmt: skip
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert names == {"gevent", "html", "json", "locust", "os", "random", "re", "sys", "uuid"}


@pytest.mark.parametrize("rate", [None, 2.5])
def test_a_linter_finds_nothing_undefined_or_unused_in_a_locustfile(
    tmp_path: Path, rate: float | None
) -> None:
    file = tmp_path / "locustfile.py"
    file.write_bytes(locustfile(scenario(*EVERY, rate=rate)).data())
    ruff = Path(sys.executable).with_name("ruff")
    subprocess.run(
        [ruff, "check", "--isolated", "--ignore=F401", "--select=E9,F", file], check=True
    )


def test_weights_become_shares_of_the_visits() -> None:
    text = locustfile(scenario(LOOKER, BUYER)).text
    assert re.findall(r"weight = (\d+)", text) == ["33", "67"]
    script = k6_script(scenario(LOOKER, BUYER, rate=3)).text
    assert re.findall(r'"rate": (\d+)', script) == ["1000", "2000"]


@both
def test_pages_that_are_called_the_same_stay_apart(write: Writer) -> None:
    text = write(scenario(LOOKER, BUYER, LOOKER, rate=1)).text
    begins = re.compile(r"^class (\w+)\(Visitor\)|^export function (\w+)\(", re.MULTILINE)
    names = [(found[1] or found[2]).lower() for found in begins.finditer(text)]
    assert names == ["looker", "chairbuyer", "looker2"]


def test_a_rate_gets_so_many_users_that_none_comes_late() -> None:
    assert scenario(LOOKER, BUYER, rate=2).users_needed() == 2 * (2 * 2.5 + 10)
    assert scenario(LOOKER, BUYER).users_needed() == 20


@pytest.mark.parametrize("rate", [None, 2.5])
def test_a_real_javascript_engine_reads_a_k6_script(tmp_path: Path, rate: float | None) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    file = tmp_path / "script.mjs"
    file.write_bytes(k6_script(scenario(*EVERY, rate=rate)).data())
    subprocess.run([node, "--check", file], check=True)
