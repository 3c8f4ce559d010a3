"""How does the lab keep an nginx of its own in front of its Odoo?"""

from __future__ import annotations

import re
import signal
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import msgspec

from workeroo.errors import InputError, Unavailable
from workeroo.lab.folder import LabFolder
from workeroo.lab.ports import Ports, answers
from workeroo.lab.process import Started, end_all, identify, sessions_of, start_server, stop
from workeroo.lab.program import find_program, plain_environment, run
from workeroo.lab.user import LabUser
from workeroo.lab.wait import wait_until

START_SECONDS = 10
STOP_SECONDS = 5

_PLACEHOLDER = re.compile(r"@([A-Z_]+)@")


class Nginx(msgspec.Struct, frozen=True):
    """The lab's nginx."""

    folder: LabFolder
    user: LabUser

    def configure(self, ports: Ports, site: str | None) -> None:
        """Write its configuration; `site` is another site to serve than the sound one.

        Raises:
            InputError: when nginx refuses the site.
        """
        for path, text in self._files(ports, site).items():
            path.write_text(text, encoding="utf-8")
        try:
            run([*self._command(), "-t"], user=self.user, cwd=self.folder.nginx)
        except Unavailable as error:
            raise InputError(f"nginx refuses the site: {error.what}") from error

    def start(self, ports: Ports, record: Callable[[Started | None], None]) -> Started:
        """Start it and wait until it listens.

        Raises:
            Unavailable: when it does not.
        """
        log = self.folder.logs / "nginx.error.log"
        process = start_server(
            [*self._command(), "-g", "daemon off;"],
            user=self.user,
            cwd=self.folder.nginx,
            log=log,
            environment=plain_environment(),
        )
        started = identify(process.pid)
        record(started)
        wait_until(
            lambda: process.poll() is not None or answers(ports.nginx),
            seconds=START_SECONDS, what="the start of nginx", where=str(log),
        )  # fmt: skip
        if started is None or process.poll() is not None:
            last = log.read_text(errors="replace").strip().splitlines()[-1:]
            raise Unavailable(f"nginx did not start: {''.join(last)}", where=str(log))
        return started

    def differs(self, ports: Ports, site: str | None) -> bool:
        """Whether its configuration is another than what this would write."""
        files_wanted = self._files(ports, site)
        return any(
            not path.is_file() or path.read_text(encoding="utf-8") != text
            for path, text in files_wanted.items()
        )

    def stop(self, started: Started | None) -> None:
        """Stop it, with its workers."""
        stop(started, polite=signal.SIGTERM, seconds=STOP_SECONDS)
        sessions = sessions_of(self._conf, self.folder.nginx)
        end_all({*sessions, *([started.pid] if started else [])}, self.folder.nginx)

    def _files(self, ports: Ports, site: str | None) -> dict[Path, str]:
        values = {
            "PREFIX": str(self.folder.nginx), "LOGS": str(self.folder.logs),
            "HTTP_PORT": str(ports.http), "EVENTED_PORT": str(ports.evented),
            "PORT": str(ports.nginx), "SITE": str(self._site),
        }  # fmt: skip
        return {
            self._site: fill(_template("site.conf") if site is None else site, values),
            self._conf: fill(_template("nginx.conf"), values),
        }

    @property
    def _site(self) -> Path:
        return self.folder.path / "site.conf"

    @property
    def _conf(self) -> Path:
        return self.folder.path / "nginx.conf"

    def _command(self) -> list[str]:
        program = find_program("nginx", package="nginx")
        log = self.folder.logs / "nginx.error.log"
        return [program, "-p", str(self.folder.nginx), "-c", str(self._conf), "-e", str(log)]


def fill(template: str, values: dict[str, str]) -> str:
    """A template with its @PLACEHOLDERS@ replaced.

    Raises:
        InputError: when it has one that means nothing.
    """

    def value(found: re.Match[str]) -> str:
        if found[1] not in values:
            known = ", ".join(f"@{name}@" for name in sorted(values))
            raise InputError(f"{found[0]} means nothing in a site", cure=f"use one of {known}")
        return values[found[1]]

    return _PLACEHOLDER.sub(value, template)


def _template(name: str) -> str:
    return files("workeroo.lab").joinpath("templates").joinpath(name).read_text(encoding="utf-8")
