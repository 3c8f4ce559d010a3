"""Which nginx stands in front of Odoo, and what does its configuration say, includes followed?"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import PurePosixPath
from typing import Any

import msgspec

from workeroo.evidence import Unknown
from workeroo.facts.nginx import proxy_of
from workeroo.facts.proxy import Proxy
from workeroo.facts.servers import Seen
from workeroo.probe.processes import everything
from workeroo.probe.roots import own_root
from workeroo.probe.world import Call, World, found

_DEFAULT = "/etc/nginx/nginx.conf"
_TITLE = "nginx: master process "
_OTHER_PROXIES = ("apache2", "httpd", "haproxy", "caddy", "traefik", "lighttpd", "envoy")
_DEEPEST_INCLUDE = 10
"""A deeper chain of includes is a file that includes itself."""


class Nginx(msgspec.Struct, frozen=True, kw_only=True):
    """One nginx of a host, read once for all deployments.

    Attributes:
        server: "nginx 1.22.1".
        config: path of its main file.
        directives: with includes put in place.
        here: names and addresses by which it may call this host.
        problems: what could not be read.
    """

    server: str
    config: str
    directives: list[dict[str, Any]]
    here: frozenset[str]
    problems: list[str]

    def in_front_of(self, ports: Collection[int]) -> Proxy | Unknown:
        """The sites that lead to a deployment's ports."""
        try:
            proxy = proxy_of(
                self.directives,
                server=self.server,
                config=self.config,
                ports=ports,
                here=self.here,
            )
        except ValueError as error:
            return Unknown(f"{self.config}: nginx would not take the value {error}")
        return msgspec.structs.replace(proxy, problems=[*self.problems, *proxy.problems])


def read_nginx(world: World, processes: list[Seen]) -> list[Nginx] | Unknown | None:
    """Every nginx that runs here, else the one that is configured; None where there is neither."""
    masters = [process for process in processes if process.argv[0].startswith(_TITLE)]
    if not masters:
        config = world.data(_DEFAULT)
        if config is None:
            return _other_proxy(processes)
        if isinstance(config, Unknown):
            return config
        return [_read(world, _DEFAULT, running=False, contained=False)]
    seen = [_running(world, master) for master in masters]
    readable = [nginx for nginx in seen if isinstance(nginx, Nginx)]
    return readable or next(nginx for nginx in seen if isinstance(nginx, Unknown))


def master_of(world: World, config: str) -> Seen | None:
    """The master process of the nginx with this main file, where one runs."""
    return next(iter(masters_of(world, config)), None)


def masters_of(world: World, config: str) -> list[Seen]:
    """All of them: a host and its containers may each have a main file of this name."""
    titled = (seen for seen in everything(world) if seen.argv[0].startswith(_TITLE))
    return [seen for seen in titled if _config_of(seen.argv[0]) == config]


def files_of(world: World, config: str) -> World | Unknown:
    """The files as the nginx with this main file sees them, which may run in a container."""
    master = master_of(world, config)
    return world if master is None else own_root(world, master.pid)


def directives_of(world: World, config: str) -> tuple[list[dict[str, Any]], list[str]]:
    """All that an nginx with this main file reads, includes put in place; and what it cannot."""
    reader = _Reader(world, config)
    return list(reader.directives(config)), reader.problems


def command_of(master: Seen) -> list[str]:
    """The command line that a master was started with, which it keeps in its title."""
    return master.argv[0][len(_TITLE) :].split()


def in_front_of(nginxes: list[Nginx], ports: Collection[int]) -> Proxy | Unknown:
    """The proxy that leads to a deployment's ports; where none does, the first that runs."""
    proxies = [nginx.in_front_of(ports) for nginx in nginxes]
    leading = [proxy for proxy in proxies if isinstance(proxy, Proxy) and proxy.sites]
    return (leading or proxies)[0]


def _running(world: World, master: Seen) -> Nginx | Unknown:
    config = _config_of(master.argv[0])
    own = own_root(world, master.pid)
    if isinstance(own, Unknown):
        return Unknown(f"nginx runs in a container: {own.reason}")
    text = own.data(config)
    if not isinstance(text, bytes):
        return text or Unknown(f"nginx runs, but {config} is not there")
    return _read(own, config, running=True, contained=own is not world)


