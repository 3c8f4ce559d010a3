"""What does the run of knee.py say, as a table and as a page?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

from workeroo.prove.knee.product import SHARE_OVER

PAGE = Path(__file__).parent.parent / "docs" / "knee-measured.md"

GOAL = 0.10
"""The knee that is found may be off the sweep's by this share."""


class Swept(NamedTuple):
    """One rate of a sweep."""

    rate: float
    requests: int
    over: int
    p95_seconds: float

    @property
    def share_over(self) -> float:
        """Of the requests, slower than the target or failed."""
        return self.over / self.requests if self.requests else 1.0


def isotonic(swept: list[Swept]) -> list[float]:
    """The shares over the target, made to grow with the rate, by pooling neighbours that do not."""
    pools: list[tuple[float, float, int]] = []
    for one in swept:
        pools.append((float(one.over), float(one.requests), 1))
        while len(pools) > 1 and pools[-2][0] / pools[-2][1] > pools[-1][0] / pools[-1][1]:
            (over, of, count), (more, of_more, count_more) = pools[-2:]
            pools[-2:] = [(over + more, of + of_more, count + count_more)]
    return [over / of for over, of, count in pools for _ in range(count)]


def knee_of(swept: list[Swept]) -> float:
    """Where the share over the target passes what is allowed, on a straight line between rates."""
    shares = isotonic(swept)
    for number, share in enumerate(shares):
        if share > SHARE_OVER:
            if number == 0:
                return swept[0].rate
            before, at = swept[number - 1].rate, swept[number].rate
            part = (SHARE_OVER - shares[number - 1]) / (share - shares[number - 1])
            return before + part * (at - before)
    return swept[-1].rate


class Result(NamedTuple):
    """One setting: what the search found, and what the sweep says."""

    setting: str
    rate: float
    low_rate: float
    high_rate: float
    trials: int
    binds: str
    load: float
    swept: list[Swept]

    @property
    def swept_knee(self) -> float:
        """The sweep's."""
        return knee_of(self.swept)

    @property
    def off(self) -> float:
        """How much the found knee is above the sweep's, as a share."""
        return self.rate / self.swept_knee - 1


def as_json(results: list[Result]) -> str:
    """For programs, and for `read`."""
    documents = [
        {
            **one._asdict(),
            "swept": [each._asdict() for each in one.swept],
            "swept_knee": one.swept_knee,
            "off": one.off,
        }
        for one in results
    ]
    return json.dumps(documents, indent=2) + "\n"


def read(path: Path) -> list[Result]:
    """What a run before has kept."""
    results = []
    for document in json.loads(path.read_text(encoding="utf-8")):
        del document["swept_knee"], document["off"]
        document["swept"] = [Swept(**each) for each in document["swept"]]
        results.append(Result(**document))
    return results


def table(results: list[Result]) -> list[str]:
    """The settings side by side, as Markdown."""
    head = "| setting | found | interval | sweep | off | binds first | trials | load |"
    rows = [head, "|---|---|---|---|---|---|---|---|"]
    rows += [
        f"| {one.setting} | {one.rate:.1f}/s | {one.low_rate:.1f} to {one.high_rate:.1f} | "
        f"{one.swept_knee:.1f}/s | {one.off:+.0%} | {one.binds} | {one.trials} | {one.load:.0f} |"
        for one in results
    ]
    return rows


def write(results: list[Result], machine: str, times: tuple[float, float]) -> None:
    """The page."""
    within = sum(abs(one.off) <= GOAL for one in results)
    lines = [
        "# The knee, measured",
        "",
        "[`workeroo stress`](stress.md) against an exhaustive sweep of rates, on real Odoo 19",
        "servers of the lab, search and sweep of each in the same minutes. Written by",
        "`.venv/bin/python benchmarks/knee.py --write-docs`; nothing here is typed in.",
        "",
        f"- machine: {machine}",
        f"- search: at most {times[0]:.0f} s for each setting, between the rates of the sweep",
        f"- sweep: rates 5 % apart, {times[1]:.0f} s each after 10 s of warm-up; its knee is where",
        "  the share of requests over 1 s passes 5 %, the shares made to grow with the rate",
        "- load: the kernel's average of 15 minutes; what is above the number of cores is other",
        "  programs that computed meanwhile, and made every request slower than it is alone",
        f"- goal: within {GOAL:.0%} of the sweep; reached on {within} of {len(results)}",
        "",
        *table(results),
    ]
    for one in results:
        lines += ["", f"## {one.setting}", "", "| rate | requests | over 1 s | p95 |"]
        lines += ["|---|---|---|---|"]
        lines += [
            f"| {each.rate:.2f}/s | {each.requests} | {each.share_over:.1%} | "
            f"{each.p95_seconds:.2f} s |"
            for each in one.swept
        ]
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")
