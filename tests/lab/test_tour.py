"""Does the story come out as told, on a real server?"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workeroo.cli import run
from workeroo.lab.lab import Lab

pytestmark = pytest.mark.lab


def test_the_tour_comes_out_as_told(
    lab_factory: Callable[[str], Lab], capsys: pytest.CaptureFixture[str]
) -> None:
    lab = lab_factory("tour")
    assert run(["lab", "tour", "--name", lab.name]) == 0
    told = capsys.readouterr().out
    in_order = (
        "Odoo 19 will not start with this: line 5, inline comment",
        "ValueError: invalid literal for int() with base 10: '671088640 ; 640 MB'",
        "Odoo 19.0",
        "$ workeroo audit",
        "$ workeroo plan",
        "$ workeroo apply",
        "Change 0001 is in place",
        "$ workeroo rollback",
        "Change 0002 is in place",
        "every step came out as told",
    )
    places = [told.index(text) for text in in_order[:3]]
    places += [told.rindex(text) for text in in_order[3:]]
    assert places == sorted(places)
    assert not lab.status().running
