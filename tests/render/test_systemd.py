"""A plan as units of systemd: what stands in them, why, and what systemd itself says of it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workeroo.catalog.product import Value
from workeroo.catalog.series import NEWEST, OLDEST, SERIES
from workeroo.errors import InputError
from workeroo.facts.conf import ConfFile
from workeroo.facts.deployment import Deployment, Setting, SettingSource
from workeroo.facts.host import Cores, Host, Memory
from workeroo.facts.manager import Manager
from workeroo.facts.process import Process
from workeroo.plan.make import make_plan
from workeroo.plan.product import Role
from workeroo.render.product import RenderedFile
from workeroo.render.subject import Subject
from workeroo.render.systemd import systemd_files
from workeroo.render.targets import TARGETS
from workeroo.units import GIB, MB, MIB

GOLD = Path(__file__).parent / "gold" / "systemd"
DOCS = Path(__file__).parents[2] / "docs" / "systemd.md"

DEBIAN_UNIT = """\
[Unit]
Description=Odoo Open Source ERP and CRM
After=network.target

[Service]
Type=simple
User=odoo
Group=odoo
ExecStart=/usr/bin/odoo --config /etc/odoo/odoo.conf
ExecReload=/bin/kill -HUP $MAINPID

[Install]
WantedBy=multi-user.target
"""
"""A unit as one that stands: Debian's, and the reload that people add to it."""


def subject(
    deployment: Deployment | None = None,
    *,
    role: Role = "all",
    series: int | None = None,
    cores: int = 4,
    memory_bytes: int = 8 * GIB,
) -> Subject:
    host = Host(
        cores=Cores(logical=cores, declared=True),
        memory=Memory(total_bytes=memory_bytes, declared=True),
    )
    plan = make_plan(host, rule="golden", deployment=deployment, role=role, series=series)
    return Subject(plan=plan, deployment=deployment)


def running(**changes: object) -> Deployment:
    """An Odoo that somebody started by hand out of a home."""
    master = Process(
        pid=800, parent_pid=1, part="master", why="parent of the workers", user="shop",
        started_at=0.0, rss_bytes=150 * MB, vms_bytes=200 * MB,
    )  # fmt: skip
    known = Deployment(
        name="odoo-bin (pid 800, port 8069)",
        mode="prefork",
        series=17,
        launcher="odoo-bin",
        manager=None,
        venv=True,
        workdir="/home/shop/my odoo",
        processes=[master],
        settings={
            option: setting(option, value)
            for option, value in (
                ("data_dir", "/srv/shop/data"),
                ("logfile", "log/odoo.log"),
                ("limit_time_real_cron", 1800),
            )
        },
        conf=ConfFile(path="/home/shop/my odoo/100%.conf", entries=[]),
    )
    return msgspec.structs.replace(known, **changes)


def setting(option: str, value: Value, source: SettingSource = "file") -> Setting:
    return Setting(option=option, value=value, source=source, where="/etc/odoo/odoo.conf:2")


def under_systemd(**changes: object) -> Deployment:
    manager = Manager(kind="systemd", name="odoo.service", why="its cgroup")
    return running(manager=manager, **changes)


CASES: dict[str, Callable[[], Subject]] = {
    "new": subject,
    "new-frontend": lambda: subject(role="frontend", memory_bytes=4 * GIB),
    "new-backend": lambda: subject(role="backend"),
    "new-odoo-16": lambda: subject(series=16),
    "too-small": lambda: subject(cores=1, memory_bytes=256 * MIB),
    "by-hand": lambda: subject(running()),
    "drop-in": lambda: subject(under_systemd()),
}


def service(made: Subject) -> RenderedFile:
    return systemd_files(made)[0]


def value(text: str, name: str) -> str:
    """The value of a directive that stands once."""
    (found,) = re.findall(rf"^{name}=(.*)$", text, re.MULTILINE)
    return str(found)


