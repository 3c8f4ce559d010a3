"""A server whose files can be changed without an Odoo: orders for plain files."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from workeroo.apply.place import Traits
from workeroo.apply.stage import NewFile, stage
from workeroo.apply.store import Store
from workeroo.apply.transaction import Order

MakeOrder = Callable[[dict[Path, bytes | None]], Order]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "state")


@pytest.fixture
def order() -> MakeOrder:
    """An order that puts bytes in files; no server reads them."""

    def make(files: dict[Path, bytes | None]) -> Order:
        return make_order(files)

    return make


def make_order(files: dict[Path, bytes | None]) -> Order:
    traits = Traits(0o640, os.geteuid(), os.getegid())
    pieces = stage(
        NewFile(path=str(path), data=data, traits=traits) for path, data in files.items()
    )
    return Order(pieces=pieces, made_by="tester", why="a test", series=19)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own with room for little."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a disk")
    disk = tmp_path / "disk"
    disk.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)], check=False
    )
    if made.returncode:
        pytest.skip("nothing can be mounted here")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)
