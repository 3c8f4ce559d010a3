"""Which files does each host of a plan get?

One plan makes the files of one server. A split makes those of a frontend, a backend, the proxy in
front and PostgreSQL, each for a host of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from workeroo.facts.deployment import Deployment
from workeroo.plan.split import SplitPlan
from workeroo.render.product import RenderedFile
from workeroo.render.subject import SiteWish, Subject
from workeroo.render.target import RunsOn, Target

HostName = Literal["frontend", "backend", "proxy", "postgresql"]


class HostFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file, and the host that it is for.

    Attributes:
        host: None where the plan is for one server.
        file: as it should be there.
    """

    host: HostName | None
    file: RenderedFile


class HostSubject(msgspec.Struct, frozen=True, kw_only=True):
    """A host, what its files are made from, and which parts of an Odoo run there."""

    host: HostName | None
    runs: list[RunsOn]
    subject: Subject


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """The Odoo of one kind of server, and the files that stand there."""

    deployment: Deployment | None = None
    files: dict[str, str] = {}


def one_host(subject: Subject) -> list[HostSubject]:
    """A server with everything on it."""
    return [HostSubject(host=None, runs=["odoo", "proxy", "postgresql"], subject=subject)]


def hosts_of(split: SplitPlan, frontend: Side, backend: Side, site: SiteWish) -> list[HostSubject]:
    """The hosts of a split.

    Where nginx was told no address and there is one frontend, nginx is on that frontend; else it
    has a host of its own.
    """
    front = Subject(
        plan=split.frontend, deployment=frontend.deployment, files=frontend.files, site=site
    )
    back = Subject(plan=split.backend, deployment=backend.deployment, files=backend.files)
    proxy: HostName = "proxy" if site.upstreams else "frontend"
    return [
        HostSubject(host="frontend", runs=["odoo"], subject=front),
        HostSubject(host="backend", runs=["odoo"], subject=back),
        HostSubject(host=proxy, runs=["proxy"], subject=front),
        HostSubject(host="postgresql", runs=["postgresql"], subject=front),
    ]


def render_all(targets: Iterable[Target], hosts: list[HostSubject]) -> list[HostFile]:
    """The files of these formats, host by host.

    Raises:
        WorkerooError: as the formats raise.
    """
    chosen = list(targets)
    return [
        HostFile(host=host.host, file=file)
        for host in hosts
        for target in chosen
        if target.runs_on in host.runs
        for file in target.render(host.subject)
    ]
