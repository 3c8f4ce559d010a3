"""Is a curve drawn so that its scale and its shape can be read?"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from workeroo.prove.product import Curve
from workeroo.report.plot_text import plot


def curve(points: list[float]) -> Curve:
    return Curve(name="PSS", unit="bytes", over="requests", points=points, total=float(len(points)))


def test_it_rises_and_falls_as_the_points_do() -> None:
    drawn = plot(curve([0, 1024, 2048, 1024, 0]), width=15, unicode=False).splitlines()

    assert drawn[0] == "PSS"
    assert drawn[1] == "   2 KiB |  #"
    assert drawn[4] == "   1 KiB | ###"
    assert drawn[7] == "       0 +-----"


@given(st.lists(st.floats(0, 1e12), max_size=300), st.integers(20, 200), st.booleans())
def test_it_never_is_wider_than_the_terminal(
    points: list[float], width: int, unicode: bool
) -> None:
    drawn = plot(curve(points), width=width, unicode=unicode).splitlines()

    assert all(len(line) <= min(width, 80) for line in drawn)
    assert unicode or all(line.isascii() for line in drawn)


def test_a_short_peak_is_not_lost_in_many_points() -> None:
    drawn = plot(curve([0.0] * 500 + [9e9] + [0.0] * 500), unicode=True)

    assert "█" in drawn.splitlines()[1]
