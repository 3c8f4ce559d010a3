"""Are the code, the odoo.conf and the environment of a running Odoo found where they are?"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from workeroo.evidence import Unknown
from workeroo.facts.commandline import launch
from workeroo.probe.odoo import Home, conf_path, is_venv, read_environment, series
from workeroo.probe.world import World

MakeWorld = Callable[[Mapping[str, str]], World]

RELEASE = "version_info = (18, 0, 0, FINAL, 0, '')\n"
CLOSED = Unknown("this user may not read it")


def home(
    files: World,
    line: str,
    *,
    workdir: str | Unknown = "/srv",
    environment: dict[str, str] | Unknown | None = None,
) -> Home:
    found = launch(line.split())
    assert found is not None
    variables = {} if environment is None else environment
    return Home(
        files=files, launch=found, workdir=workdir, environment=variables, folder="/home/odoo"
    )


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("python3 /opt/odoo/odoo-bin", "/opt/odoo/odoo/release.py"),
        ("python3 odoo/odoo-bin", "/srv/odoo/odoo/release.py"),
        ("python3 /opt/odoo/setup/odoo", "/opt/odoo/odoo/release.py"),
        ("python3 /usr/bin/odoo", "/usr/lib/python3/dist-packages/odoo/release.py"),
        ("python3 /x/usr/bin/odoo", "/x/usr/lib/python3/dist-packages/odoo/release.py"),
        ("python -m odoo", "/srv/odoo/release.py"),
        ("/v/bin/python -m odoo", "/v/lib/python3.12/site-packages/odoo/release.py"),
        ("python3 /opt/odoo/__main__.py", "/opt/odoo/release.py"),
    ],
)
def test_the_series_is_that_of_the_running_code(
    make_world: MakeWorld, line: str, place: str
) -> None:
    assert series(home(make_world({place: RELEASE}), line)) == 18


def test_code_on_the_python_path_is_found(make_world: MakeWorld) -> None:
    world = make_world({"/code/odoo/release.py": RELEASE})
    found = home(world, "python3 /usr/bin/odoo", environment={"PYTHONPATH": "/other:/code"})

    assert series(found) == 18


def test_an_editable_installation_is_followed(make_world: MakeWorld) -> None:
    world = make_world(
        {
            "/v/lib/python3.12/site-packages/odoo.pth": "import x\n/code\n",
            "/code/odoo/release.py": RELEASE,
        }
    )

    assert series(home(world, "/v/bin/python /v/bin/odoo")) == 18


def test_a_script_behind_a_link_is_followed(make_world: MakeWorld) -> None:
    world = make_world(
        {
            "/usr/bin/odoo": "-> /opt/odoo/odoo-bin",
            "/opt/odoo/odoo-bin": "",
            "/opt/odoo/odoo/release.py": RELEASE,
        }
    )

    assert series(home(world, "python3 /usr/bin/odoo")) == 18


def test_without_the_code_the_name_of_the_package_tells(make_world: MakeWorld) -> None:
    info = "/usr/lib/python3/dist-packages/odoo-16.0.post20240101.egg-info/PKG-INFO"

    assert series(home(make_world({info: ""}), "python3 /usr/bin/odoo")) == 16


def test_a_series_that_nothing_tells_is_unknown(make_world: MakeWorld) -> None:
    found = series(home(make_world({}), "python3 odoo-bin", workdir=CLOSED))

    assert isinstance(found, Unknown)
    assert "may not read" in found.reason


@pytest.mark.parametrize(
    ("line", "environment", "path"),
    [
        ("python3 odoo-bin -c /etc/odoo.conf", {"ODOO_RC": "/x"}, "/etc/odoo.conf"),
        ("python3 odoo-bin --config=odoo.conf", {}, "/srv/odoo.conf"),
        ("python3 odoo-bin -c ~/odoo.conf", {}, "/home/odoo/odoo.conf"),
        ("python3 odoo-bin", {"ODOO_RC": "/etc/rc"}, "/etc/rc"),
        ("python3 odoo-bin", {"OPENERP_SERVER": "/etc/old"}, "/etc/old"),
        ("python3 odoo-bin", {}, "/home/odoo/.odoorc"),
    ],
)
def test_odoo_conf_is_found_as_odoo_finds_it(
    make_world: MakeWorld, line: str, environment: dict[str, str], path: str
) -> None:
    assert conf_path(home(make_world({}), line, environment=environment)) == path


def test_the_older_default_counts_where_it_is_there(make_world: MakeWorld) -> None:
    world = make_world({"/home/odoo/.openerp_serverrc": ""})

    assert conf_path(home(world, "python3 odoo-bin")) == "/home/odoo/.openerp_serverrc"


def test_without_the_environment_the_default_is_not_guessed(make_world: MakeWorld) -> None:
    found = home(make_world({}), "python3 odoo-bin", environment=CLOSED)

    assert isinstance(conf_path(found), Unknown)


def test_a_relative_path_without_a_folder_is_unknown(make_world: MakeWorld) -> None:
    found = home(make_world({}), "python3 odoo-bin -c odoo.conf", workdir=CLOSED)

    assert isinstance(conf_path(found), Unknown)


def test_a_virtual_environment_is_told_by_its_file(make_world: MakeWorld) -> None:
    world = make_world({"/v/pyvenv.cfg": "", "/v/bin/python": ""})

    assert is_venv(home(world, "/v/bin/python -m odoo")) is True
    assert is_venv(home(world, "../v/bin/python -m odoo")) is True
    assert is_venv(home(world, "/usr/bin/python3 -m odoo")) is False
    assert is_venv(home(world, "python -m odoo")) is False
    assert is_venv(home(world, "python -m odoo", environment={"VIRTUAL_ENV": "/v"})) is True
    assert isinstance(is_venv(home(world, "python -m odoo", environment=CLOSED)), Unknown)


def test_only_the_variables_that_odoo_reads_are_seen(make_world: MakeWorld) -> None:
    text = "ODOO_RC=/etc/rc\0PGHOST=db\0AWS_SECRET=x\0PATH=/bin\0HOME=/home/odoo\0"

    assert read_environment(make_world({"/proc/7/environ": text}), 7) == {
        "ODOO_RC": "/etc/rc",
        "PGHOST": "db",
        "HOME": "/home/odoo",
    }
