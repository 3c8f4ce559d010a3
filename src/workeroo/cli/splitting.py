"""Which split does the user ask for? The options that plan and render have in common for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click
import msgspec

from workeroo.cli.gather import gather
from workeroo.cli.hardware import declared_cores, declared_memory_bytes
from workeroo.cli.planning import Basis, Wish, choose, neighbours
from workeroo.errors import MissingInput, UsageError
from workeroo.evidence import is_known
from workeroo.facts.host import Cores, Memory
from workeroo.plan.split import Server, SplitPlan, like, make_split

F = TypeVar("F", bound=Callable[..., Any])


class SplitWish(msgspec.Struct, frozen=True, kw_only=True):
    """What the user said about a split, as the options below hand it on."""

    split: bool = False
    frontends: int | None = None
    backend_cores: int | None = None
    backend_memory: str | None = None
    backend_facts: str | None = None
    backend_deployment: str | None = None


class Halves(msgspec.Struct, frozen=True, kw_only=True):
    """A split, and the servers that it was made for."""

    plan: SplitPlan
    frontend: Server
    backend: Server


def splitting_options(command: F) -> F:
    """Add the options of a split to a command; `SplitWish` takes their values."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def split_wish(said: dict[str, Any]) -> SplitWish:
    """Take the values of these options out of all that a command was given.

    Raises:
        UsageError: for an option of a split without --split.
    """
    names = SplitWish.__struct_fields__
    wish = SplitWish(**{name: said.pop(name) for name in names})
    given = [name for name in names if name != "split" and getattr(wish, name) is not None]
    if given and not wish.split:
        option = f"--{given[0].replace('_', '-')}"
        raise UsageError(f"{option} is for a split", cure="give --split with it")
    return wish


def planned_split(wish: Wish, split: SplitWish, found: Basis) -> Halves:
    """Decide for both servers.

    Raises:
        UsageError: where --role or --masters contradicts a split.
    """
    if wish.role != "all":
        what = f"--split makes both roles, and --role {wish.role} asks for one"
        raise UsageError(what, cure="give one of the two")
    if wish.masters is not None:
        raise UsageError("--split counts its own masters", cure="give --frontends, not --masters")
    frontend = Server(
        host=found.host, deployment=found.deployment, neighbours=neighbours(wish, found)
    )
    backend = _backend(split, frontend)
    plan = make_split(
        frontend,
        backend,
        rule=wish.rule,
        frontends=1 if split.frontends is None else split.frontends,
        users=wish.users,
        series=wish.series,
        cron_only=wish.cron_only,
    )
    return Halves(plan=plan, frontend=frontend, backend=backend)


def _backend(split: SplitWish, frontend: Server) -> Server:
    """The other server: by its own facts or like the frontend, with the hardware declared."""
    cores, memory = declared_cores(split.backend_cores), declared_memory_bytes(split.backend_memory)
    if split.backend_facts is not None:
        return _from_facts(split.backend_facts, split.backend_deployment, cores, memory)
    if split.backend_deployment is not None:
        raise UsageError(
            "--backend-deployment is one of the backend's facts",
            cure="give --backend-facts with it",
        )
    server = like(frontend)
    host = server.host
    if cores is not None:
        host = msgspec.structs.replace(host, cores=Cores(logical=cores, declared=True))
    if memory is not None:
        host = msgspec.structs.replace(host, memory=Memory(total_bytes=memory, declared=True))
    return msgspec.structs.replace(server, host=host)


def _from_facts(path: str, name: str | None, cores: int | None, memory: int | None) -> Server:
    facts = gather(path, cores, memory)
    if not is_known(facts.host):
        what = f"the hardware of the backend is not known: {facts.host.reason}"
        cure = "say it with --backend-cores and --backend-memory"
        raise MissingInput(what, where=path, cure=cure)
    return Server(
        host=facts.host,
        deployment=choose(facts.deployments, name, option="--backend-deployment"),
        neighbours=max(len(facts.deployments) - 1, 0),
    )


_OPTIONS: list[Callable[[Any], Any]] = [
    click.option("--split", is_flag=True, help="Frontends for users and a backend for crons."),
    click.option("--frontends", type=int, metavar="N", help="So many frontends.  [default: 1]"),
    click.option("--backend-cores", type=int, metavar="N", help="Cores of the backend."),
    click.option("--backend-memory", metavar="SIZE", help="Memory of the backend."),
    click.option("--backend-facts", metavar="FILE", help="Facts that were collected on it."),
    click.option("--backend-deployment", metavar="NAME", help="Which Odoo of those facts."),
]
