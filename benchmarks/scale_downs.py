"""Is a request lost when a worker of a real Odoo is sent away under load, a thousand times?

.venv/bin/python benchmarks/scale_downs.py [--downs 1000] [--chaos]

Clients ask without a pause, straight to Odoo's port; the autopilot's own hand adds workers and
takes them away as quickly as it can. Every answer that is not 200 is a lost request. With --chaos
the whole autopilot runs instead, is killed by SIGKILL at random moments and started anew.
"""

from __future__ import annotations

import argparse
import http.client
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from workeroo.autopilot.census import census
from workeroo.autopilot.hand import Hand
from workeroo.autopilot.product import Outcome, Step, Victim
from workeroo.lab.lab import Lab
from workeroo.probe.pulse import Watcher

CONF = "[options]\nworkers = 4\nmax_cron_threads = 1\n"
LEVERS = ("sleep?seconds=0.02", "sleep?seconds=0.2", "burn?seconds=0.01")
CLIENTS = 4
MOST_WORKERS, FEWEST_WORKERS = 12, 6


class Clients:
    """Ask until the end; count."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.answers: Counter[str] = Counter()
        self.end = threading.Event()

    def run(self, seed: int) -> None:
        """One client."""
        chance = random.Random(seed)  # noqa: S311 - a seeded load, no secret
        while not self.end.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
            try:
                connection.request("GET", f"/workeroo_lab/{chance.choice(LEVERS)}")
                told = str(connection.getresponse().status)
            except (OSError, http.client.HTTPException) as error:
                told = type(error).__name__
            connection.close()
            self.answers[told] += 1


@contextmanager
def asking(port: int) -> Iterator[Clients]:
    """Clients for the length of a block."""
    clients = Clients(port)
    threads = [threading.Thread(target=clients.run, args=(n,)) for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        yield clients
    finally:
        clients.end.set()
        for thread in threads:
            thread.join()


def scale_down(watcher: Watcher, downs: int) -> Counter[str]:
    """Take workers away so many times, and add them in between."""
    hand, done = Hand(watcher.look), Counter[str]()
    growing = True
    while done["shrink"] < downs:
        pulse = watcher.look()
        counted = census(pulse)
        if counted.present >= MOST_WORKERS:
            growing = False
        elif counted.present <= FEWEST_WORKERS:
            growing = True
        if growing:
            outcome = hand.do(Step(kind="grow", count=1), pulse)
        elif counted.idle:
            idle = counted.idle[0]
            step = Step(kind="shrink", count=1, victim=Victim(idle.pid, idle.start_ticks))
            outcome = hand.do(step, pulse)
        else:
            time.sleep(0.01)
            continue
        note(done, outcome)
    return done


def note(done: Counter[str], outcome: Outcome) -> None:
    """Count what came of a step."""
    done[outcome.kind] += outcome.done
    done["undone: " + "".join(c for c in outcome.why if not c.isdigit())] += not outcome.done
    done["unconfirmed"] += not outcome.confirmed
    for name in outcome.signals:
        done[name] += 1


def chaos(lab: Lab, kills: int) -> Counter[str]:
    """Kill the autopilot so many times, each time somewhere between two steps or amid one."""
    chance, done = random.Random(7), Counter[str]()  # noqa: S311 - as above
    with tempfile.TemporaryDirectory() as folder:
        while done["killed"] < kills:
            command = [
                sys.executable, "-m", "workeroo", "autopilot", "--folder", folder,
                "--deployment", f"port {lab.http_port}", "--floor", "2", "--ceiling", "9",
                "--calm", "1",
            ]  # fmt: skip
            with subprocess.Popen(command, stdout=subprocess.DEVNULL) as autopilot:
                time.sleep(chance.uniform(1, 4))
                done["had ended"] += autopilot.poll() is not None
                autopilot.kill()
            done["killed"] += 1
    return done


def main() -> int:
    """Bring a lab up, load it, and tell."""
    parser = argparse.ArgumentParser(description="Sends workers away under load.")
    parser.add_argument("--downs", type=int, default=1000)
    parser.add_argument("--chaos", action="store_true", help="kill the autopilot, 100 times")
    parser.add_argument("--lab", default="scale-downs", help="name of the lab that is made")
    said = parser.parse_args()
    lab = Lab.named(said.lab)
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as conf:
        conf.write(CONF)
        conf.flush()
        lab.up(conf=Path(conf.name))
    try:
        began = time.monotonic()
        with asking(lab.http_port) as clients:
            if said.chaos:
                done = chaos(lab, said.downs // 10)
            else:
                with closing(Watcher(lab.master_pid, lab.http_port)) as watcher:
                    done = scale_down(watcher, said.downs)
        seconds = time.monotonic() - began
        healthy = lab.status().healthy
    finally:
        lab.destroy()
    print(f"{seconds:.0f} s: {dict(done)}; answers: {dict(clients.answers)}; healthy: {healthy}")
    return 0 if set(clients.answers) == {"200"} and healthy else 1


if __name__ == "__main__":
    sys.exit(main())
