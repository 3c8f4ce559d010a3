"""How is a curve drawn in a terminal? A few rows of bars, in eighths of a row or in plain ASCII."""

from __future__ import annotations

from collections.abc import Sequence

from workeroo.prove.product import Curve
from workeroo.units import format_bytes, format_seconds

ROWS = 6
WIDTH = 80
LABEL_WIDTH = 9
"""Columns for the scale at the left: "640 MiB" and a space."""

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_WHOLE = " #"


def plot(curve: Curve, *, width: int = WIDTH, unicode: bool = True) -> str:
    """A curve as text, from zero up to its highest point.

    Args:
        curve: at least one point.
        width: columns in all.
        unicode: whether the terminal has the bars; else each row is full or empty.
    """
    columns = max(min(width, WIDTH) - LABEL_WIDTH - 1, 1)
    points = _fitted(curve.points, columns)
    top = max(*points, curve.limit or 0.0, 1e-9) if points else 1e-9
    steps = _EIGHTHS if unicode else _WHOLE
    bar, floor = ("│", "└") if unicode else ("|", "+")
    rows = [
        f"{_label(row, top, curve)} {bar}{_row(points, row, top, steps)}".rstrip()
        for row in reversed(range(ROWS))
    ]
    line = ("─" if unicode else "-") * len(points)
    end = f"{curve.total:g} {curve.over}"
    rows.append(f"{'0':>{LABEL_WIDTH - 1}} {floor}{line}")
    rows.append(f"{'':{LABEL_WIDTH}}{end:>{len(points) + 1}}" if len(end) < columns else end)
    return "\n".join([curve.name, *rows])


def told(value: float, unit: str) -> str:
    """A number with its unit, as people read it."""
    if unit == "bytes":
        return format_bytes(value)
    if unit == "seconds":
        return format_seconds(value)
    if unit == "times":
        return f"{value:g}"
    return f"{value:g} {_ONE.get(unit, unit) if value == 1 else unit}"


_ONE = {"connections": "connection", "requests": "request", "processes": "process"}


def _label(row: int, top: float, curve: Curve) -> str:
    """The scale, at the highest row and in the middle."""
    value = {ROWS - 1: top, ROWS // 2 - 1: top / 2}.get(row)
    text = "" if value is None else _short(value, curve.unit)
    return f"{text:>{LABEL_WIDTH - 1}}"


def _short(value: float, unit: str) -> str:
    return told(value, unit) if unit in ("bytes", "seconds") else f"{value:.3g}"


def _row(points: Sequence[float], row: int, top: float, steps: str) -> str:
    """One row of bars: what of each point lies in it."""
    most = len(steps) - 1
    filled = (point / top * ROWS - row for point in points)
    return "".join(steps[round(max(0.0, min(part, 1.0)) * most)] for part in filled)


def _fitted(points: Sequence[float], columns: int) -> list[float]:
    """As many points as there are columns, of several the highest; a few are drawn wider."""
    if not points:
        return []
    count = len(points)
    if count < columns:
        return [points[column * count // columns] for column in range(columns)]
    return [
        max(points[column * count // columns : (column + 1) * count // columns])
        for column in range(columns)
    ]
