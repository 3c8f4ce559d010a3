"""How does a benchmark draw its figures for the docs? As SVG, the same for the same figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

IMAGES = Path(__file__).parent.parent / "docs" / "images"

INK, PALE = "#33413f", "#c9d1cf"
COLOURS = ("#1f6f8b", "#d1793b", "#6a8d3f", "#8a5a9e", "#b8404e", "#8a8a8a")

mpl.rcParams.update(
    {
        "svg.hashsalt": "workeroo",  # ids of elements do not change from run to run
        "svg.fonttype": "none",
        "font.family": "sans-serif",
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": INK,
        "axes.labelcolor": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "text.color": INK,
        "figure.facecolor": "white",
    }
)


def panel(count: int, height_inches: float = 2.6) -> tuple[Figure, Sequence[Axes]]:
    """A picture with so many diagrams in a row."""
    figure = Figure(figsize=(3.3 * count, height_inches), layout="constrained")
    axes = figure.subplots(1, count, squeeze=False)[0]
    return figure, list(axes)


def bars(axes: Axes, values: Mapping[str, float], *, title: str, unit: str, best: str) -> None:
    """A bar for each name; the best one stands out."""
    colours = [COLOURS[1] if name == best else COLOURS[0] for name in values]
    axes.bar(range(len(values)), list(values.values()), color=colours, width=0.7)
    axes.set_xticks(range(len(values)), list(values))
    axes.set_title(title, loc="left", fontsize=9)
    axes.set_ylabel(unit)
    axes.grid(axis="y", color=PALE, linewidth=0.6)
    axes.set_axisbelow(True)


def save(figure: Figure, name: str) -> Path:
    """Write docs/images/NAME.svg."""
    path = IMAGES / f"{name}.svg"
    figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})
    return path
