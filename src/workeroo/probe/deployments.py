"""Which Odoos run here, with which processes, settings, database and proxy?"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from workeroo.catalog.series import SERIES
from workeroo.evidence import Maybe, Unknown, is_known
from workeroo.facts import procstat
from workeroo.facts.commandline import launch, split
from workeroo.facts.conf import ConfFile
from workeroo.facts.deployment import Deployment, Mode, Setting
from workeroo.facts.effective import effective
from workeroo.facts.manager import Manager
from workeroo.facts.postgres import Postgres
from workeroo.facts.process import Process
from workeroo.facts.proxy import Proxy
from workeroo.facts.servers import Seen, Server, parts
from workeroo.probe import odoo, processes
from workeroo.probe.conf import conf_in
from workeroo.probe.manager import read_manager
from workeroo.probe.nginx import Nginx, in_front_of, read_nginx
from workeroo.probe.postgres import Asker, password_of, psql_call, read_postgres
from workeroo.probe.roots import container_of, own_root
from workeroo.probe.world import Call, World, found, why_not


def read_deployment(
    world: World,
    server: Server,
    nginxes: list[Nginx] | Unknown | None,
    running: Sequence[Seen] = (),
    *,
    ask_postgres: bool = True,
) -> Deployment | None:
    """One Odoo among all that runs here; None when it has ended meanwhile."""
    pid = server.top.pid
    manager = read_manager(world, server, running)
    home = _home(world, server)
    if isinstance(home, Unknown):  # a container that this user may not look into
        return _closed(world, server, manager, home)
    number, conf = odoo.series(home), _conf(home)
    settings = _settings(number, conf, home)
    seen = _processes(world, server, settings, home.files)
    if not seen:
        return None
    container = container_of(world, pid)
    return Deployment(
        name=_name(server, settings, seen),
        mode=_mode(seen),
        series=number,
        launcher=server.launch.launcher,
        container=container,
        manager=manager,
        venv=odoo.is_venv(home),
        workdir=home.workdir,
        processes=seen,
        settings=settings,
        conf=conf,
        postgres=_postgres(world, pid, home, settings, container)
        if ask_postgres
        else Unknown("not asked"),
        proxy=_proxy(nginxes, settings, seen),
    )


def with_proxy(deployment: Deployment) -> Deployment:
    """A deployment that does not run, with the proxy of this host that leads to its ports."""
    world = World()
    nginxes = read_nginx(world, processes.everything(world))
    return msgspec.structs.replace(
        deployment, proxy=_proxy(nginxes, deployment.settings, deployment.processes)
    )


def asking_its_database(deployment: Deployment, question: str) -> Call | Unknown:
    """How the database of a deployment that runs is asked a question, as Odoo's own user."""
    world = World()
    if deployment.container is not None:
        return Unknown("Odoo runs in a container, whose PostgreSQL is not asked from outside")
    for top in (*deployment.of("master"), *deployment.of("threaded server")):
        data = world.data(f"/proc/{top.pid}/cmdline")
        argv = split(data) if isinstance(data, bytes) else []
        launched = launch(argv)
        if launched is None:
            continue
        seen = Seen(pid=top.pid, parent_pid=top.parent_pid, nice=0, argv=argv)
        home = _home(world, Server(top=seen, launch=launched, below=[]))
        if isinstance(home, Unknown):
            return home
        return psql_call(deployment.settings, _asker(world, top.pid, home), question)
    return Unknown("the server does not run")


def _closed(
    world: World, server: Server, manager: Manager | Unknown | None, reason: Unknown
) -> Deployment | None:
    """An Odoo of which only the processes are seen."""
    seen = _processes(world, server, {}, world)
    if not seen:
        return None
    return Deployment(
        name=_name(server, {}, seen),
        mode=_mode(seen),
        series=reason,
        launcher=server.launch.launcher,
        container=container_of(world, server.top.pid),
        manager=manager,
        venv=reason,
        workdir=reason,
        processes=seen,
        conf=reason,
        postgres=reason,
        proxy=reason,
    )


