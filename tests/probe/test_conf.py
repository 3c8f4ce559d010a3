"""Is an odoo.conf that cannot be read refused in one sentence with its path?"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from workeroo.errors import InputError, MissingInput, WorkerooError
from workeroo.evidence import Unknown
from workeroo.facts.conf import ConfFile
from workeroo.probe.conf import LARGEST_BYTES, conf_in, read_conf
from workeroo.probe.world import World


def test_an_odoo_conf_is_read(tmp_path: Path) -> None:
    path = tmp_path / "odoo.conf"
    path.write_text("[options]\nworkers = 5\n")
    entry = read_conf(str(path)).entry("workers")

    assert entry is not None
    assert (entry.value, entry.line) == ("5", 2)


def refused(path: Path) -> WorkerooError:
    with pytest.raises(WorkerooError) as error:
        read_conf(str(path))
    assert str(error.value).startswith(str(path))
    assert "\n" not in str(error.value)
    return error.value


def test_a_missing_file_is_missing(tmp_path: Path) -> None:
    assert isinstance(refused(tmp_path / "odoo.conf"), MissingInput)
    assert isinstance(refused(Path("/dev/null/odoo.conf")), InputError)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert "folder" in refused(tmp_path).what


def test_a_file_too_large_to_be_one_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "odoo.conf"
    with path.open("wb") as file:
        file.truncate(100 * LARGEST_BYTES)

    assert "larger than 1 MiB" in refused(path).what


@pytest.mark.parametrize("data", [bytes(range(256)), b"[options]\0\n", b"\xff\xfe[\0o\0"])
def test_what_is_no_text_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "odoo.conf"
    path.write_bytes(data)

    assert isinstance(refused(path), InputError)


def test_a_path_with_a_nul_is_refused() -> None:
    with pytest.raises(InputError):
        read_conf("odoo\0.conf")


def test_the_conf_of_a_running_server_is_unknown_rather_than_an_error(tmp_path: Path) -> None:
    world = World(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "binary").write_bytes(b"\0\1\2")
    (tmp_path / "odoo.conf").write_text("[options]\n")

    assert isinstance(conf_in(world, "/folder"), Unknown)
    assert isinstance(conf_in(world, "/binary"), Unknown)
    assert isinstance(conf_in(world, "/odoo.conf"), ConfFile)
    assert conf_in(world, "/nothing") is None


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_closed_file_needs_another_user(tmp_path: Path) -> None:
    path = tmp_path / "odoo.conf"
    path.write_text("[options]\n")
    path.chmod(0)

    assert refused(path).slug == "permission"
