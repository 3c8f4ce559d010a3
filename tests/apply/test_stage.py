"""Is everything checked that can be known before anything changes?"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from workeroo.apply.place import Traits
from workeroo.apply.product import Seen
from workeroo.apply.stage import NewFile, check, odoo_takes, refuse, stage
from workeroo.errors import InputError

TRAITS = Traits(0o640, os.geteuid(), os.getegid())


def new(path: Path, data: bytes | None) -> NewFile:
    return NewFile(path=str(path), data=data, traits=TRAITS)


def test_a_file_that_is_already_so_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "odoo.conf"
    path.write_bytes(b"same")

    assert stage([new(path, b"same")]) == []


def test_a_link_is_followed_to_the_file_that_is_replaced(tmp_path: Path) -> None:
    target = tmp_path / "available"
    target.write_bytes(b"old")
    link = tmp_path / "enabled"
    link.symlink_to(target)

    (piece,) = stage([new(link, b"new")])

    assert piece.told.path == str(link)
    assert piece.told.real_path == str(target)


def test_an_odoo_conf_that_the_series_refuses_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "odoo.conf"
    pieces = stage([new(path, b"[options]\nworkers = 9 ; nine\n")])

    seen = list(check(pieces, conf_path=str(path), series=19, nginx_config=None))

    with pytest.raises(InputError, match=r"inline comment.*nothing was changed"):
        refuse(seen)


@pytest.mark.parametrize("series", [12, 15, 16, 18, 19])
def test_a_sound_odoo_conf_is_taken_by_every_series(series: int) -> None:
    assert odoo_takes(b"[options]\nworkers = 9\n", "odoo.conf", series).holds


def test_a_binary_odoo_conf_is_refused_with_its_line() -> None:
    seen = odoo_takes(b"[options]\nworkers = \x009\n", "odoo.conf", 19)

    assert seen.holds is False
    assert "odoo.conf:2" in seen.text


def test_a_folder_that_may_not_be_written_is_told() -> None:
    seen = list(check(stage([new(Path("/proc/odoo.conf"), b"x")]), conf_path=None, series=19,
                      nginx_config=None))  # fmt: skip

    if os.geteuid() != 0:  # root may write everywhere, as far as the system tells beforehand
        assert seen[0].holds is False
    assert seen[0].what == "permission"


def told(path: Path) -> Seen:
    pieces = stage([new(path, b"new")])
    return next(iter(check(pieces, conf_path=None, series=19, nginx_config=None)))


def test_a_file_that_is_mounted_by_itself_is_told(small_disk: Path) -> None:
    path = small_disk / "odoo conf"
    path.write_bytes(b"old")
    assert told(path).holds
    subprocess.run(["mount", "--bind", str(path), str(path)], check=True)

    seen = told(path)

    subprocess.run(["umount", str(path)], check=True)
    assert seen.holds is False
    assert "mounted by itself" in seen.text


def test_a_file_that_nobody_may_change_is_told(tmp_path: Path) -> None:
    path = tmp_path / "odoo.conf"
    path.write_bytes(b"old")
    if subprocess.run(["chattr", "+i", str(path)], check=False, capture_output=True).returncode:
        pytest.skip("this disk or user makes no file immutable")

    seen = told(path)

    subprocess.run(["chattr", "-i", str(path)], check=True)
    assert seen.holds is False
    assert "chattr -i" in seen.text


def test_other_names_of_a_file_are_told(tmp_path: Path) -> None:
    path = tmp_path / "odoo.conf"
    path.write_bytes(b"old")
    (tmp_path / "snapshot.conf").hardlink_to(path)

    (piece,) = stage([new(path, b"new")])

    assert "2 names" in piece.told.said[0]


def test_a_socket_is_judged_together_with_its_service(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze here")
    name = "workeroo-not-there"
    service = f"[Service]\nExecStart={sys.executable} -V\n".encode()
    socket = b"[Socket]\nListenStream=127.0.0.1:1\n"
    pieces = stage(
        [new(tmp_path / f"{name}.socket", socket), new(tmp_path / f"{name}.service", service)]
    )

    seen = check(pieces, conf_path=None, series=19, nginx_config=None)

    units = [one for one in seen if one.what == "systemd unit"]
    assert [one.holds for one in units] == [True, True], units


def test_what_could_not_be_told_refuses_nothing() -> None:
    refuse([Seen(what="nginx configuration", holds=None, text="nginx is not there")])