def names(text: str) -> list[str]:
    return re.findall(r"^(\w+)=", text, re.MULTILINE)


@pytest.mark.parametrize("case", CASES)
def test_each_case_gives_the_files_that_stand_in_gold(case: str) -> None:
    made = {Path(file.path).name: file.text for file in systemd_files(CASES[case]())}

    assert made == {path.name: path.read_text("utf-8") for path in (GOLD / case).iterdir()}


def test_the_format_is_found_by_its_name() -> None:
    assert TARGETS["systemd"].render(subject()) == systemd_files(subject())


def test_a_server_for_all_gets_a_service_and_a_socket() -> None:
    assert [file.path for file in systemd_files(subject())] == [
        "/etc/systemd/system/odoo.service",
        "/etc/systemd/system/odoo.socket",
    ]


def test_roles_have_names_of_their_own_so_that_two_can_be_on_one_host() -> None:
    frontend, backend = (service(subject(role=role)).path for role in ("frontend", "backend"))

    assert (frontend, backend) == (
        "/etc/systemd/system/odoo-frontend.service",
        "/etc/systemd/system/odoo-backend.service",
    )


@pytest.mark.parametrize("series", SERIES)
def test_a_socket_only_where_the_series_takes_one(series: int) -> None:
    files = systemd_files(subject(series=series))

    assert (len(files) == 2) is SERIES[series].socket_activation
    assert ("Requires=odoo.socket" in files[0].text) is SERIES[series].socket_activation


def test_a_backend_has_no_socket_for_users() -> None:
    assert len(systemd_files(subject(role="backend"))) == 1


@pytest.mark.parametrize("interface", ["::1", "localhost", "127.0.0.1\nListenStream=22"])
def test_no_socket_on_what_odoo_would_not_take_for_ipv4(interface: str) -> None:
    deployment = running(
        series=19, settings={"http_interface": setting("http_interface", interface)}
    )

    assert len(systemd_files(subject(deployment))) == 1


def test_the_backlog_is_more_than_odoo_would_ask_for_with_the_most_workers() -> None:
    made = subject(cores=64, memory_bytes=1024 * GIB)

    assert made.plan.value("workers") == 99
    assert int(value(systemd_files(made)[1].text, "Backlog")) > 8 * 99


def test_memory_counts_every_process_and_room_for_one_that_grows() -> None:
    text = service(subject()).text

    assert "12 processes: 12 x 300 MB = 3.6 GB." in text
    assert value(text, "MemoryHigh") == f"{12 * 300 * MB // MIB}M"
    assert value(text, "MemoryMax") == f"{(12 * 300 * MB + 768 * MIB) // MIB}M"


def test_memory_is_never_more_than_odoo_s_share_of_the_host() -> None:
    made = subject(memory_bytes=4 * GIB)

    assert value(service(made).text, "MemoryMax") == f"{4 * GIB * 80 // 100 // MIB}M"


@given(
    cores=st.integers(1, 128),
    memory_bytes=st.integers(64 * MIB, 2048 * GIB),
    role=st.sampled_from(["all", "frontend", "backend"]),
    series=st.integers(OLDEST, NEWEST),
)
def test_limits_lie_in_order_and_within_the_budget(
    cores: int, memory_bytes: int, role: Role, series: int
) -> None:
    made = subject(cores=cores, memory_bytes=memory_bytes, role=role, series=series)
    text = service(made).text
    if not made.plan.memory.fits:
        assert "MemoryMax" not in names(text)
        return
    high, most = (int(value(text, name)[:-1]) for name in ("MemoryHigh", "MemoryMax"))

    assert 0 < high < most <= made.plan.memory.budget_bytes // MIB


def test_a_stop_waits_for_the_longest_request_and_more() -> None:
    assert value(service(subject()).text, "TimeoutStopSec") == "135"
    assert value(service(subject(running())).text, "TimeoutStopSec") == "1815"


