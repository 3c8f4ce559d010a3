"""What does the screen show, and what do the keys do?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.report.top_looks import BUSY, calm

from workeroo.errors import Unavailable
from workeroo.report.top_product import Top

textual = pytest.importorskip("textual", reason="the extra `top` is not installed")

from workeroo.report.top_screen import TopApp  # noqa: E402 - only where textual is there

Same = Callable[..., bool]


class Recorded:
    """Gives recorded looks, the last of them again and again."""

    def __init__(self, *looks: Top | Exception) -> None:
        self.looks = list(looks)
        self.asked = 0

    def __call__(self) -> Top:
        self.asked += 1
        look = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        if isinstance(look, Exception):
            raise look
        return look


def app(*looks: Top | Exception) -> TopApp:
    return TopApp(Recorded(*looks), rest_seconds=0.05)


@pytest.mark.parametrize(
    ("name", "keys"),
    [("part", []), ("cpu", ["s", "s"]), ("paused", ["p"]), ("help", ["question_mark"])],
)
def test_a_busy_server_on_a_small_screen(snap_compare: Same, name: str, keys: list[str]) -> None:
    del name
    assert snap_compare(app(BUSY), terminal_size=(80, 24), run_before=told, press=keys)


def test_the_picture_in_the_docs_is_the_screen() -> None:
    house = Path(__file__).parents[2]
    name = "test_a_busy_server_on_a_small_screen[part-keys0].raw"
    screen = Path(__file__).parent / "__snapshots__" / "test_top_screen" / name

    assert (house / "docs" / "images" / "top.svg").read_bytes() == screen.read_bytes()


def test_a_calm_server_on_a_wide_screen(snap_compare: Same) -> None:
    assert snap_compare(app(calm()), terminal_size=(120, 20), run_before=told)


def test_a_server_that_went_is_told_below_what_was_seen_last(snap_compare: Same) -> None:
    gone = Unavailable("the Odoo server with process 2010 has ended", cure="start it")

    async def went(pilot: Any) -> None:  # noqa: ANN401 - textual's pilot of this app
        while pilot.app._trouble is None:
            await pilot.pause()
        await pilot.pause()

    assert snap_compare(app(calm(), gone), terminal_size=(80, 20), run_before=went)


async def told(pilot: Any) -> None:  # noqa: ANN401 - as above
    """Wait for the first look."""
    while pilot.app._last is None:
        await pilot.pause()
    await pilot.pause()
