"""How does a test get the facts of an nginx, a subject with it, and the word of a real nginx?"""

from __future__ import annotations

import re
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import msgspec
import pytest

from workeroo.checks.product import Finding
from workeroo.checks.rules import RULES
from workeroo.evidence import Unknown, is_known
from workeroo.facts.deployment import Deployment
from workeroo.facts.effective import effective
from workeroo.facts.host import Cores, Host, Memory
from workeroo.facts.lossless import decode, encode
from workeroo.facts.nginx import proxy_of
from workeroo.facts.odooconf import parse_conf
from workeroo.facts.proxy import Proxy
from workeroo.facts.snapshot import Facts
from workeroo.lab.ports import answers
from workeroo.lab.program import find_program
from workeroo.lab.wait import wait_until
from workeroo.plan.make import make_plan
from workeroo.plan.product import Role
from workeroo.probe.nginx import read_nginx
from workeroo.probe.world import World
from workeroo.render.subject import SiteWish, Subject
from workeroo.units import GIB

Files = dict[str, str]
ProxyOf = Callable[[Mapping[str, str]], Proxy]
SubjectOf = Callable[..., Subject]
Findings = Callable[[Subject, Proxy], list[str]]
Accepts = Callable[[Mapping[str, str]], str]

CONFIG = "/etc/nginx/nginx.conf"
MAIN = "events {}\nhttp {\n    include conf.d/*.conf;\n    include sites-enabled/*;\n}\n"
HERE = ("localhost", "127.0.0.1", "::1", "odoo-app")
HOST = Host(
    cores=Cores(logical=4, declared=True), memory=Memory(total_bytes=8 * GIB, declared=True)
)
CONF = b"[options]\nworkers = 9\nproxy_mode = True\nlimit_time_cpu = 60\nlimit_time_real = 120\n"
ABOUT_NGINX = (
    "bus-route-in-threaded",
    "bus-route-wrong",
    "evented-port-unproxied",
    "proxy-buffering-off",
    "proxy-headers-missing",
    "proxy-mode-off",
    "proxy-timeout-short",
    "upload-size-small",
    "websocket-upgrade-missing",
)


def with_main(files: Mapping[str, str]) -> Files:
    return {CONFIG: MAIN, **files}


@pytest.fixture
def proxy_from(tmp_path_factory: pytest.TempPathFactory) -> ProxyOf:
    """The facts of files by absolute path, as they are made on a server."""

    def read(files: Mapping[str, str]) -> Proxy:
        root = tmp_path_factory.mktemp("facts")
        for path, text in with_main(files).items():
            place = root / path.lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(encode(text))
        found = read_nginx(World(root), [])
        assert isinstance(found, list)
        (nginx,) = found
        assert nginx.problems == [f"nginx does not run; this is what {CONFIG} says"]
        return proxy_of(
            nginx.directives, server="nginx", config=CONFIG, ports=(8069, 8072), here=HERE
        )

    return read


@pytest.fixture
def subject_for() -> SubjectOf:
    """A subject of a series, with the facts of an nginx or without."""

    def make(
        series: int | Unknown = 19,
        *,
        proxy: Proxy | Unknown | None = None,
        files: Mapping[str, str] | None = None,
        site: SiteWish | None = None,
        conf: bytes = CONF,
        role: Role = "all",
    ) -> Subject:
        parsed = parse_conf(conf, "/etc/odoo/odoo.conf")
        known = series if is_known(series) else 19
        deployment = Deployment(
            name="odoo", mode="not running", series=series, proxy=proxy, conf=parsed,
            settings=effective(known, parsed, {}, []) if is_known(series) else {},
        )  # fmt: skip
        plan = make_plan(HOST, deployment=deployment, series=known, role=role)
        return Subject(
            plan=plan, deployment=deployment, files=dict(files or {}), site=site or SiteWish()
        )

    return make


