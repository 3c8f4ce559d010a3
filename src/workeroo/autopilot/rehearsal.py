"""Does every invariant hold on any day that a seed can make?"""

from __future__ import annotations

from random import Random

import msgspec

from workeroo.autopilot.decide import REFUSED, decide
from workeroo.autopilot.product import Bounds, Step, Windows
from workeroo.autopilot.rules.pdf_escape import ESCAPE_WORKERS
from workeroo.autopilot.simulated import Phase, Server, random_bounds, random_phases, random_server
from workeroo.autopilot.state import State, told
from workeroo.units import MIB

SHORT_WINDOWS = Windows(
    calm_seconds=15,
    longest_calm_seconds=60,
    missed_seconds=15,
    shrink_pause_seconds=1,
    saturated_seconds=4,
    recycle_pause_seconds=10,
)
"""A day in a minute: the same rules, the slow ones twenty times as fast."""

TRACE_SECONDS = 60.0
MISHAP_CHANCE = 0.02
"""At each look."""


class Rehearsed(msgspec.Struct, kw_only=True):
    """What came of one trace.

    Attributes:
        broken: invariants that did not hold, with the second.
        lost: requests that the autopilot ended.
    """

    seed: int
    looks: int = 0
    grown: int = 0
    shrunk: int = 0
    retired: int = 0
    served: int = 0
    lost: int = 0
    most_workers: int = 0
    broken: list[str] = []


def rehearse(seed: int, seconds: float = TRACE_SECONDS) -> Rehearsed:
    """One random day on one random server, with mishaps."""
    random = Random(seed)  # noqa: S311 - a seeded game, no secret
    server = random_server(random)
    limit = random.choice([None, 90 * MIB, 200 * MIB])
    bounds = random_bounds(
        random,
        Bounds(floor=2, ceiling=2, worker_pss_limit_bytes=limit, windows=SHORT_WINDOWS),
    )
    interval = random.choice([0.2, 0.5, 1.0])
    done = Rehearsed(seed=seed)
    state = State()
    for phase in random_phases(random, seconds):
        state = _phase(server, state, phase, (bounds, interval, done))
    done.served = server.served
    return done


def _phase(
    server: Server, state: State, phase: Phase, given: tuple[Bounds, float, Rehearsed]
) -> State:
    bounds, interval, done = given
    for _ in range(int(phase.seconds / interval)):
        server.advance(interval, phase)
        _mishap(server)
        pulse = server.look()
        state, step, entry = decide(state, pulse, bounds)
        done.looks += 1
        done.most_workers = max(done.most_workers, server.present)
        _judge(server, state, step, (bounds, done))
        if entry.rule == REFUSED:
            done.broken.append(f"{server.now:.1f} s: {entry.sentence}")
        if step.kind == "hold":
            continue
        outcome = server.do(step)
        done.grown += outcome.done if step.kind == "grow" else 0
        done.shrunk += outcome.done if step.kind == "shrink" else 0
        done.retired += outcome.done if step.kind == "retire" else 0
        state = told(state, step, outcome, bounds)
    return state


def _judge(server: Server, state: State, step: Step, given: tuple[Bounds, Rehearsed]) -> None:
    """The invariants once more, from the server's own side."""
    bounds, done = given
    if step.kind == "hold":
        return
    wrongs = []
    if state.unconfirmed is not None:
        wrongs.append("a second signal before the first was confirmed")
    if server.stopped:
        wrongs.append("a signal to a stopped master")
    if step.kind == "grow" and server.present + step.count > bounds.ceiling + ESCAPE_WORKERS:
        wrongs.append(f"{server.present} + {step.count} workers")
    if step.kind == "shrink" and server.present - 1 < bounds.floor:
        wrongs.append(f"{server.present} - 1 workers")
    victim = server.find(step.victim)
    if victim is not None and victim.job is not None:
        done.lost += 1
        wrongs.append("a busy worker was named")
    done.broken += [f"{server.now:.1f} s: {wrong}" for wrong in wrongs]


def _mishap(server: Server) -> None:
    """Now and then, something that nobody here did."""
    random = server.random
    if server.stopped and random.random() < 0.2:  # noqa: PLR2004 - a few looks later
        server.stopped = False
        server.spawn()
    if random.random() > MISHAP_CHANCE:
        return
    kind = random.randrange(8)
    if kind == 0:
        server.reload()
    elif kind == 1:
        server.restart()
    elif kind == 2:  # noqa: PLR2004 - one of eight, as the others
        server.kill_one()
    elif kind == 3:  # noqa: PLR2004
        server.stopped = True
    elif kind == 4:  # noqa: PLR2004
        server.population = max(1, server.population + random.choice([-2, -1, 1, 2, 5]))
        server.spawn()
    elif kind == 5:  # noqa: PLR2004
        server.memory_bytes = int(server.memory_bytes * random.choice([0.5, 0.8, 1.25, 2]))
    elif kind == 6:  # noqa: PLR2004
        server.locks = random.choice([0, 3, 10])
    else:
        server.now += random.uniform(0, 20)  # nobody looked for a while
