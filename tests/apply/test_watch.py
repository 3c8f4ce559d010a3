"""Can nobody who looks on, and no signal, leave a change half-way?"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.apply.conftest import MakeOrder

from workeroo.apply.store import Store
from workeroo.apply.transaction import carry_out
from workeroo.apply.watch import Watch
from workeroo.errors import Unavailable
from workeroo.progress import Silent, Step


class Gone:
    """A listener whose pipe is closed."""

    @contextmanager
    def step(
        self, text: str, *, unit: str | None = None, total: float | None = None
    ) -> Iterator[Step]:
        del text, unit, total
        raise BrokenPipeError
        yield Silent()


class GoneLater:
    """A listener who leaves while a step goes on."""

    @contextmanager
    def step(
        self, text: str, *, unit: str | None = None, total: float | None = None
    ) -> Iterator[Step]:
        del text, unit, total
        yield Silent()
        raise BrokenPipeError


@pytest.mark.parametrize("listener", [Gone(), GoneLater()])
def test_a_step_is_done_also_where_nobody_listens(listener: Gone | GoneLater) -> None:
    done = []

    with Watch(listener).step("restarting Odoo"):
        done.append("step")

    assert done == ["step"]


def test_what_fails_in_a_step_is_not_hidden() -> None:
    with pytest.raises(Unavailable, match="it failed"), Watch().step("restarting Odoo"):
        raise Unavailable("it failed")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_at_any_boundary_undoes_the_change_or_comes_too_late(
    store: Store, order: MakeOrder, tmp_path: Path, number: signal.Signals
) -> None:
    files = {tmp_path / "a.conf": b"old a", tmp_path / "b.conf": b"old b"}
    passed: list[str] = []
    for path, data in files.items():
        path.write_bytes(data)
    carry_out(
        Store(tmp_path / "whole"), order(dict.fromkeys(files, b"new")), Watch(at=passed.append)
    )
    ends = set()

    for boundary in passed:
        for path, data in files.items():
            path.write_bytes(data)

        def at(reached: str, boundary: str = boundary) -> None:
            if reached == boundary:
                os.kill(os.getpid(), number)

        watch = Watch(at=at)
        with watch.unbroken():
            change = carry_out(store, order(dict.fromkeys(files, b"new")), watch)

        stands = {path: path.read_bytes() for path in files}
        assert stands == (dict.fromkeys(files, b"new") if change.state == "done" else files)
        ends.add(change.state)
    assert ends == {"abandoned", "restored", "done"}


def test_an_unexpected_fault_undoes_the_change(
    store: Store, order: MakeOrder, tmp_path: Path
) -> None:
    path = tmp_path / "odoo.conf"
    path.write_bytes(b"old")

    def at(boundary: str) -> None:
        if boundary == "restarting":
            raise ZeroDivisionError

    change = carry_out(store, order({path: b"new"}), Watch(at=at))

    assert change.state == "restored"
    assert path.read_bytes() == b"old"
    assert "ZeroDivisionError" in change.told[0]


def test_signals_are_again_what_they_were(tmp_path: Path) -> None:
    del tmp_path
    before = signal.getsignal(signal.SIGINT)

    with Watch().unbroken():
        assert signal.getsignal(signal.SIGINT) is not before

    assert signal.getsignal(signal.SIGINT) is before


def test_one_strike_waits_for_a_command_and_two_give_it_up() -> None:
    watch = Watch()
    watch.strikes = 1  # in the step before
    is_given_up = watch.patience()

    watch.strikes += 1
    assert not is_given_up()
    watch.strikes += 1
    assert is_given_up()
