"""Which Odoo of this host answers on a port, itself or behind this host's nginx?"""

from __future__ import annotations

from workeroo.evidence import Unknown
from workeroo.facts.deployment import Deployment
from workeroo.facts.proxy import Proxy
from workeroo.facts.servers import servers
from workeroo.probe.deployments import read_deployment
from workeroo.probe.nginx import read_nginx
from workeroo.probe.processes import backdrop, everything, held_sockets
from workeroo.probe.world import World


def server_on(port: int) -> Deployment | None:
    """The Odoo that listens on a port, or to which nginx leads from it."""
    world = World()
    running = everything(world)
    nginxes = read_nginx(world, running)
    found = servers(running)
    own = [server for server in found if port in _listens_on(world, server.top.pid)]
    for server in own or found:
        deployment = read_deployment(world, server, nginxes, running)
        if deployment is not None and (own or port in _led_from(deployment)):
            return deployment
    return None


def _listens_on(world: World, pid: int) -> list[int]:
    """The ports that the top process of a server listens on, as far as this user may see."""
    sockets = backdrop(world, pid, world).sockets
    held = held_sockets(world, pid)
    return [] if isinstance(held, Unknown) else [sockets[i] for i in held if i in sockets]


def _led_from(deployment: Deployment) -> list[int | None]:
    """The ports from which requests come to it: nginx's, and what its settings say."""
    proxy = deployment.proxy
    sites = proxy.sites if isinstance(proxy, Proxy) else []
    listens = [listen.split()[0].rpartition(":")[2] for site in sites for listen in site.listens]
    return [http_port(deployment), *(int(port) for port in listens if port.isdecimal())]


def http_port(deployment: Deployment) -> int | None:
    """Where its settings have it listen."""
    setting = deployment.setting("http_port")
    return setting.value if setting and isinstance(setting.value, int) else None
