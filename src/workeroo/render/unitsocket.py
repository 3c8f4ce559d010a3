"""Who listens for Odoo, and how long may its queue be? A socket of systemd, where Odoo takes one.

Odoo itself listens with a queue of 8 x workers, so a small server refuses a burst early. It takes
a socket from systemd as it is (LISTEN_FDS, odoo/service/server.py): the queue is then the unit's
Backlog=, and the socket stays open while Odoo restarts.
"""

from __future__ import annotations

import re

from workeroo.catalog.series import SERIES
from workeroo.render.directives import Directive, because
from workeroo.render.subject import Subject
from workeroo.render.unitfile import Sections, unit_text

OWN_BACKLOG_PER_WORKER = 8
"""What Odoo asks for by itself: `listen(8 * self.population)` in odoo/service/server.py."""

BACKLOG = 1024
"""Connections that may wait: an assumption. Above 8 x 99, the most that Odoo itself would ask for,
enough for 30 s of restart at 30 requests a second, and below the kernel's usual cap, 4096."""

EVERY_ADDRESS = "0.0.0.0"  # noqa: S104 - Odoo's own default, where odoo.conf names none
"""Written out, because `ListenStream=8069` alone is an IPv6 socket and Odoo takes it for IPv4."""


_IPV4 = re.compile(r"\d{1,3}(\.\d{1,3}){3}")


def takes_socket(subject: Subject) -> bool:
    """Whether this server should get its socket from systemd.

    Only a frontend or a server for all has users who can come in a burst. An IPv6 address or a
    name is left to Odoo: it takes what it is given for an IPv4 socket.
    """
    return (
        SERIES[subject.plan.series].socket_activation
        and subject.plan.role != "backend"
        and subject.value("http_enable") is not False
        and _IPV4.fullmatch(_interface(subject)) is not None
    )


def socket_text(subject: Subject, service: str, opening: list[str]) -> str:
    """The socket unit for a service of this name."""
    sections: Sections = {
        "Unit": [because(f"Description=Where {service} listens")],
        "Socket": [_address(subject), _backlog(subject), *_manners()],
        "Install": [because("WantedBy=sockets.target")],
    }
    return unit_text(opening, sections)


def _address(subject: Subject) -> Directive:
    return because(
        f"ListenStream={_interface(subject)}:{subject.number('http_port')}",
        "http_interface and http_port of odoo.conf, which Odoo does not look at once it gets"
        " this socket: change them in both places. Exactly one socket: Odoo ignores them all"
        " where there are two. The evented process opens its own port itself.",
    )


def _interface(subject: Subject) -> str:
    return str(subject.value("http_interface") or EVERY_ADDRESS)


def _backlog(subject: Subject) -> Directive:
    workers = subject.number("workers")
    own = f"{OWN_BACKLOG_PER_WORKER} x {workers} workers = {OWN_BACKLOG_PER_WORKER * workers}"
    return because(
        f"Backlog={BACKLOG}",
        f"Connections that may wait for a free worker. Odoo itself would listen with {own}."
        " The kernel's net.core.somaxconn caps it: 4096, before Linux 5.4 only 128.",
    )


def _manners() -> list[Directive]:
    return [
        because(
            "Accept=no",
            "The socket itself goes to Odoo's master, which hands it on to every worker.",
        ),
    ]
