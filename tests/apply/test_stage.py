"""Is everything checked that can be known before anything changes?"""

from __future__ import annotations

import os
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


def test_what_could_not_be_told_refuses_nothing() -> None:
    refuse([Seen(what="nginx configuration", holds=None, text="nginx is not there")])
