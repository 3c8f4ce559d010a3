"""Does a change end with all old files or all new ones, wherever it is interrupted?"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.apply.conftest import MakeOrder

from workeroo.apply.product import ENDED
from workeroo.apply.store import Store
from workeroo.apply.transaction import carry_out, finish
from workeroo.apply.watch import Watch
from workeroo.errors import Unavailable, WorkerooError

OLD = {"odoo.conf": b"old conf", "site.conf": b"old site", "gone.conf": b"old gone"}
NEW = {"odoo.conf": b"new conf", "site.conf": b"new site", "gone.conf": None, "more.conf": b"more"}


def lay(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for entry in folder.iterdir():
        entry.unlink()
    for name, data in OLD.items():
        (folder / name).write_bytes(data)


def wanted(folder: Path) -> dict[Path, bytes | None]:
    return {folder / name: data for name, data in NEW.items()}


def standing(folder: Path) -> dict[str, bytes]:
    return {entry.name: entry.read_bytes() for entry in folder.iterdir()}


def new_ones() -> dict[str, bytes]:
    return {name: data for name, data in NEW.items() if data is not None}


def test_a_change_puts_every_file_in_place(store: Store, order: MakeOrder, tmp_path: Path) -> None:
    lay(tmp_path / "etc")

    change = carry_out(store, order(wanted(tmp_path / "etc")), Watch())

    assert change.state == "done"
    assert standing(tmp_path / "etc") == new_ones()
    assert store.changes() == [change]


def test_a_change_keeps_the_old_bytes_closed_to_others(
    store: Store, order: MakeOrder, tmp_path: Path
) -> None:
    lay(tmp_path / "etc")
    with store.locked():
        change = carry_out(store, order(wanted(tmp_path / "etc")), Watch())

    assert store.before(change.id, 0).read_bytes() == OLD["odoo.conf"]
    assert store.folder.stat().st_mode & 0o077 == 0


def test_a_file_that_somebody_changed_meanwhile_is_not_overwritten(
    store: Store, order: MakeOrder, tmp_path: Path
) -> None:
    lay(tmp_path / "etc")
    made = order(wanted(tmp_path / "etc"))
    (tmp_path / "etc" / "site.conf").write_bytes(b"an admin was here")

    change = carry_out(store, made, Watch())

    assert change.state == "stuck"
    assert standing(tmp_path / "etc") == {**OLD, "site.conf": b"an admin was here"}
    assert "somebody else has changed this file" in " ".join(change.told)


def boundaries(store: Store, order: MakeOrder, folder: Path) -> list[str]:
    """The boundaries that a change passes, from a run that nothing interrupts."""
    passed: list[str] = []
    lay(folder)
    carry_out(store, order(wanted(folder)), Watch(at=passed.append))
    return passed


KILLED = """
import os, signal, sys
from pathlib import Path
from tests.apply.conftest import make_order
from tests.apply.test_transaction import wanted
from workeroo.apply.store import Store
from workeroo.apply.transaction import carry_out, finish
from workeroo.apply.watch import Watch

left = [int(sys.argv[3])]
def at(boundary):
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    left[0] -= 1

store, watch = Store(Path(sys.argv[1])), Watch(at=at)
with store.locked():
    if sys.argv[4] == "finish":
        finish(store, watch)
    else:
        carry_out(store, make_order(wanted(Path(sys.argv[2]))), watch)
