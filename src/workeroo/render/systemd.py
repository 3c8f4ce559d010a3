"""How is a plan written for systemd: a unit of its own, or a drop-in for the unit that stands?

A unit that stands belongs to whoever wrote it: it gets what follows from the plan (memory, how it
is stopped and started), in a file beside it, and no hardening that it was not made for.
"""

from __future__ import annotations

from workeroo.facts.deployment import Deployment
from workeroo.facts.manager import Manager
from workeroo.render.directives import Directive, because
from workeroo.render.product import RenderedFile
from workeroo.render.subject import Subject
from workeroo.render.unitfile import Sections, argument, checked_name, unit_text, word
from workeroo.render.unithardening import hardening
from workeroo.render.unitlimits import (
    allowances,
    memory,
    no_reload,
    planned,
    restarting,
    start_limit,
    stopping,
)
from workeroo.render.unitsocket import socket_text, takes_socket

UNITS = "/etc/systemd/system"
USER_UNITS = "/etc/systemd/user"

PROGRAM = "/usr/bin/odoo"
"""Where Debian's package and Odoo's container image put it."""

PROGRAM_TO_FILL_IN = "/PATH/TO"
"""Stands where the program's folder is not known: systemd refuses it, and starts no wrong Odoo."""

USER = "odoo"
"""The user that Debian's package makes."""

ROOT = "root"


def systemd_files(subject: Subject) -> list[RenderedFile]:
    """The unit (and the socket) for a server, or the drop-in for its unit; none for a container.

    Raises:
        InputError: when the facts name a unit that cannot be one.
    """
    deployment = subject.deployment
    if deployment is not None and deployment.container is not None:
        return []
    manager = _manager(deployment)
    if manager is not None and manager.kind == "systemd":
        return [_drop_in(subject, manager)]
    if manager is not None and manager.kind != "supervisor":
        return []
    return _units(subject)


def _manager(deployment: Deployment | None) -> Manager | None:
    found = deployment.manager if deployment else None
    return found if isinstance(found, Manager) else None


def _drop_in(subject: Subject, manager: Manager) -> RenderedFile:
    name = checked_name(manager.name)
    folder = UNITS if manager.user_id is None else USER_UNITS
    reload = _dropped_reload(subject)
    sections: Sections = {
        "Unit": start_limit(),
        "Service": [
            *memory(subject), *stopping(subject), *reload, *restarting(), *allowances(subject),
        ],
    }  # fmt: skip
    opening = [_opening(subject), f"Adds to {name}; what stands here wins over what stands there."]
    control = "systemctl" if manager.user_id is None else "systemctl --user"
    return RenderedFile(
        path=f"{folder}/{name}.d/workeroo.conf",
        text=unit_text(opening, sections),
        said=[f"It takes effect with {control} daemon-reload and {control} restart {name}."],
    )


def _units(subject: Subject) -> list[RenderedFile]:
    """The service, and the socket where Odoo takes one."""
    base = unit_name(subject)
    service, socket = f"{base}.service", f"{base}.socket"
    with_socket = takes_socket(subject)
    said = _said(subject, service, socket if with_socket else None)
    text = unit_text([_opening(subject)], _sections(subject, socket if with_socket else None))
    files = [RenderedFile(path=f"{UNITS}/{service}", text=text, said=said)]
    if with_socket:
        text = socket_text(subject, service, [_opening(subject)])
        files.append(RenderedFile(path=f"{UNITS}/{socket}", text=text))
    return files


def unit_name(subject: Subject) -> str:
    """What the units are called: by role, so that two roles can be on one host."""
    role = subject.plan.role
    return "odoo" if role == "all" else f"odoo-{role}"


def _sections(subject: Subject, socket: str | None) -> Sections:
    install = [because("WantedBy=multi-user.target")]
    if socket is not None:
        install.append(because(f"Also={socket}", "systemctl enable takes the socket along."))
    return {
        "Unit": [*_description(subject), *_order(socket), *start_limit()],
        "Service": [
            *_running(subject), *memory(subject), *_share(subject), *allowances(subject),
            *stopping(subject), because("", *no_reload(subject)), *restarting(),
            *hardening(subject, program_known=_program(subject.deployment) == PROGRAM),
        ],
        "Install": install,
    }  # fmt: skip


def _description(subject: Subject) -> list[Directive]:
    plan = subject.plan
    return [because(f"Description=Odoo {plan.series}, role {plan.role}")]


