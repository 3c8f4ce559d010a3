"""Is a file the old one or the new one at every instant, and does it keep what it has?"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from workeroo.apply.place import Traits, bring_back, prepare, swap, tidy, traits_of
from workeroo.errors import NotPermitted, OutputError


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    path = tmp_path / "odoo.conf"
    path.write_bytes(b"old")
    path.chmod(0o604)
    return path


def replaced(path: Path, data: bytes | None) -> None:
    prepare(path, data, traits_of(path))
    swap(path)


def test_a_prepared_file_still_has_its_old_bytes(conf: Path) -> None:
    prepare(conf, b"new", traits_of(conf))

    assert conf.read_bytes() == b"old"


def test_a_swapped_file_keeps_mode_and_owner(conf: Path) -> None:
    os.chown(conf, os.geteuid(), os.getegid())
    before = traits_of(conf)

    replaced(conf, b"new")

    assert conf.read_bytes() == b"new"
    assert traits_of(conf) == before


def test_a_file_of_another_user_stays_theirs(conf: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root may give a file away")
    os.chown(conf, 65534, 65534)

    replaced(conf, b"new")

    assert (conf.stat().st_uid, conf.stat().st_gid) == (65534, 65534)


def test_an_access_control_list_is_kept(conf: Path) -> None:
    # ACL of version 2: user::rw-, user:65534:r--, group::---, mask::r--, other::r--
    entries = [(1, 6, -1), (2, 4, 65534), (4, 0, -1), (16, 4, -1), (32, 4, -1)]
    packed = (2).to_bytes(4, "little") + b"".join(
        tag.to_bytes(2, "little")
        + rights.to_bytes(2, "little")
        + (who % 2**32).to_bytes(4, "little")
        for tag, rights, who in entries
    )
    try:
        os.setxattr(conf, "system.posix_acl_access", packed)
    except OSError:
        pytest.skip("this disk keeps no access control lists")

    replaced(conf, b"new")

    assert os.getxattr(conf, "system.posix_acl_access") == packed


def test_a_folders_default_list_does_not_open_a_file(conf: Path) -> None:
    # user::rw-, user:65534:rw-, group::r--, mask::rw-, other::r--
    entries = [(1, 6, -1), (2, 6, 65534), (4, 4, -1), (16, 6, -1), (32, 4, -1)]
    packed = (2).to_bytes(4, "little") + b"".join(
        tag.to_bytes(2, "little")
        + rights.to_bytes(2, "little")
        + (who % 2**32).to_bytes(4, "little")
        for tag, rights, who in entries
    )
    conf.chmod(0o640)
    try:
        os.setxattr(conf.parent, "system.posix_acl_default", packed)
    except OSError:
        pytest.skip("this disk keeps no access control lists")

    replaced(conf, b"new")

    assert "system.posix_acl_access" not in os.listxattr(conf)
    assert conf.stat().st_mode & 0o777 == 0o640


def test_a_file_stays_where_what_was_prepared_has_vanished(conf: Path) -> None:
    prepare(conf, b"new", traits_of(conf))
    (conf.parent / ".odoo.conf.workeroo-new").unlink()

    with pytest.raises(OutputError):
        swap(conf)

    assert conf.read_bytes() == b"old"


def test_a_file_that_is_brought_back_is_the_very_same_one(conf: Path) -> None:
    inode = conf.stat().st_ino
    traits = traits_of(conf)
    replaced(conf, b"new")

    bring_back(conf, b"old", traits)

    assert conf.read_bytes() == b"old"
    assert conf.stat().st_ino == inode


def test_a_file_comes_back_from_the_saved_bytes_where_its_second_name_is_gone(conf: Path) -> None:
    traits = traits_of(conf)
    replaced(conf, b"new")
    tidy(conf)

    bring_back(conf, b"old", traits)

    assert conf.read_bytes() == b"old"
    assert traits_of(conf) == traits


def test_a_new_file_goes_again(tmp_path: Path) -> None:
    path = tmp_path / "conf.d" / "odoo.conf"
    traits = Traits(0o640, os.geteuid(), os.getegid())
    prepare(path, b"new", traits)
    swap(path)
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o640

    bring_back(path, None, traits)

    assert not path.exists()


def test_nothing_is_left_beside_a_file(conf: Path) -> None:
    replaced(conf, b"new")
    tidy(conf)

    assert [entry.name for entry in conf.parent.iterdir()] == ["odoo.conf"]


def test_a_link_laid_in_the_way_is_not_written_through(conf: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    (tmp_path / ".odoo.conf.workeroo-new").symlink_to(victim)

    replaced(conf, b"new")

    assert victim.read_bytes() == b"precious"
    assert conf.read_bytes() == b"new"


def test_a_full_disk_is_told_and_the_file_stays(small_disk: Path) -> None:
    path = small_disk / "odoo.conf"
    path.write_bytes(b"old")

    with pytest.raises(OutputError, match="No space left"):
        prepare(path, b"x" * 100_000, traits_of(path))

    assert path.read_bytes() == b"old"


def test_a_read_only_disk_is_told_and_the_file_stays(small_disk: Path) -> None:
    path = small_disk / "odoo.conf"
    path.write_bytes(b"old")
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)

    with pytest.raises((OutputError, NotPermitted), match="Read-only"):
        prepare(path, b"new", traits_of(path))

    assert path.read_bytes() == b"old"
