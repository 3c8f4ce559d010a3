"""What can happen to a server, and to the autopilot that holds it?"""

from __future__ import annotations

import os
import signal

from chaosrun import Story, Trial

STOPPED_SECONDS = 12.0


def reload(trial: Trial) -> None:
    """SIGHUP: Odoo 19 starts new workers beside the old ones, and ends those."""
    before = trial.lab.master_pid
    os.kill(before, signal.SIGHUP)
    trial.until(lambda: trial.look().reloading, "two generations")
    trial.until(lambda: not trial.look().reloading, "the end of the old one")


def reload_lost(trial: Trial) -> None:
    """SIGHUP to an Odoo that does not find its own interpreter again; somebody starts it anew."""
    os.kill(trial.lab.master_pid, signal.SIGHUP)
    trial.until(lambda: not trial.lab.status().running, "the end of the server")
    trial.lab.restart()


def stopped_workers(trial: Trial) -> None:
    """SIGSTOP to all but one."""
    workers = [worker.pid for worker in trial.look().http if worker.state != "ending"]
    stopped = workers[:-1]
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    trial.lasting(STOPPED_SECONDS)
    trial.seen.append(f"{len(stopped)} of {len(workers)} stopped")
    for pid in stopped:
        os.kill(pid, signal.SIGCONT)


def stopped_master(trial: Trial) -> None:
    """SIGSTOP to the master."""
    master = trial.lab.master_pid
    os.kill(master, signal.SIGSTOP)
    trial.lasting(STOPPED_SECONDS)
    os.kill(master, signal.SIGCONT)


STORIES = (
    Story(name="reload", trouble=reload),
    Story(name="reload in a venv: the server is lost", trouble=reload_lost, survives=False),
    Story(name="stopped workers", trouble=stopped_workers),
    Story(name="stopped master", trouble=stopped_master),
)