def test_a_frontend_does_not_wait_for_crons_that_it_does_not_run() -> None:
    made = subject(running(), role="frontend")

    assert value(service(made).text, "TimeoutStopSec") == "135"


def test_crons_without_a_limit_are_said_to_be_killed_by_a_stop() -> None:
    endless = {"limit_time_real_cron": setting("limit_time_real_cron", 0)}

    assert "limit_time_real_cron = 0" in service(subject(running(settings=endless))).text


def test_a_unit_that_stands_gets_a_drop_in_without_hardening() -> None:
    (file,) = systemd_files(subject(under_systemd()))

    assert file.path == "/etc/systemd/system/odoo.service.d/workeroo.conf"
    assert set(names(file.text)) == {
        "StartLimitIntervalSec", "StartLimitBurst", "MemoryMax", "MemoryHigh", "OOMPolicy",
        "KillMode", "KillSignal", "TimeoutStopSec", "ExecReload", "Restart", "RestartSec",
        "Environment", "LimitNOFILE",
    }  # fmt: skip


def test_a_reload_that_would_lose_the_server_is_taken_out_of_the_unit() -> None:
    with_venv, without = (
        systemd_files(subject(under_systemd(venv=venv)))[0].text for venv in (True, False)
    )

    assert value(with_venv, "ExecReload") == ""
    assert "ExecReload" not in names(without)


@pytest.mark.parametrize("name", ["../../x.service", "odoo", "a/b.service", "x\n.service", ""])
def test_a_name_that_is_none_never_becomes_a_path(name: str) -> None:
    manager = Manager(kind="systemd", name=name, why="made up")

    with pytest.raises(InputError, match="no name of a systemd service"):
        systemd_files(subject(running(manager=manager)))


def test_the_unit_of_a_user_s_own_systemd_is_added_to_where_that_looks() -> None:
    manager = Manager(kind="systemd", name="odoo.service", why="its cgroup", user_id=1000)
    (file,) = systemd_files(subject(running(manager=manager)))

    assert file.path == "/etc/systemd/user/odoo.service.d/workeroo.conf"
    assert "systemctl --user daemon-reload" in file.said[0]


def test_what_runs_in_a_container_gets_no_unit() -> None:
    docker = Manager(kind="docker", name="3f2a9c", why="its cgroup")

    assert systemd_files(subject(running(container="3f2a9c", manager=docker))) == []
    assert systemd_files(subject(running(manager=docker))) == []


def test_who_starts_it_now_must_be_told_first() -> None:
    manager = Manager(kind="supervisor", name="shop", why="supervisord is above it")
    said = " ".join(service(subject(running(manager=manager))).said)

    assert "supervisor starts this Odoo as shop now: take it out there first" in said


def test_a_program_that_is_not_known_is_not_guessed() -> None:
    file = service(subject(running()))

    assert value(file.text, "ExecStart").startswith("/PATH/TO/odoo-bin -c ")
    assert any("in the place of /PATH/TO/odoo-bin" in said for said in file.said)


def test_settings_of_the_command_line_are_not_forgotten() -> None:
    option = "db_host"
    settings = {option: setting(option, "10.0.0.2", source="command line")}
    said = " ".join(service(subject(running(settings=settings))).said)

    assert "db_host (command line)" in said
    assert "10.0.0.2" not in said


def test_root_is_not_kept_as_the_user() -> None:
    master = msgspec.structs.replace(running().processes[0], user="root")

    assert value(service(subject(running(processes=[master]))).text, "User") == "odoo"


def test_without_data_dir_the_unit_closes_less_and_says_so() -> None:
    file = service(subject(running(settings={})))

    assert value(file.text, "ProtectSystem") == "full"
    assert value(file.text, "ProtectHome") == "no"
    assert any("data_dir is not set" in said for said in file.said)