def _home(world: World, server: Server) -> odoo.Home | Unknown:
    pid = server.top.pid
    files = own_root(world, pid)
    if isinstance(files, Unknown):
        return files
    workdir = world.link(f"/proc/{pid}/cwd")
    environment = odoo.read_environment(world, pid)
    folder = environment.get("HOME") if isinstance(environment, dict) else None
    return odoo.Home(
        files=files,
        launch=server.launch,
        workdir=workdir if isinstance(workdir, str) else why_not(workdir, f"/proc/{pid}/cwd"),
        environment=environment,
        folder=folder or _home_folder(files, _ids(world, pid)[0]),
    )


def _conf(home: odoo.Home) -> ConfFile | Unknown | None:
    path = odoo.conf_path(home)
    return path if isinstance(path, Unknown) else conf_in(home.files, path)


def _settings(
    number: Maybe[int], conf: ConfFile | Unknown | None, home: odoo.Home
) -> dict[str, Setting]:
    """None at all where the series or the odoo.conf is not known: defaults would be guesses."""
    if not is_known(number) or number not in SERIES or isinstance(conf, Unknown):
        return {}
    return effective(number, conf, home.variables, home.launch.arguments)


def _processes(
    world: World, server: Server, settings: dict[str, Setting], files: World
) -> list[Process]:
    workers = settings.get("workers")
    configured = None if workers is None or workers.refusal else bool(workers.value)
    behind = processes.backdrop(world, server.top.pid, files)
    seen = (
        processes.process(world, pid, known, behind)
        for pid, known in parts(server, configured=configured).items()
    )
    return [process for process in seen if process is not None]


def _mode(seen: list[Process]) -> Mode:
    return "prefork" if any(process.part == "master" for process in seen) else "threaded"


def _name(server: Server, settings: dict[str, Setting], seen: list[Process]) -> str:
    """By the port that the settings name, else by one that it listens on."""
    setting = settings.get("http_port")
    ports = [setting.value] if setting else [p for s in seen[:1] for p in s.listens_on]
    port = f", port {ports[0]}" if ports else ""
    return f"{server.launch.launcher} (pid {server.top.pid}{port})"


def _postgres(
    world: World,
    pid: int,
    home: odoo.Home,
    settings: dict[str, Setting],
    container: str | None,
) -> Postgres | Unknown:
    if container is not None:
        return Unknown("Odoo runs in a container, whose PostgreSQL is not asked from outside")
    return read_postgres(world, settings, _asker(world, pid, home))


def _asker(world: World, pid: int, home: odoo.Home) -> Asker:
    """Who asks PostgreSQL: Odoo's own user, with its password."""
    path = odoo.conf_path(home)
    conf = home.files.data(path) if isinstance(path, str) else None
    user, group = _ids(world, pid)
    return Asker(
        user=user,
        group=group,
        home=home.folder,
        password=password_of(
            conf if isinstance(conf, bytes) else None, home.variables, home.launch.arguments
        ),
    )


def _proxy(
    nginxes: list[Nginx] | Unknown | None, settings: dict[str, Setting], seen: list[Process]
) -> Proxy | Unknown | None:
    if not isinstance(nginxes, list):
        return nginxes
    names = ("http_port", "gevent_port", "longpolling_port")
    told = [settings[name].value for name in names if name in settings]
    ports = {port for port in told if isinstance(port, int) and port}
    ports |= {port for process in seen for port in process.listens_on}
    if not ports:
        return Unknown("it is not known which ports this Odoo listens on")
    return in_front_of(nginxes, ports)


def _ids(world: World, pid: int) -> tuple[int | None, int | None]:
    """User and group of a process."""
    status = procstat.status(found(world.text(f"/proc/{pid}/status")))
    user, group = (status.get(name, "").split() for name in ("Uid", "Gid"))
    return (int(user[0]) if user else None, int(group[0]) if group else None)


def _home_folder(files: World, user: int | None) -> str:
    for line in found(files.text("/etc/passwd")).splitlines():
        fields = line.split(":")
        if len(fields) > 5 and fields[2] == str(user):  # noqa: PLR2004 - home is the sixth
            return fields[5]
    return "/"
