"""`workeroo render` and `plan --split` refuse bad input in one sentence and write nothing."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from workeroo.cli import run
from workeroo.cli.below import place
from workeroo.facts.conf import ConfFile
from workeroo.facts.deployment import Deployment
from workeroo.facts.host import Cores, Host, Memory
from workeroo.facts.snapshot import Facts
from workeroo.render.hosts import HostFile
from workeroo.render.product import RenderedFile
from workeroo.units import GIB

DECLARED = ["--cores", "4", "--memory", "8G"]
RENDER = ["render", *DECLARED]
SPLIT = [*RENDER, "--split"]

REFUSED = [
    ([*RENDER, "apache"], 64, "there is no target 'apache'; take "),
    ([*RENDER, "--certificate", "/a.pem"], 64, "TLS needs a certificate and its key"),
    ([*RENDER, "--certificate-key", "/a.pem"], 64, "give --certificate too"),
    ([*RENDER, "--certificate", "a", "--certificate-key", "/b"], 64, "no plain absolute path"),
    (
        [*RENDER, "--certificate", "/a;}", "--certificate-key", "/b"],
        64,
        "no plain absolute path",
    ),
    ([*RENDER, "--server-name", "a; include /etc/shadow"], 64, "is no name of a site"),
    ([*RENDER, "--server-name", "shop\n"], 64, "is no name of a site"),
    ([*RENDER, "--upload-size", "much"], 64, "'much' is not a size"),
    ([*RENDER, "--frontend", "a"], 64, "--frontend is for a split; give --split with it"),
    ([*RENDER, "--frontends", "2"], 64, "--frontends is for a split"),
    ([*RENDER, "--backend-cores", "2"], 64, "--backend-cores is for a split"),
    ([*RENDER, "--cron-only"], 64, "--cron-only is for a backend, not for the role all"),
    ([*SPLIT, "--role", "backend"], 64, "--split makes both roles, and --role backend asks"),
    ([*SPLIT, "--masters", "2"], 64, "give --frontends, not --masters"),
    ([*SPLIT, "--frontends", "0"], 64, "0 frontends make no split; give 1 to 99"),
    ([*SPLIT, "--frontends", "3", "--frontend", "a"], 64, "stands 1 times"),
    ([*SPLIT, "--frontend", "a b"], 64, "'a b' is no address"),
    ([*SPLIT, "--frontend", "a:70000"], 64, "'a:70000' is no address"),
    ([*SPLIT, "--frontend", "a;b"], 64, "'a;b' is no address"),
    ([*SPLIT, "--backend-memory", "0"], 64, "is not above zero"),
    ([*SPLIT, "--backend-cores", "0"], 64, "--cores 0 is no server"),
    ([*SPLIT, "--backend-deployment", "a"], 64, "give --backend-facts with it"),
    ([*SPLIT, "--backend-facts", "/gone.json"], 66, "/gone.json: no such file"),
    (["plan", *DECLARED, "--frontends", "2"], 64, "--frontends is for a split"),
    (["plan", *DECLARED, "--split", "--role", "frontend"], 64, "give one of the two"),
]


@pytest.mark.parametrize(
    ("arguments", "status", "said"), REFUSED, ids=[" ".join(a[0]) for a in REFUSED]
)
def test_bad_input_is_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: list[str], status: int, said: str
) -> None:
    assert run(arguments) == status

    told = capsys.readouterr()
    assert told.out == ""
    assert said in told.err
    assert told.err.count("\n") == 1


def test_a_file_where_the_folder_should_be_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("mine\n")

    assert run([*RENDER, "nginx", "--out", str(tmp_path / "file")]) == 73

    assert "a file is where a folder should be; give another folder" in capsys.readouterr().err
    assert (tmp_path / "file").read_text() == "mine\n"


def test_a_folder_that_cannot_be_written_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*RENDER, "nginx", "--out", "/proc/workeroo"]) in {73, 77}

    assert capsys.readouterr().err.startswith("workeroo: /proc/workeroo")


def test_a_path_with_a_nul_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*RENDER, "nginx", "--out", "a\0b"]) == 65

    assert "this is no path" in capsys.readouterr().err


def test_a_path_of_the_facts_that_climbs_ends_at_the_folder(tmp_path: Path) -> None:
    evil = HostFile(host=None, file=RenderedFile(path="/../../../etc/passwd", text=""))

    assert place(tmp_path, evil) == tmp_path / "etc" / "passwd"


def test_facts_that_name_a_path_outside_write_nothing_outside(tmp_path: Path) -> None:
    odoo = Deployment(
        name="shop",
        mode="prefork",
        series=19,
        conf=ConfFile(path="/../../escaped.conf", entries=[]),
    )
    host = Host(cores=Cores(logical=4), memory=Memory(total_bytes=8 * GIB))
    facts = tmp_path / "facts.json"
    facts.write_bytes(msgspec.json.encode(Facts(host=host, deployments=[odoo])))
    out = tmp_path / "a" / "b" / "c"

    assert run(["render", "odoo.conf", "--facts", str(facts), "--out", str(out)]) == 0

    assert [path.name for path in out.iterdir()] == ["escaped.conf"]
    assert not (tmp_path / "a" / "escaped.conf").exists()