"""


def killed(store: Store, folder: Path, number: int, what: str = "carry out") -> int:
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(store.folder), str(folder), str(number), what],
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([os.getcwd(), *sys.path])},  # noqa: PTH109
    )
    return done.returncode


def test_killed_at_every_boundary_it_ends_all_old_or_all_new(
    order: MakeOrder, tmp_path: Path
) -> None:
    folder = tmp_path / "etc"
    passed = boundaries(Store(tmp_path / "whole"), order, folder)
    assert len(passed) >= 15

    for number, boundary in enumerate(passed):
        store = Store(tmp_path / f"state-{number}")
        lay(folder)
        assert killed(store, folder, number) == -9, boundary

        with store.locked():
            finish(store, Watch())

        assert standing(folder) in (OLD, new_ones()), boundary
        assert all(change.state in ENDED for change in store.changes()), boundary
        assert store.unfinished() is None


def test_killed_while_it_is_undone_it_is_undone_all_the_same(
    order: MakeOrder, tmp_path: Path
) -> None:
    folder = tmp_path / "etc"
    passed = boundaries(Store(tmp_path / "whole"), order, folder)
    half_way = passed.index(f"{folder}/site.conf in place")

    number = 0
    while True:
        store = Store(tmp_path / f"state-{number}")
        lay(folder)
        assert killed(store, folder, half_way) == -9
        if killed(store, folder, number, "finish") == 0:
            break

        with store.locked():
            change = finish(store, Watch())

        assert standing(folder) == OLD
        if change is not None:
            assert change.state == "restored"
        number += 1
    assert number >= 5
    assert standing(folder) == OLD


def test_two_changes_at_once_do_not_happen(store: Store) -> None:
    with (
        store.locked(),
        pytest.raises(Unavailable, match="another workeroo changes this server"),
        store.locked(),
    ):
        raise AssertionError


def test_where_nothing_was_interrupted_nothing_is_finished(store: Store) -> None:
    assert finish(store, Watch()) is None


def fill(disk: Path) -> None:
    """Leave no byte free on a small disk."""
    with contextlib.suppress(OSError), (disk / "ballast").open("ab", buffering=0) as file:
        while True:
            file.write(b"x" * 1024)


def without_ballast(folder: Path) -> dict[str, bytes]:
    (folder / "ballast").unlink(missing_ok=True)
    return standing(folder)


def test_with_a_disk_that_fills_up_at_any_boundary_it_ends_all_old_or_all_new(
    order: MakeOrder, tmp_path: Path, small_disk: Path
) -> None:
    passed = boundaries(Store(tmp_path / "whole"), order, small_disk)
    ends = set()

    for number, boundary in enumerate(passed):
        store = Store(tmp_path / f"state-{number}")
        lay(small_disk)
        made = order(wanted(small_disk))
        left = iter(range(number, -1, -1))

        def at(_: str, left: Iterator[int] = left) -> None:
            if next(left, None) == 0:
                fill(small_disk)

        change = carry_out(store, made, Watch(at=at))

        assert change.state in ("done", "restored"), (boundary, change.told)
        stands = new_ones() if change.state == "done" else OLD
        assert without_ballast(small_disk) == stands, boundary
        ends.add(change.state)
    assert ends == {"done", "restored"}


def test_with_a_disk_that_turns_read_only_at_any_boundary_nothing_is_mixed(
    order: MakeOrder, tmp_path: Path, small_disk: Path
) -> None:
    passed = boundaries(Store(tmp_path / "whole"), order, small_disk)

    for number, boundary in enumerate(passed):
        store = Store(tmp_path / f"state-{number}")
        lay(small_disk)
        made = order(wanted(small_disk))
        left = iter(range(number, -1, -1))

        def at(_: str, left: Iterator[int] = left) -> None:
            if next(left, None) == 0:
                subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)

        with contextlib.suppress(WorkerooError):
            carry_out(store, made, Watch(at=at))
        subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
        finish(store, Watch())

        # What was laid beside the files may stay, hidden, where the disk let nothing go.
        seen = {n: data for n, data in standing(small_disk).items() if not n.startswith(".")}
        assert seen in (OLD, new_ones()), boundary


def test_an_end_that_cannot_be_recorded_is_not_claimed(
    order: MakeOrder, tmp_path: Path, small_disk: Path
) -> None:
    lay(tmp_path / "etc")
    store = Store(small_disk / "state")

    def at(boundary: str) -> None:
        if boundary == "verified":
            fill(small_disk)

    change = carry_out(store, order(wanted(tmp_path / "etc")), Watch(at=at))

    assert change.state == "restarting"
    assert "--finish" in change.told[-1]
    (small_disk / "ballast").unlink()
    finished = finish(store, Watch())
    assert finished is not None
    assert finished.state == "done"
    assert standing(tmp_path / "etc") == new_ones()


def test_where_the_old_bytes_cannot_be_saved_nothing_is_changed(
    order: MakeOrder, tmp_path: Path, small_disk: Path
) -> None:
    lay(tmp_path / "etc")
    store = Store(small_disk / "state")
    fill(small_disk)

    with pytest.raises(WorkerooError, match="No space left"):
        carry_out(store, order(wanted(tmp_path / "etc")), Watch())

    assert standing(tmp_path / "etc") == OLD
