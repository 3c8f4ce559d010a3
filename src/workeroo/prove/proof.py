"""What is a proof of a limit, and how is one gone through?

A proof is one file in `limits/`: what it needs, what it tries, and a judge that touches nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from workeroo.errors import WorkerooError
from workeroo.evidence import Evidence, Unknown
from workeroo.progress import Progress
from workeroo.prove.log import Heard
from workeroo.prove.product import Curve, Hop, Number, Verdict, first_cure, outcome_of
from workeroo.prove.stage import Stage

Reach = Callable[[float, float | None], None]
"""Told how far a proof is, and of how much."""


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """How much is tried, and what the user allows.

    Attributes:
        quick: fewer requests, shorter looks: for a first look, and for tests.
        may_signal: the user said that the server's own processes may be signalled.
        restart: starts the server anew; only a lab can be asked to.
    """

    quick: bool = False
    may_signal: bool = False
    restart: Callable[[], object] | None = None


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """One proof.

    Attributes:
        name: as a command: "memory-soft".
        title: one line of help.
        text: what it does, in a few sentences.
        promise: what the server should do, with the values that it is held to.
        lacks: why it could not be told on this stage; None where it can be tried.
        prove: tries it and judges.
        order: where it stands in `all`: what unsettles a server most comes last.
        signals: whether it signals the server's own processes.
    """

    name: str
    title: str
    text: str
    promise: Callable[[Stage], str]
    lacks: Callable[[Stage], str | None]
    prove: Callable[[Stage, Trial, Progress], Verdict]
    order: int
    signals: bool = False


def go(
    proof: Proof, stage: Stage | Unknown, target: str, trial: Trial, progress: Progress
) -> Verdict:
    """Go through one proof; what keeps it from being tried is a verdict too."""
    if isinstance(stage, Unknown):
        return could_not_tell(proof, target, proof.title, stage.reason)
    promised = proof.promise(stage)
    reason = proof.lacks(stage)
    if reason is not None:
        return could_not_tell(proof, target, promised, reason)
    try:
        return proof.prove(stage, trial, progress)
    except WorkerooError as error:  # a server that went away meanwhile, a user who may not signal
        return could_not_tell(proof, target, promised, str(error))


def could_not_tell(proof: Proof, target: str, promised: str, reason: str) -> Verdict:
    """The verdict of a proof that was not tried."""
    return Verdict(
        proof=proof.name,
        target=target,
        outcome="could not tell",
        promised=promised,
        observed=reason,
        hops=[],
    )


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a judge found, before it becomes a verdict."""

    hops: list[Hop]
    observed: str
    numbers: list[Number] = []
    curves: list[Curve] = []
    lines: list[str] = []
    evidence: list[Evidence] = []


def verdict(proof: Proof, stage: Stage, found: Found, *options: str) -> Verdict:
    """The verdict of what was found: every part of the promise counts.

    What promises the options that it was held to stands first in its evidence.
    """
    outcome = outcome_of(found.hops)
    return Verdict(
        proof=proof.name,
        target=stage.target,
        outcome=outcome,
        promised=proof.promise(stage),
        observed=found.observed,
        hops=found.hops,
        evidence=[*(stage.promise(option).evidence for option in options), *found.evidence],
        cure=first_cure(found.hops, outcome),
        numbers=found.numbers,
        curves=found.curves,
        lines=found.lines,
    )


def ok(name: str, text: str) -> Hop:
    """A part of the promise that was kept."""
    return Hop(name=name, state="ok", evidence=Evidence("measured", text))


def broken(name: str, text: str, cure: str) -> Hop:
    """A part that was not."""
    return Hop(name=name, state="broken", evidence=Evidence("measured", text), cure=cure)


def unseen(name: str, reason: str, cure: str | None = None) -> Hop:
    """A part that could not be seen."""
    return Hop(name=name, state="could not tell", evidence=Evidence("measured", reason), cure=cure)


MOST_LINES = 8
"""Lines of the log in a verdict: the first ones and the last."""


def some(lines: Iterable[str]) -> list[str]:
    """The lines of a log that a verdict shows."""
    listed = list(lines)
    half = MOST_LINES // 2
    return listed if len(listed) <= MOST_LINES else [*listed[:half], *listed[-half:]]


NEWER_CURE = (
    "restart the server: its files may have changed since it was started, and see whether another "
    "file, the environment or the command line sets it ('workeroo audit')"
)
"""What to do where a server does not do what its settings say."""


def told_numbers(lines: Iterable[Heard]) -> str:
    """The different numbers that lines of a log tell."""
    numbers = {line.number for line in lines if line.number is not None}
    return ", ".join(map(str, sorted(numbers)))


def no_workers(stage: Stage) -> str | None:
    """Why a limit of the prefork server cannot be tried, where it cannot."""
    if stage.is_threaded:
        return "the server is threaded (workers = 0): this limit is one of its workers'"
    if not stage.workers:
        return "the server has no HTTP worker"
    return None


def hidden_log(stage: Stage) -> str | None:
    """Why the log tells nothing of workers, as a reason not to begin."""
    why = stage.hidden_lines
    return None if why is None else f"what the server says of it cannot be read: {why}"