def test_what_nginx_reads_itself_is_not_hidden_from_it() -> None:
    settings = {"x_sendfile": setting("x_sendfile", True)}  # noqa: FBT003 - the option's value

    assert "UMask" not in names(service(subject(running(settings=settings))).text)


def test_what_would_break_odoo_or_wkhtmltopdf_is_not_set() -> None:
    for case in CASES.values():
        assert not {"MemoryDenyWriteExecute", "ProcSubset"} & set(names(service(case()).text))


@given(path=st.text(st.characters(exclude_characters="\0"), min_size=1))
def test_no_path_breaks_out_of_its_line(path: str) -> None:
    conf = ConfFile(path=f"/etc/{path}", entries=[])
    settings = {"data_dir": setting("data_dir", f"/srv/{path}")}
    plain = service(subject(running(workdir="/")))
    file = service(subject(running(conf=conf, settings=settings, workdir=f"/srv/{path}")))

    assert set(names(file.text)) <= {*names(plain.text), "WorkingDirectory"}
    assert len([n for n in names(file.text) if n == "ExecStart"]) == 1


def test_every_line_but_the_plain_ones_has_its_reason_above() -> None:
    obvious = {"Description", "WantedBy"}
    for case in CASES.values():
        for file in systemd_files(case()):
            for block in re.split(r"\n\n|\n\[\w+\]\n", file.text):
                lines = [line for line in block.splitlines() if not line.startswith("[")]
                if lines and lines[0].partition("=")[0] not in obvious:
                    assert lines[0].startswith("# "), lines


# What systemd itself says


def verified(folder: Path, unit: str) -> str:
    """The complaints of systemd about a unit; nothing where it has none."""
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(folder / unit)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stderr if done.returncode == 0 else f"status {done.returncode}: {done.stderr}"


def place(folder: Path, files: list[RenderedFile]) -> None:
    """Write units into one folder; Odoo's program is one that is there."""
    for file in files:
        name = Path(file.path).name
        if file.path.endswith(".conf"):
            name = f"{Path(file.path).parent.name}/{name}"
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", file.text))


@pytest.mark.parametrize("case", CASES)
def test_systemd_takes_every_unit_without_a_complaint(case: str, tmp_path: Path) -> None:
    (tmp_path / "odoo.service").write_text(DEBIAN_UNIT.replace("/usr/bin/odoo", "/bin/true"))
    files = systemd_files(CASES[case]())
    place(tmp_path, files)

    units = [Path(f.path).name for f in files if not f.path.endswith(".conf")] or ["odoo.service"]
    assert {unit: verified(tmp_path, unit) for unit in units} == dict.fromkeys(units, "")


def test_systemd_would_complain_of_a_fault_in_a_drop_in_too(tmp_path: Path) -> None:
    (tmp_path / "odoo.service").write_text(DEBIAN_UNIT.replace("/usr/bin/odoo", "/bin/true"))
    (file,) = systemd_files(subject(under_systemd()))
    place(tmp_path, [msgspec.structs.replace(file, text=f"{file.text}\nMemoryMix=1\n")])

    assert "MemoryMix" in verified(tmp_path, "odoo.service")


def test_systemd_refuses_the_program_that_must_be_filled_in(tmp_path: Path) -> None:
    (tmp_path / "odoo.service").write_text(service(subject(running())).text)

    assert "/PATH/TO/odoo-bin is not executable" in verified(tmp_path, "odoo.service")


def test_the_hardening_is_no_worse_than_the_docs_say(tmp_path: Path) -> None:
    place(tmp_path, systemd_files(subject()))
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager",
         str(tmp_path / "odoo.service")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    told = re.search(r"Overall exposure level for odoo\.service: ([\d.]+)", done.stdout)
    promised = re.search(r"exposure level of ([\d.]+)", DOCS.read_text("utf-8"))

    assert told
    assert promised
    assert float(told[1]) <= float(promised[1]), done.stdout
