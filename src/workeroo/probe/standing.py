"""Which text do the files have that a plan may edit: the odoo.conf, and nginx's files?"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from workeroo.errors import InputError, MissingInput, NotPermitted
from workeroo.evidence import Unknown
from workeroo.facts.conf import ConfFile
from workeroo.facts.deployment import Deployment
from workeroo.facts.lossless import decode
from workeroo.facts.proxy import Proxy
from workeroo.probe.nginx import directives_of, files_of
from workeroo.probe.roots import own_root
from workeroo.probe.world import MOST_BYTES, World
from workeroo.units import format_bytes


def read_standing(deployment: Deployment, world: World | None = None) -> dict[str, str]:
    """The files that stand and may be edited, by absolute path, secrets and all.

    A path is meant as the process sees it that reads the file: an Odoo or an nginx in a container
    has files of its own.

    Args:
        deployment: as it was just found in the same world.
        world: where to look; this host where not given.

    Raises:
        MissingInput: a file has gone since the facts were collected.
        NotPermitted: this user may not read it.
        InputError: it is too large to be one of these files.
    """
    world = World() if world is None else world
    return {
        path: _text(files, path) for files, paths in _places(deployment, world) for path in paths
    }


def _places(
    deployment: Deployment, world: World
) -> Iterator[tuple[World | Unknown, Iterator[str]]]:
    """Paths, each with the world that it is meant in."""
    if isinstance(deployment.conf, ConfFile):
        pid = next((process.pid for process in deployment.processes), None)
        yield world if pid is None else own_root(world, pid), iter([deployment.conf.path])
    if isinstance(deployment.proxy, Proxy):
        files = files_of(world, deployment.proxy.config)
        yield files, _nginx_paths(files, deployment.proxy)


def _nginx_paths(files: World | Unknown, proxy: Proxy) -> Iterator[str]:
    """The files that hold the sites and their locations, and what those include, each once."""
    servers = [site.where for site in proxy.sites]
    places = servers + [loc.where for site in proxy.sites for loc in site.locations]
    paths = dict.fromkeys(place.rpartition(":")[0] for place in places)
    if not isinstance(files, Unknown):
        directives, _ = directives_of(files, proxy.config)
        paths |= dict.fromkeys(_included(directives, servers, inside=False))
    yield from paths


def _included(
    directives: list[dict[str, Any]], servers: Collection[str], *, inside: bool
) -> Iterator[str]:
    """The file of each directive inside one of these server blocks."""
    for directive in directives:
        if inside:
            yield directive["file"]
        here = inside or f"{directive['file']}:{directive['line']}" in servers
        yield from _included(directive.get("block", []), servers, inside=here)


def _text(files: World | Unknown, path: str) -> str:
    data = files if isinstance(files, Unknown) else files.data(path)
    if isinstance(data, bytes):
        if len(data) >= MOST_BYTES:
            raise InputError(f"the file has {format_bytes(MOST_BYTES)} or more", where=path)
        return decode(data)
    if data is None:
        cure = "try again: it has gone since the facts were collected"
        raise MissingInput("no such file", where=path, cure=cure)
    raise NotPermitted(data.reason, where=path, cure="run as its owner or as root")