def _order(socket: str | None) -> list[Directive]:
    found = [
        because(
            "Wants=network-online.target\nAfter=network-online.target postgresql.service",
            "PostgreSQL may be on this host or over the network; Odoo wants it at start.",
        )
    ]
    if socket is not None:
        found.append(
            because(
                f"Requires={socket}\nAfter={socket}",
                "The socket comes from systemd and stays open while Odoo restarts: users wait"
                " instead of being refused. It also starts Odoo again at the next request:"
                f" to keep Odoo down, stop {socket} as well.",
            )
        )
    return found


def _running(subject: Subject) -> list[Directive]:
    """What is started, as whom, and where."""
    made = planned(subject)
    command = " ".join(argument(part) for part in _command(subject))
    return [
        because("Type=exec", "Odoo does not tell systemd when it is ready."),
        _user(subject.deployment),
        *_workdir(subject.deployment),
        because(f"ExecStart={command}", f"Makes {made.text} processes."),
    ]


def _command(subject: Subject) -> list[str]:
    return [*_program(subject.deployment).split(" "), "-c", subject.conf_path]


def _program(deployment: Deployment | None) -> str:
    """Odoo's program; a path to fill in where the facts do not say where it is."""
    if deployment is None or deployment.launcher is None:
        return PROGRAM
    if deployment.launcher == "odoo" and deployment.venv is not True:
        return PROGRAM
    return f"{PROGRAM_TO_FILL_IN}/{deployment.launcher}"


def _user(deployment: Deployment | None) -> Directive:
    if deployment is None or not deployment.processes:
        return because(f"User={USER}\nGroup={USER}", "The user that Debian's package makes.")
    user = deployment.processes[0].user
    if user == ROOT:
        return because(
            f"User={USER}",
            "It runs as root now, which gives every request the whole machine. This user must be"
             " there, and own data_dir.",
        )  # fmt: skip
    return because(f"User={word(user)}", "As it runs now; the group is that user's own.")


def _workdir(deployment: Deployment | None) -> list[Directive]:
    workdir = deployment.workdir if deployment else None
    if not isinstance(workdir, str) or workdir == "/" or not workdir.isprintable():
        return []
    return [
        because(
            f"WorkingDirectory=-{workdir.replace('%', '%%')}",
            "Relative paths in odoo.conf begin here, as they do now.",
        )
    ]


def _share(subject: Subject) -> list[Directive]:
    if subject.plan.role != "backend":
        return []
    return [
        because(
            "CPUWeight=50",
            "Half of the usual 100: where a frontend is on the same host, users go first.",
        )
    ]


def _dropped_reload(subject: Subject) -> list[Directive]:
    """Takes ExecReload out of a unit where it would lose the server."""
    deployment = subject.deployment
    if deployment is None or deployment.venv is not True:
        return []
    return [because("ExecReload=", *no_reload(subject))]


def _opening(subject: Subject) -> str:
    plan = subject.plan
    return f"Written by Workeroo from a plan by the rule {plan.rule}. Every reason stands above."


def _said(subject: Subject, service: str, socket: str | None) -> list[str]:
    """What must be known before it is used."""
    units = f"{socket} {service}" if socket else service
    said = [f"It takes effect with systemctl daemon-reload and systemctl enable --now {units}."]
    deployment = subject.deployment
    if deployment is None:
        return said
    program = _program(deployment)
    if program != PROGRAM:
        said.append(
            f"The facts do not say where {deployment.launcher} is: put the command line of the"
            f" running server in the place of {program}."
        )
    manager = _manager(deployment)
    if manager is not None:
        said.append(
            f"{manager.kind} starts this Odoo as {manager.name} now: take it out there first, or"
            " two of them want the same ports."
        )
    elif deployment.processes:
        said.append("Stop the Odoo that runs now first: it holds the ports.")
    return [*said, *_elsewhere(subject, deployment), *_data(subject)]


def _elsewhere(subject: Subject, deployment: Deployment) -> list[str]:
    """Settings that stand neither in the plan nor in odoo.conf."""
    named = [
        f"{setting.option} ({setting.source})"
        for setting in deployment.settings.values()
        if setting.source in {"command line", "environment"}
        and subject.plan.value(setting.option) is None
    ]
    if not named:
        return []
    listed = ", ".join(named)
    return [f"The unit starts Odoo with odoo.conf only. Write into that what is not: {listed}."]


def _data(subject: Subject) -> list[str]:
    if subject.value("data_dir"):
        return []
    return ["data_dir is not set: with it in odoo.conf the unit could close more of the system."]