@pytest.fixture
def findings_about() -> Findings:
    """The rules about nginx that fire for a subject behind a proxy."""

    def judge(subject: Subject, proxy: Proxy) -> list[str]:
        assert subject.deployment
        deployment = msgspec.structs.replace(subject.deployment, proxy=proxy)
        facts = Facts(host=HOST, deployments=[deployment])
        found = (
            verdict for name in ABOUT_NGINX for verdict in RULES[name].check(facts, deployment)
        )
        return [verdict.rule for verdict in found if isinstance(verdict, Finding)]

    return judge


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate of its own for shop.example, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    pem, key = folder / "shop.pem", folder / "shop.key"
    command = [
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
        "-subj", "/CN=shop.example", "-keyout", str(key), "-out", str(pem),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    return pem, key


class Nginx:
    """A real nginx with a folder of its own in the place of the root folder."""

    def __init__(self, folder: Path, certificate: tuple[Path, Path]) -> None:
        self.folder = folder
        self.certificate = certificate
        self.ports: dict[int, int] = {}

    def write(self, files: Mapping[str, str]) -> None:
        for path, text in with_main(files).items():
            place = self.folder / path.lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(encode(self._here(text)))
        (self.folder / "var/cache").mkdir(parents=True, exist_ok=True)
        main = self.folder / CONFIG.lstrip("/")
        text = decode(main.read_bytes())
        temporary = "".join(
            f"    {what}_temp_path {self.folder}/{what};\n"
            for what in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        main.write_bytes(
            encode(
                f"pid {self.folder}/nginx.pid;\n"
                + text.replace(
                    "http {\n", f"http {{\n    access_log {self.folder}/access.log;\n{temporary}", 1
                )
            )
        )

    def _here(self, text: str) -> str:
        """With ports and paths that anybody may use, and names that are known without a network."""
        text = re.sub(r"(listen\s+)(\[::\]:)?(80|81|443)\b", self._listen, text)
        pem, key = self.certificate
        text = text.replace("/etc/ssl/shop.pem", str(pem)).replace("/etc/ssl/shop.key", str(key))
        text = text.replace("/var/cache/", f"{self.folder}/var/cache/")
        return text.replace("odoo-app:", "127.0.0.1:")

    def _listen(self, found: re.Match[str]) -> str:
        address = "[::1]:" if found[2] else "127.0.0.1:"
        if found[2] and not Path("/proc/net/if_inet6").exists():
            address = "127.0.0.2:"
        return f"{found[1]}{address}{self.port(int(found[3]))}"

    def port(self, wanted: int) -> int:
        """The free port that stands for one that only root may use."""
        if wanted not in self.ports:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                self.ports[wanted] = free.getsockname()[1]
        return self.ports[wanted]

    @contextmanager
    def running(self) -> Iterator[None]:
        """It answers until the end of the block."""
        process = subprocess.Popen([*self.command(), "-g", "daemon off;"])
        try:
            for port in self.ports.values():
                wait_until(partial(answers, port), seconds=20, what="the start of nginx")
            yield
        finally:
            process.terminate()
            process.wait(timeout=20)

    def command(self) -> list[str]:
        main = self.folder / CONFIG.lstrip("/")
        log = self.folder / "error.log"
        program = find_program("nginx", package="nginx")
        return [program, "-p", str(self.folder), "-c", str(main), "-e", str(log)]


@pytest.fixture
def nginx_in(tmp_path: Path, certificate: tuple[Path, Path]) -> Nginx:
    return Nginx(tmp_path / "root", certificate)


@pytest.fixture
def nginx_accepts(nginx_in: Nginx) -> Accepts:
    """Ask the real nginx whether it takes these files; what it warns of."""

    def ask(files: Mapping[str, str]) -> str:
        nginx_in.write(files)
        done = subprocess.run(
            [*nginx_in.command(), "-t"], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return "\n".join(line for line in done.stderr.splitlines() if "[warn]" in line)

    return ask
