"""The proofs of limits as commands: one for each file in `prove/limits`, and one for all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import msgspec

from workeroo.cli.progress import progress
from workeroo.cli.show import json_option, show
from workeroo.errors import InputError, MissingInput, UsageError
from workeroo.evidence import is_known
from workeroo.lab.lab import DEFAULT_NAME, Lab
from workeroo.plan.product import Plan
from workeroo.prove.limits import PROOFS
from workeroo.prove.longpolling import IDLE_SECONDS, prove
from workeroo.prove.longpolling import Trial as BusTrial
from workeroo.prove.product import Proofs, Verdict, worst
from workeroo.prove.proof import Proof, Trial, go
from workeroo.prove.stage import Promise, declared, read_promises, set_stage
from workeroo.report.verdict_text import proofs_text, verdict_text

STATUS = {"holds": 0, "could not tell": 1, "fails": 2}
"""The exit status by what came of a proof."""

QUICK_IDLE_SECONDS = 5.0
"""How long `all --quick` keeps a connection without a word."""

EXAMPLES = """
    \b
    workeroo prove {name} --lab lab
    workeroo prove {name} http://127.0.0.1:8069
"""


def add_limits(group: click.Group) -> None:
    """Give a group one command for each proof, and `all`."""
    for proof in PROOFS.values():
        group.add_command(_command(proof))
    group.add_command(_all())


_OPTIONS: list[Callable[[Any], Any]] = [
    click.argument("url", required=False),
    click.option("--lab", "lab_name", metavar="NAME", help="Try the Odoo of this lab."),
    click.option(
        "--promised", multiple=True, metavar="OPTION=VALUE",
        help="Hold the server to this value, in place of what its odoo.conf says.",
    ),
    click.option(
        "--plan", "plan_path", metavar="FILE",
        help="Hold the server to this plan ('workeroo plan --json').",
    ),
    click.option("--quick", is_flag=True, help="Fewer requests: less time, less sure."),
]  # fmt: skip
"""What every proof of a limit takes."""

_SIGNALLING: list[Callable[[Any], Any]] = [
    click.option(
        "--yes", "may_signal", is_flag=True,
        help="Let the proof 'graceful' signal processes of a server that is no lab.",
    ),
    click.option(
        "--restart", "with_restart", is_flag=True,
        help="Let the proof 'graceful' restart the lab too, and count what that loses.",
    ),
]  # fmt: skip
"""What a proof takes that signals."""


def _with_options(command: Callable[..., int], *, signals: bool) -> Callable[..., int]:
    """A command with its options, the first of them on top of its help."""
    options = [*_OPTIONS, *(_SIGNALLING if signals else []), json_option]
    for option in reversed(options):
        command = option(command)
    return command


def _command(proof: Proof) -> click.Command:
    """The command of one proof."""

    def callback(**given: Any) -> int:  # noqa: ANN401 - click hands each option on by its name
        target, trial, promised = _called(**given)
        verdict = go(proof, set_stage(target, promised), target, trial, progress())
        show(verdict, verdict_text, as_json=given["as_json"])
        return STATUS[verdict.outcome]

    text = f"{proof.title}\n\n{proof.text}\n{EXAMPLES.format(name=proof.name)}"
    help_text = "\n".join(line.strip() for line in text.splitlines())
    return click.command(proof.name, help=help_text, short_help=proof.title)(
        _with_options(callback, signals=proof.signals)
    )


def _all() -> click.Command:
    """The command that tries every proof."""

    def callback(**given: Any) -> int:  # noqa: ANN401 - as above
        target, trial, promised = _called(**given)
        verdicts = list(_each(target, trial, promised))
        verdicts += _bus(given["lab_name"], given["url"], quick=trial.quick)
        proofs = Proofs(
            target=target, outcome=worst(v.outcome for v in verdicts), verdicts=verdicts
        )
        show(proofs, proofs_text, as_json=given["as_json"])
        return STATUS[proofs.outcome]

    title = "Go through every proof, and sum up: the worst outcome decides."
    text = (
        "One after the other, the most unsettling last. With --lab also longpolling, through the "
        f"lab's nginx.\n{EXAMPLES.format(name='all')}"
    )
    help_text = "\n".join(line.strip() for line in f"{title}\n\n{text}".splitlines())
    return click.command("all", help=help_text, short_help=title)(
        _with_options(callback, signals=any(proof.signals for proof in PROOFS.values()))
    )


def _each(target: str, trial: Trial, promised: dict[str, Promise]) -> Iterator[Verdict]:
    """Every proof, each on the server as the one before has left it."""
    stage = set_stage(target, promised)
    for proof in PROOFS.values():
        yield go(proof, stage, target, trial, progress())
        if is_known(stage):  # one that cannot be tried is not looked for again
            stage = set_stage(target, promised)


def _called(
    *,
    url: str | None,
    lab_name: str | None,
    promised: tuple[str, ...],
    plan_path: str | None,
    quick: bool,
    may_signal: bool = False,
    with_restart: bool = False,
    **_shown: object,
) -> tuple[str, Trial, dict[str, Promise]]:
    """What is to be tried, how, and what it is held to."""
    if url is not None and lab_name is not None:
        raise UsageError("URL and --lab exclude each other", cure="give one of them")
    told = {**_planned(plan_path), **read_promises(promised)}
    if url is not None:
        if with_restart:
            raise UsageError("only a lab is restarted", cure="give --lab NAME, or no --restart")
        return url, Trial(quick=quick, may_signal=may_signal), told
    lab = _lab(lab_name)
    restart = lab.restart if with_restart else None
    return lab.url, Trial(quick=quick, may_signal=True, restart=restart), told


def _planned(path: str | None) -> dict[str, Promise]:
    """What a plan decides.

    Raises:
        MissingInput: there is no such file; InputError: it holds no plan.
    """
    if path is None:
        return {}
    cure = "make it with `workeroo plan --json > FILE`"
    try:
        plan = msgspec.json.decode(Path(path).read_bytes(), type=Plan)
    except OSError as error:
        raise MissingInput(error.strerror or str(error), where=path, cure=cure) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError("this is no plan", where=path, cure=cure) from error
    return {one.option: declared(one.option, one.value, path) for one in plan.decisions}


def _lab(name: str | None) -> Lab:
    lab = Lab.named(name or DEFAULT_NAME, environment=os.environ)
    if not lab.status().running:
        raise UsageError(
            f"no URL was given, and the lab {lab.name!r} does not run",
            cure="give the address of an Odoo of this host, like http://127.0.0.1:8069",
        )
    return lab


def _bus(lab_name: str | None, url: str | None, *, quick: bool) -> list[Verdict]:
    """The proof of the bus, where there is an nginx to go through."""
    if url is not None:
        return []
    idle_seconds = QUICK_IDLE_SECONDS if quick else IDLE_SECONDS
    bus = BusTrial(url=_lab(lab_name).nginx_url, idle_seconds=idle_seconds)
    return [prove(bus, progress())]
