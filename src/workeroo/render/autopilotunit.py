"""How does systemd keep the autopilot of a server running, with as few rights as it works with?

The same user as Odoo: that may signal it and look at its memory. Nothing else is asked for: no
root, no capability, and one folder to write.
"""

from __future__ import annotations

from workeroo.errors import UsageError
from workeroo.facts.deployment import Deployment
from workeroo.facts.manager import Manager
from workeroo.render.directives import Directive, because
from workeroo.render.product import RenderedFile
from workeroo.render.unitfile import Sections, argument, checked_name, unit_text, word

UNIT = "workeroo-autopilot.service"
FOLDER = "workeroo-autopilot"
PROGRAM = "/usr/local/bin/workeroo"
"""Where `pipx install --global workeroo` puts it."""

ROOT = "root"

WATCHDOG_SECONDS = 30
"""It says that it is alive at every look, and a step takes some seconds at most."""


def autopilot_unit(deployment: Deployment, port: int, program: str = PROGRAM) -> RenderedFile:
    """The unit for the autopilot of a server that runs.

    Raises:
        UsageError: for a server in a container, or one of root's.
    """
    if deployment.container is not None:
        cure = "run it inside, as Odoo's user"
        raise UsageError("a unit of this host cannot hold an Odoo in a container", cure=cure)
    user = deployment.processes[0].user if deployment.processes else ROOT
    if user == ROOT:
        what = "this Odoo runs as root, and so would its autopilot"
        raise UsageError(what, cure="let Odoo run as a user of its own, see `workeroo render`")
    sections: Sections = {
        "Unit": _unit(deployment),
        "Service": [*_running(user, port, program), *_rights()],
        "Install": [because("WantedBy=multi-user.target")],
    }
    opening = ["Written by Workeroo. Every reason stands above."]
    return RenderedFile(
        path=f"/etc/systemd/system/{UNIT}",
        text=unit_text(opening, sections),
        said=[f"It takes effect with systemctl daemon-reload and systemctl enable --now {UNIT}."],
    )


def _unit(deployment: Deployment) -> list[Directive]:
    found = [because("Description=Workeroo's autopilot for Odoo's workers")]
    manager = deployment.manager
    if isinstance(manager, Manager) and manager.kind == "systemd" and manager.user_id is None:
        name = checked_name(manager.name)
        why = "Order only: where Odoo is restarted or fails, the autopilot waits for it."
        found.append(because(f"After={name}", why))
    return found


def _running(user: str, port: int, program: str) -> list[Directive]:
    folder = f"/var/lib/{FOLDER}"
    command = [program, "autopilot", "--deployment", f"port {port}", "--folder", folder]
    return [
        because("Type=notify", "It says when it has found the server."),
        because(f"User={word(user)}", "Odoo's own user, who may signal it."),
        because(f"ExecStart={' '.join(argument(part) for part in command)}"),
        because(f"StateDirectory={FOLDER}\nStateDirectoryMode=0750", "Journal, control socket."),
        because(
            f"WatchdogSec={WATCHDOG_SECONDS}\nRestart=always\nRestartSec=5",
            "Odoo goes on without it; it comes back and takes over from what it finds.",
        ),
        because("MemoryMax=256M", "It takes 30 MB; whatever takes ten times that is ill."),
    ]


def _rights() -> list[Directive]:
    return [
        because("NoNewPrivileges=yes\nCapabilityBoundingSet=\nRestrictSUIDSGID=yes\nUMask=0027"),
        because(
            "ProtectSystem=strict\nProtectHome=read-only",
            "It writes to its own folder only. It may read an odoo.conf wherever that is.",
        ),
        because("PrivateDevices=yes\nLockPersonality=yes\nRestrictRealtime=yes"),
        because("RestrictNamespaces=yes\nMemoryDenyWriteExecute=yes"),
        because(
            "ProtectKernelTunables=yes\nProtectKernelModules=yes\nProtectKernelLogs=yes\n"
            "ProtectControlGroups=yes\nProtectClock=yes\nProtectHostname=yes",
            "It reads of the kernel and changes nothing of it.",
        ),
        because(
            "RestrictAddressFamilies=AF_UNIX AF_NETLINK AF_INET AF_INET6",
            "AF_NETLINK for the kernel's table of sockets; AF_INET for a PostgreSQL elsewhere.",
        ),
        because(
            "SystemCallArchitectures=native\nSystemCallFilter=@system-service\n"
            "SystemCallErrorNumber=EPERM",
            "They hold pidfd_open and pidfd_send_signal.",
        ),
        because(
            "",
            "No PrivateNetwork= and no PrivatePIDs=: it must see Odoo's sockets and processes.",
        ),
    ]
