"""`workeroo render`: the plan as files."""

from __future__ import annotations

from typing import Any

import click
import msgspec

from workeroo.cli.filesout import show_files
from workeroo.cli.planning import Basis, Wish, basis, planned, planning_options
from workeroo.cli.show import json_option
from workeroo.cli.siting import SiteSaid, site_options, site_said, site_wish, upstream
from workeroo.cli.splitting import (
    Halves,
    SplitWish,
    planned_split,
    split_wish,
    splitting_options,
)
from workeroo.errors import UsageError
from workeroo.evidence import Unknown
from workeroo.facts.deployment import Deployment
from workeroo.facts.proxy import Proxy
from workeroo.render.hosts import HostSubject, Side, hosts_of, one_host, render_all
from workeroo.render.subject import Subject, Upstream
from workeroo.render.target import Target
from workeroo.render.targets import TARGETS
from workeroo.report.render_text import rendering

FROM_ELSEWHERE = (
    "The facts are from elsewhere, so the files that stand there were not read: these are new ones"
    " with what the plan decides. On the server itself, render edits its own files."
)
BACKEND_FROM_ELSEWHERE = (
    "The backend's own files were not read: its odoo.conf here is a new one. On the backend itself,"
    " `workeroo render --role backend` edits its own."
)
INVENTED_NAMES = (
    "The names of the frontends are made up: give their addresses with --frontend, once for each."
)


@click.command("render")
@click.argument("targets", nargs=-1, metavar="[TARGET]...")
@click.option("--out", metavar="DIR", help="Write below this folder, not on stdout.")
@click.option("--force", is_flag=True, help="Write over what stands in DIR.")
@planning_options
@splitting_options
@click.option(
    "--frontend",
    "addresses",
    multiple=True,
    metavar="HOST[:PORT]",
    help="Where nginx finds a frontend; once for each.",
)
@site_options
@click.option("--list", "list_them", is_flag=True, help="List the targets.")
@json_option
def command(
    *,
    targets: tuple[str, ...],
    out: str | None,
    force: bool,
    addresses: tuple[str, ...],
    list_them: bool,
    as_json: bool,
    **said: Any,  # noqa: ANN401 - of many types
) -> None:
    """Write the plan as files. The server itself is not changed.

    Each file comes out below DIR at its own path: DIR/etc/odoo/odoo.conf. On the server, its own
    odoo.conf and nginx site are edited, and every byte that is not decided stays. With --split
    each host has a folder: DIR/frontend, DIR/backend, DIR/proxy, DIR/postgresql.

    \b
    workeroo render odoo.conf                      on stdout, passwords masked
    workeroo render --out new                      all targets
    workeroo render --out new --split --frontend 10.0.0.5 --frontend 10.0.0.6
    """
    if list_them:
        _list()
        return
    chosen = _targets(targets)
    split, site = split_wish(said), site_said(said)
    wish = Wish(**said)
    site_wish(site)  # what is wrong with it is told before anything is gathered
    _addresses_fit(split, addresses)
    found = basis(wish)
    remarks = _remarks(wish, split, found, addresses)
    if split.split:
        halves = planned_split(wish, _counted(split, addresses), found)
        hosts = _split_hosts(wish, halves, site, addresses)
    else:
        hosts = _one(wish, found, site)
    files = render_all(chosen, hosts)
    show_files(files, rendering(files, remarks), out=out, force=force, as_json=as_json)


def _list() -> None:
    width = max(map(len, TARGETS), default=0)
    for target in TARGETS.values():
        click.echo(f"{target.name:<{width}}  {target.title}")


def _targets(names: tuple[str, ...]) -> list[Target]:
    for name in names:
        if name not in TARGETS:
            raise UsageError(f"there is no target {name!r}", cure=f"take {', '.join(TARGETS)}")
    return [target for name, target in TARGETS.items() if not names or name in names]


def _addresses_fit(split: SplitWish, addresses: tuple[str, ...]) -> None:
    if addresses and not split.split:
        raise UsageError("--frontend is for a split", cure="give --split with it")
    if addresses and split.frontends not in (None, len(addresses)):
        what = f"--frontends {split.frontends}, but --frontend stands {len(addresses)} times"
        raise UsageError(what, cure="give one address for each frontend")


def _counted(split: SplitWish, addresses: tuple[str, ...]) -> SplitWish:
    """With as many frontends as there are addresses."""
    if not addresses:
        return split
    return msgspec.structs.replace(split, frontends=len(addresses))


def _remarks(wish: Wish, split: SplitWish, found: Basis, addresses: tuple[str, ...]) -> list[str]:
    """What concerns all files."""
    said = []
    if wish.facts_path is not None and found.deployment is not None:
        said.append(FROM_ELSEWHERE)
    elif found.deployment is not None and isinstance(found.deployment.conf, Unknown):
        reason = found.deployment.conf.reason
        said.append(f"The odoo.conf could not be read ({reason}): this is a new one.")
    if split.backend_facts is not None:
        said.append(BACKEND_FROM_ELSEWHERE)
    if (split.frontends or 1) > 1 and not addresses:
        said.append(INVENTED_NAMES)
    return said


def _one(wish: Wish, found: Basis, site: SiteSaid) -> list[HostSubject]:
    subject = Subject(
        plan=planned(wish, found),
        deployment=_seen(wish, found.deployment),
        files=_standing(wish, found.deployment),
        site=site_wish(site),
    )
    return one_host(subject)


def _split_hosts(
    wish: Wish, halves: Halves, site: SiteSaid, addresses: tuple[str, ...]
) -> list[HostSubject]:
    front, back = halves.frontend.deployment, halves.backend.deployment
    files = _standing(wish, front)
    if back is not None and halves.backend.copied:  # what runs here does not run there
        back = msgspec.structs.replace(back, mode="not running", processes=[])
    plain = Subject(plan=halves.plan.frontend, deployment=front)
    upstreams = _upstreams(plain, halves.plan.frontends, addresses)
    return hosts_of(
        halves.plan,
        Side(deployment=_seen(wish, front), files=files),
        Side(deployment=back, files=files if halves.backend.copied else {}),
        site_wish(site, upstreams),
    )


def _upstreams(subject: Subject, frontends: int, addresses: tuple[str, ...]) -> list[Upstream]:
    """The frontends as nginx calls them; none where it runs on the only one."""
    if not addresses and frontends == 1:
        return []
    names = addresses or [f"frontend{number}" for number in range(1, frontends + 1)]
    port = subject.number("http_port")
    return [upstream(name, port, subject.evented_port) for name in names]


def _seen(wish: Wish, deployment: Deployment | None) -> Deployment | None:
    """The deployment; from elsewhere without the nginx files, which cannot be edited here."""
    if deployment is None or wish.facts_path is None or not isinstance(deployment.proxy, Proxy):
        return deployment
    reason = Unknown("its files were not read")
    return msgspec.structs.replace(deployment, proxy=reason)


def _standing(wish: Wish, deployment: Deployment | None) -> dict[str, str]:
    """The files that stand on this host; none where the facts are from elsewhere."""
    if deployment is None or wish.facts_path is not None:
        return {}
    from workeroo.probe.standing import read_standing  # noqa: PLC0415 - --facts needs no probe

    return read_standing(deployment)