def _read(world: World, config: str, *, running: bool, contained: bool) -> Nginx:
    problems = [] if running else [f"nginx does not run; this is what {config} says"]
    directives, unread = directives_of(world, config)
    here = _addresses(world)
    if contained:  # it calls its neighbours by the names of their containers
        here |= _upstream_hosts(directives)
    return Nginx(
        server=_version(world),
        config=config,
        directives=directives,
        here=frozenset(here),
        problems=[*problems, *unread],
    )


class _Reader:
    """Reads nginx files of a world, and puts what they include in its place."""

    def __init__(self, world: World, main: str) -> None:
        self.world = world
        self.main = main
        self.problems: list[str] = []

    def directives(self, path: str, depth: int = 0) -> Iterator[dict[str, Any]]:
        """The directives of a file, each with the file's name."""
        import crossplane  # noqa: PLC0415 - only hosts with an nginx wait for it

        file = str(self.world.open_path(path))
        payload = crossplane.parse(file, single=True, check_ctx=False, check_args=False)
        for error in payload["errors"]:
            line = f":{error['line']}" if error["line"] else ""
            self.problems.append(f"{path}{line}: not understood as nginx configuration")
        for config in payload["config"]:
            yield from self._placed(config["parsed"], path, depth)

    def _placed(
        self, block: list[dict[str, Any]], path: str, depth: int
    ) -> Iterator[dict[str, Any]]:
        for directive in block:
            if directive["directive"] == "include" and directive["args"]:
                yield from self._included(directive["args"][0], depth)
            elif "block" in directive:
                inner = list(self._placed(directive["block"], path, depth))
                yield {**directive, "file": path, "block": inner}
            else:
                yield {**directive, "file": path}

    def _included(self, pattern: str, depth: int) -> Iterator[dict[str, Any]]:
        """Relative names start at the folder of the main file, also in an included file."""
        pattern = str(PurePosixPath(self.main).parent / pattern)
        if depth >= _DEEPEST_INCLUDE:
            self.problems.append(f"{pattern}: includes itself")
            return
        paths = self.world.glob(pattern)
        if not paths and not re.search(r"[*?\[]", pattern):
            self.problems.append(f"{pattern}: included, but not there or not readable")
        for path in paths:
            if isinstance(self.world.data(path), Unknown):
                self.problems.append(f"{path}: included, but this user may not read it")
            else:
                yield from self.directives(path, depth + 1)


def _config_of(title: str) -> str:
    """The main file, by the command line that nginx keeps in its title."""
    words = title[len(_TITLE) :].split()
    config = next((words[i + 1] for i, w in enumerate(words[:-1]) if w == "-c"), _DEFAULT)
    prefix = next((words[i + 1] for i, w in enumerate(words[:-1]) if w == "-p"), "/etc/nginx")
    return str(PurePosixPath(prefix) / config)


def _version(world: World) -> str:
    answer = world.run(Call(argv=["nginx", "-v"]))
    match = re.search(r"nginx/(\S+)", found(answer))
    return f"nginx {match[1]}" if match else "nginx"


def _addresses(world: World) -> set[str]:
    """Names and addresses of this host: loopback, /etc/hosts, and what the routing table holds."""
    addresses = {"localhost", "::1", *_local_ips(found(world.text("/proc/net/fib_trie")))}
    names = {found(world.text("/etc/hostname")).strip()} - {""}
    for line in found(world.text("/etc/hosts")).splitlines():
        words = line.partition("#")[0].split()
        if words and (words[0] in addresses or words[0].startswith("127.")):
            names |= {word.lower() for word in words[1:]}
    return addresses | names


def _local_ips(fib_trie: str) -> set[str]:
    """The addresses that /proc/net/fib_trie marks as this host's own."""
    own = re.findall(r"\|-- ([0-9.]+)\n\s+/32 host LOCAL", fib_trie)
    return {"127.0.0.1", *own}


def _upstream_hosts(directives: list[dict[str, Any]]) -> set[str]:
    """Every host that the configuration passes requests to."""
    hosts: set[str] = set()
    for directive in directives:
        hosts |= _upstream_hosts(directive.get("block", []))
        for argument in directive["args"][:1]:
            if directive["directive"] in ("proxy_pass", "server"):
                hosts.add(re.sub(r"^https?://|[:/].*$", "", argument).lower())
    return hosts


def _other_proxy(processes: list[Seen]) -> Unknown | None:
    for process in processes:
        name = PurePosixPath(process.argv[0].split(" ")[0]).name
        if name in _OTHER_PROXIES:
            return Unknown(f"{name} runs here; only the configuration of nginx is read")
    return None
