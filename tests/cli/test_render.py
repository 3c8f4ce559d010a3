"""`workeroo render`: which files come out, where, and with which bytes."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import msgspec
import pytest

from workeroo.cli import run
from workeroo.facts.conf import ConfFile
from workeroo.facts.deployment import Deployment, Setting
from workeroo.facts.host import Cores, Host, Memory
from workeroo.facts.lossless import encode
from workeroo.facts.process import Process
from workeroo.facts.snapshot import Facts
from workeroo.plan.split import Server, make_split
from workeroo.render.hosts import Side, hosts_of, render_all
from workeroo.render.subject import SiteWish
from workeroo.render.targets import TARGETS
from workeroo.units import GIB, MIB

DECLARED = ["--cores", "4", "--memory", "8G"]
RENDER = ["render", *DECLARED]
SPLIT = [*RENDER, "--split"]
CONF = "etc/odoo/odoo.conf"
SITE = "etc/nginx/conf.d/odoo.conf"
HOST = Host(cores=Cores(logical=4), memory=Memory(total_bytes=8 * GIB))
STANDING = b"[options]\r\n; caf\xe9\r\nadmin_passwd = hunter2\r\nworkers=2\r\n"


def below(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


MASTER = Process(
    pid=812,
    parent_pid=1,
    part="master",
    why="said so",
    user="odoo",
    started_at=0.0,
    rss_bytes=100 * MIB,
    vms_bytes=180 * MIB,
)


def facts_file(folder: Path) -> str:
    now = Setting(option="workers", value=2, source="file", where="/srv/odoo.conf:3")
    odoo = Deployment(
        name="shop",
        mode="prefork",
        series=19,
        processes=[MASTER],
        settings={"workers": now},
        conf=ConfFile(path="/srv/odoo.conf", entries=[]),
    )
    path = folder / "facts.json"
    path.write_bytes(msgspec.json.encode(Facts(host=HOST, deployments=[odoo])))
    return str(path)


def test_without_a_folder_the_files_come_on_stdout_below_a_header_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run([*RENDER, "odoo.conf"]) == 0

    out = capsys.readouterr().out
    assert out.startswith("==> /etc/odoo/odoo.conf (mode 0640) <==\n")
    assert "\nworkers = 9\n" in out


def test_with_a_folder_each_file_lies_at_its_own_path(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*RENDER, "odoo.conf", "nginx", "--out", str(tmp_path / "new")]) == 0

    assert below(tmp_path / "new") == {CONF, SITE}
    assert set(capsys.readouterr().out.splitlines()) == {
        str(tmp_path / "new" / CONF),
        str(tmp_path / "new" / SITE),
    }


def test_an_odoo_conf_is_not_for_everybody_s_eyes(tmp_path: Path) -> None:
    run([*RENDER, "odoo.conf", "--out", str(tmp_path)])

    assert stat.S_IMODE((tmp_path / CONF).stat().st_mode) == 0o640


def test_without_a_target_all_of_them_are_written(tmp_path: Path) -> None:
    named, unnamed = tmp_path / "named", tmp_path / "unnamed"

    assert run([*RENDER, *TARGETS, "--out", str(named)]) == 0
    assert run([*RENDER, "--out", str(unnamed)]) == 0

    assert below(named) == below(unnamed)


def test_the_targets_can_be_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["render", "--list"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(TARGETS)


def test_each_host_of_a_split_has_its_own_folder(tmp_path: Path) -> None:
    called = [*SPLIT, "odoo.conf", "nginx", "--frontends", "2", "--out", str(tmp_path)]
    assert run(called) == 0

    assert below(tmp_path) == {f"frontend/{CONF}", f"backend/{CONF}", f"proxy/{SITE}"}
    frontend = (tmp_path / "frontend" / CONF).read_text()
    backend = (tmp_path / "backend" / CONF).read_text()
    assert "\nworkers = 9\n" in frontend
    assert "\nmax_cron_threads = 0\n" in frontend
    assert "\nworkers = 2\n" in backend
    assert "\nmax_cron_threads = 1\n" in backend


def test_nginx_stays_on_the_only_frontend_unless_it_is_told_an_address(tmp_path: Path) -> None:
    near, apart = tmp_path / "near", tmp_path / "apart"

    run([*SPLIT, "nginx", "--out", str(near)])
    run([*SPLIT, "nginx", "--frontend", "10.0.0.5", "--out", str(apart)])

    assert below(near) == {f"frontend/{SITE}"}
    assert "server 127.0.0.1:8069" in (near / "frontend" / SITE).read_text()
    assert below(apart) == {f"proxy/{SITE}"}
    assert "server 10.0.0.5:8069" in (apart / "proxy" / SITE).read_text()


def test_postgresql_has_room_for_all_masters_together(tmp_path: Path) -> None:
    assert run([*SPLIT, "postgresql", "--frontends", "2", "--out", str(tmp_path)]) == 0

    (file,) = below(tmp_path)
    assert file.startswith("postgresql/etc/postgresql/")
    text = (tmp_path / file).read_text()
    assert "2 masters x ((9 + 0) x 64 + 1 x 64) + ((2 + 1) x 64 + 1 x 64) = 1536" in " ".join(
        text.replace("# ", "").split()
    )


def test_every_frontend_is_in_nginx_by_its_address(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run([*SPLIT, "nginx", "--frontend", "front1:9069", "--frontend", "[fd00::1]"]) == 0

    told = capsys.readouterr()
    for server in ("front1:9069", "front1:8072", "[fd00::1]:8069", "[fd00::1]:8072"):
        assert f"server {server}" in told.out
    assert "made up" not in told.err


def test_frontends_without_addresses_get_names_and_that_is_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run([*SPLIT, "nginx", "--frontends", "2"]) == 0

    told = capsys.readouterr()
    assert "server frontend2:8069" in told.out
    assert "give their addresses with --frontend" in told.err


def test_json_has_host_path_mode_text_and_what_was_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run([*SPLIT, "odoo.conf", "--cron-only", "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert told["schema"] == "workeroo/render/1"
    assert [(file["host"], file["path"], file["mode"]) for file in told["files"]] == [
        ("frontend", f"/{CONF}", 0o640),
        ("backend", f"/{CONF}", 0o640),
    ]
    assert "\nworkers = -1\n" in told["files"][1]["text"]


def test_facts_from_elsewhere_make_new_files_and_that_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = facts_file(tmp_path)
    assert run(["render", "odoo.conf", "--facts", facts, "--out", str(tmp_path / "new")]) == 0

    assert below(tmp_path / "new") == {"srv/odoo.conf"}
    assert "were not read" in capsys.readouterr().err


def test_both_odoo_confs_of_a_split_are_edits_of_the_one_that_stands() -> None:
    path = "/etc/odoo/odoo.conf"
    odoo = Deployment(name="shop", mode="prefork", series=19, conf=ConfFile(path=path, entries=[]))
    split = make_split(Server(host=HOST, deployment=odoo))
    side = Side(deployment=odoo, files={path: STANDING.decode("utf-8", "surrogateescape")})

    files = render_all([TARGETS["odoo.conf"]], hosts_of(split, side, side, SiteWish()))

    assert [each.host for each in files] == ["frontend", "backend"]
    for each in files:
        data = encode(each.file.text)
        assert data.startswith(b"[options]\r\n; caf\xe9\r\nadmin_passwd = hunter2\r\n")


def test_a_backend_that_copies_the_frontend_is_told_to_stop_nothing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    facts = facts_file(tmp_path)
    assert run(["render", "systemd", "--split", "--facts", facts]) == 0

    stop = [
        line.split()[1]
        for line in capsys.readouterr().err.splitlines()
        if "Stop the Odoo that runs now" in line
    ]
    assert stop == ["frontend:"]


def test_a_file_that_stands_is_left_alone_and_so_are_all_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / CONF).parent.mkdir(parents=True)
    (tmp_path / CONF).write_text("mine\n")

    assert run([*RENDER, "odoo.conf", "nginx", "--out", str(tmp_path)]) == 73

    assert below(tmp_path) == {CONF}
    assert (tmp_path / CONF).read_text() == "mine\n"
    told = capsys.readouterr()
    assert told.err == (
        f"workeroo: {tmp_path / CONF}: this is here already; write over it with --force, or give"
        " another --out\n"
    )
    assert told.out == ""


def test_force_writes_over_it_with_the_mode_of_a_new_file(tmp_path: Path) -> None:
    (tmp_path / CONF).parent.mkdir(parents=True)
    (tmp_path / CONF).write_text("mine\n")
    (tmp_path / CONF).chmod(0o666)

    assert run([*RENDER, "odoo.conf", "--out", str(tmp_path), "--force"]) == 0

    assert "workers = 9" in (tmp_path / CONF).read_text()
    assert stat.S_IMODE((tmp_path / CONF).stat().st_mode) == 0o640
    assert below(tmp_path) == {CONF}
