"""What does a run of logs.py say, as a table, as JSON, and as a page?"""

from __future__ import annotations

import statistics
import textwrap
from pathlib import Path
from typing import Any, NamedTuple

from logpeers import BASE, LONG_SECONDS, PATTERN, Missing, Peer
from logshape import Truth
from machine import machine
from pagesection import write_section

WIDTH = 100
QUIET_LOAD = 0.3
"""Above this load before the run, others were at work on the machine."""


class Run(NamedTuple):
    """One run of one peer: wall time, time on the processors, memory of its largest process."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int


class Results(NamedTuple):
    """All runs.

    Attributes:
        measured: by name of the peer, in the order of the rounds.
        memory: of peers with several processes, all together, in bytes.
        wrong: what was not counted as it is, as sentences.
        load: of the machine before the run.
    """

    truth: Truth
    peers: list[Peer]
    missing: list[Missing]
    measured: dict[str, list[Run]]
    memory: dict[str, int]
    wrong: list[str]
    load: float

    def seconds(self, name: str) -> float:
        """Median wall time."""
        return statistics.median(run.seconds for run in self.measured[name])

    def cpu_seconds(self, name: str) -> float:
        """Median time on the processors."""
        return statistics.median(run.cpu_seconds for run in self.measured[name])

    def peak_bytes(self, name: str) -> int:
        """The most memory of any run."""
        return self.memory.get(name) or max(run.peak_bytes for run in self.measured[name])

    def ratio(self, name: str) -> float | None:
        """How much longer than ripgrep: the median of the rounds, each held against its own."""
        if BASE not in self.measured:
            return None
        pairs = zip(self.measured[name], self.measured[BASE], strict=False)
        return statistics.median(ours.seconds / base.seconds for ours, base in pairs)


def text(results: Results) -> str:
    """For a terminal."""
    rows = _rows(results)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    return "\n".join([machine(), _log(results.truth), "", *lines, "", *_sentences(results)])


def as_json(results: Results) -> dict[str, Any]:
    """For programs."""
    return {
        "machine": machine(),
        "load_before": results.load,
        "log": {
            name: getattr(results.truth, name)
            for name in ("shape", "size_bytes", "lines", "requests")
        },
        "peers": {
            peer.name: {
                "version": peer.version,
                "command": [Path(peer.command[0]).name, *peer.command[1:]],
                "seconds": results.seconds(peer.name),
                "cpu_seconds": results.cpu_seconds(peer.name),
                "peak_bytes": results.peak_bytes(peer.name),
                "times_ripgrep": results.ratio(peer.name),
                "runs": [run._asdict() for run in results.measured[peer.name]],
            }
            for peer in results.peers
        },
        "missing": {peer.name: peer.reason for peer in results.missing},
        "wrong": results.wrong,
    }


def write(results: Results) -> None:
    """The section of the docs."""
    head, *rows = _rows(results)
    table = ["| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows)]
    write_section(
        "logs",
        _TEXT.format(
            verdict=textwrap.fill(_verdict(results), WIDTH),
            measured=textwrap.fill(
                f"Measured on {machine()}: {_log(results.truth)}. Each program reads it as a whole "
                "process, in turn, round after round, the file in the page cache. Medians over the "
                f"rounds; a program that takes longer than {LONG_SECONDS} seconds is run once.",
                WIDTH,
            ),
            table="\n".join(table),
            sentences="\n".join(map(_item, _sentences(results))),
            does="\n".join(f"- **{p.name}** {p.version}: {p.does}." for p in results.peers),
            pattern=PATTERN,
        ),
    )


def _rows(results: Results) -> list[list[str]]:
    rows = [["program", "wall s", "from, to", "CPU s", "MB/s", "peak MB", "times ripgrep", "runs"]]
    for peer in results.peers:
        runs = results.measured[peer.name]
        seconds, ratio = results.seconds(peer.name), results.ratio(peer.name)
        least, most = min(run.seconds for run in runs), max(run.seconds for run in runs)
        rows.append([
            peer.name,
            f"{seconds:.2f}",
            f"{least:.2f}, {most:.2f}",
            f"{results.cpu_seconds(peer.name):.2f}",
            f"{results.truth.size_bytes / seconds / 1000**2:.0f}",
            f"{results.peak_bytes(peer.name) / 1000**2:.0f}",
            "" if ratio is None else f"{ratio:.2f}",
            str(len(runs)),
        ])  # fmt: skip
    return rows


def _item(sentence: str) -> str:
    """Of a list."""
    return textwrap.fill(sentence, WIDTH, initial_indent="- ", subsequent_indent="  ")


def _log(truth: Truth) -> str:
    share = truth.requests / truth.lines
    return (
        f"a log of {truth.size_bytes / 1000**2:.0f} MB, {truth.lines} lines, {share:.0%} of them "
        f"requests (Odoo {truth.shape['series']}, seed {truth.shape['seed']})"
    )


def _verdict(results: Results) -> str:
    """What the table says of Workeroo, in a sentence or two."""
    peer = next((p for p in results.peers if p.name == "workeroo diagnose"), None)
    if peer is None:
        return "This Workeroo reads no logs yet; others do."
    seconds, ratio = results.seconds(peer.name), results.ratio(peer.name)
    exact = "; every count is exact" if not results.wrong else ""
    against = (
        f" That is {ratio:.1f} times what ripgrep takes to count the requests." if ratio else ""
    )
    return (
        f"Workeroo reads {results.truth.size_bytes / 1000**3:.1f} GB of log, "
        f"{results.truth.lines / 1e6:.1f} million lines, in {seconds:.1f} seconds and "
        f"{results.peak_bytes(peer.name) / 1000**2:.0f} MB of memory{exact}.{against}"
    )


def _sentences(results: Results) -> list[str]:
    """What else is to be said."""
    checked = [p.name for p in results.peers if p.counted or p.name.startswith("workeroo")]
    right = f"Held against the truth about the log: {', '.join(checked)}."
    said = [f"{right} {'All are exact.' if not results.wrong else 'Differences:'}", *results.wrong]
    said += [f"Not measured: {peer.name}: {peer.reason}." for peer in results.missing]
    if results.load > QUIET_LOAD:
        said.append(
            f"Others were at work on the machine (load {results.load:.1f} before the run): wall "
            "times are longer than on a quiet one, ratios and CPU times less so."
        )
    return said


_TEXT = """\
## How quickly a log is read

{verdict}

{measured}

Written by `benchmarks/logs.py --write-docs`, which makes the log as well. The same command measures
it on your machine; with `--quick`, on 100 MB in two minutes.

{table}

"times ripgrep" compares wall times round by round. "peak MB" is the resident memory of the largest
process, for Workeroo that of all its processes together; programs that map the file (ripgrep) count
what they have read of it.

{sentences}

### What each does

{does}

They do not do the same. ripgrep only counts, and hardly anything looks at every byte of every
request line sooner: that is why it is the measure. Workeroo finds the incidents and makes the whole
workload meanwhile: times by class and hour, busy workers second by second.

Of the others the number of request lines is held against the truth about the log; of Workeroo also
lines, errors, requests without times, the workers' time and the part in SQL to the millisecond, the
number of workers, the count of each class, and the count of each incident, with no other incident
beside them.

The expression, for ripgrep, grep, Python and Polars:

    {pattern}

pgBadger reads logs of PostgreSQL only.
"""
