"""Which settings make two kinds of servers of one Odoo: frontends for users, a backend for crons?

The article's best practice for heavy crons: server A serves users only, server B runs the
scheduled actions, both on the same database. Each is planned for its own host and held to every
bound; the connections of all of them together must fit in the one PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from workeroo.catalog.series import SERIES
from workeroo.errors import UsageError
from workeroo.evidence import is_known
from workeroo.facts.deployment import Deployment
from workeroo.facts.host import Host
from workeroo.plan.make import draft_plan, finish
from workeroo.plan.product import ConnectionCheck, Plan
from workeroo.plan.shared import LOOPBACK_NAMES, LOOPBACK_NET, Servers, Shared, shared
from workeroo.units import format_count

SCHEMA = "workeroo/split/1"

MOST_FRONTENDS = 99
"""As many as workers on one master: a round bound, so that a slip of the finger is told."""


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """One side of a split.

    Attributes:
        host: the hardware of one such server.
        deployment: the Odoo that stands there; None for one still to be set up.
        neighbours: other deployments on the same host.
        copied: nobody looked at it: its settings are those of the frontend.
    """

    host: Host
    deployment: Deployment | None = None
    neighbours: int = 0
    copied: bool = False


class SplitPlan(msgspec.Struct, frozen=True, kw_only=True):
    """Frontends and a backend of one Odoo.

    Attributes:
        frontends: how many servers get the frontend's settings.
        connections: of all masters together; both plans carry the same check.
        shared: what the servers must have in common, and whether they do.
        proxy: what nginx in front must know, as sentences.
        warnings: what concerns the split as a whole, as sentences.
    """

    schema: str = SCHEMA
    rule: str
    frontends: int
    frontend: Plan
    backend: Plan
    connections: ConnectionCheck
    shared: list[Shared]
    proxy: list[str]
    warnings: list[str]


def make_split(
    frontend: Server,
    backend: Server | None = None,
    *,
    rule: str = "golden",
    frontends: int = 1,
    users: int | None = None,
    series: int | None = None,
    cron_only: bool = False,
) -> SplitPlan:
    """Settings for frontends and a backend on one database.

    Args:
        frontend: where users are served.
        backend: where crons run; another server like the frontend, with a copy of its odoo.conf,
            where not given.
        rule: a name in `plan.rules.RULES`.
        frontends: how many servers serve users.
        users: people who work at the same time, on all frontends together.
        series: the major version; each deployment's own where not given.
        cron_only: the backend has no HTTP worker at all.

    Raises:
        UsageError: as `make_plan`, and for a number of frontends that makes no split.
    """
    if not 1 <= frontends <= MOST_FRONTENDS:
        cure = f"give 1 to {MOST_FRONTENDS}"
        raise UsageError(f"{frontends} frontends make no split", cure=cure)
    other = backend or like(frontend)
    drafts = [
        draft_plan(
            frontend.host,
            deployment=frontend.deployment,
            rule=rule,
            role="frontend",
            users=_share(users, frontends),
            series=series,
            masters=frontends,
            neighbours=frontend.neighbours,
            behind_proxy=True,
        ),
        draft_plan(
            other.host,
            deployment=other.deployment,
            rule=rule,
            role="backend",
            series=series,
            neighbours=other.neighbours,
            cron_only=cron_only,
        ),
    ]
    plans = finish(drafts)
    looked_at = None if other.copied else other.deployment
    return SplitPlan(
        rule=rule,
        frontends=frontends,
        frontend=plans[0],
        backend=plans[1],
        connections=plans[0].connections,
        shared=shared(
            Servers(frontend=frontend.deployment, backend=looked_at, frontends=frontends)
        ),
        proxy=list(_proxy(frontend.deployment, plans[0].series, frontends)),
        warnings=list(_warnings(frontend, looked_at, users, frontends)),
    )


def like(frontend: Server) -> Server:
    """Another server with the same hardware and a copy of the odoo.conf.

    No proxy leads to it, nobody starts it yet, and PostgreSQL is not on its host.
    """
    odoo = frontend.deployment
    if odoo is None:
        return Server(host=frontend.host, copied=True)
    postgres = odoo.postgres
    if is_known(postgres):
        postgres = msgspec.structs.replace(postgres, local=False)
    copied = msgspec.structs.replace(odoo, proxy=None, manager=None, postgres=postgres)
    return Server(host=frontend.host, deployment=copied, copied=True)


def _share(users: int | None, frontends: int) -> int | None:
    """The people on one frontend, rounded up."""
    return None if users is None else -(-users // frontends)


def _proxy(deployment: Deployment | None, number: int, frontends: int) -> Iterator[str]:
    """What nginx must know."""
    route, port = SERIES[number].bus_route, SERIES[number].evented_port_option
    yield (
        "Requests of users go to the frontends only: the backend stands in no upstream and is"
        " reached from inside the network."
    )
    yield f"{route} goes to {port} of the frontends, the evented process, with upgrade headers."
    if frontends > 1:
        yield (
            "Two upstreams, for pages and for the evented processes, with every frontend in each."
            " ip_hash is no cure for sessions that are not shared: it only hides that for a while."
        )
    setting = deployment.setting("http_interface") if deployment else None
    address = str(setting.value).lower() if setting else ""
    if setting and (address in LOOPBACK_NAMES or address.startswith(LOOPBACK_NET)):
        yield (
            f"http_interface = {address} ({setting.where}) keeps out an nginx on another host: for"
            " one, set it to the frontend's own address, and let only nginx in."
        )


def _warnings(
    frontend: Server, backend: Deployment | None, users: int | None, frontends: int
) -> Iterator[str]:
    """What concerns the split as a whole."""
    if frontend.deployment is not None and backend is None:
        yield (
            "The backend is planned as a copy of this odoo.conf on another server like this one;"
            " --backend-cores and --backend-memory say otherwise, --backend-facts compares."
        )
    if users is not None and frontends > 1:
        each = _share(users, frontends)
        yield f"{users} users on {frontends} frontends are {each} on each."
    if frontends > 1:
        yield (
            f"If one of {format_count(frontends, 'frontend')} fails, the others get its users: plan"
            " with one more than the work needs."
        )
    yield (
        "There is one backend. While it is down no scheduled action runs; a second one may run"
        " beside it, for Odoo locks each action while it runs."
    )
