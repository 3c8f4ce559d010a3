"""What may an Odoo not do, so that it, its crons and wkhtmltopdf still work?

Each directive has the reason why Odoo can live with it. What cannot be set stands there as well,
with what it would break.
"""

from __future__ import annotations

from pathlib import PurePosixPath

import msgspec

from workeroo.evidence import is_known
from workeroo.render.directives import Directive, because
from workeroo.render.subject import Subject
from workeroo.render.unitfile import word

HOMES = ("/home", "/root", "/run/user")
"""What ProtectHome= is about (systemd.exec(5))."""

STATE = "/var/lib/odoo"
LOGS = "/var/log/odoo"
"""Home and log folder of the user that Debian's package makes."""


class Places(msgspec.Struct, frozen=True):
    """Which folders an Odoo needs.

    Attributes:
        written: it writes there; None where the most important, data_dir, is not known.
        read: further ones that must not be hidden.
    """

    written: list[str] | None
    read: list[str]

    @property
    def in_home(self) -> bool:
        """Whether one of them lies where people keep their own files."""
        return any(_below(path, home) for path in self._all() for home in HOMES)

    def _all(self) -> list[str]:
        return [*(self.written or []), *self.read]


def places(subject: Subject) -> Places:
    """The folders that the settings name."""
    if subject.deployment is None:
        return Places([STATE, LOGS], [subject.conf_path])
    data, log = (_absolute(subject, option) for option in ("data_dir", "logfile"))
    pidfile = _absolute(subject, "pidfile")
    parents = [str(PurePosixPath(path).parent) for path in (log, pidfile) if path]
    workdir = subject.deployment.workdir
    read = [subject.conf_path, *([workdir] if is_known(workdir) else []), *_addons(subject)]
    written = None if data is None else list(dict.fromkeys([data, *parents]))
    return Places(written, read)


def hardening(subject: Subject, *, program_known: bool) -> list[Directive]:
    """Every restriction.

    Args:
        subject: what is rendered.
        program_known: whether it is known where Odoo's program lies; else nothing is hidden.
    """
    found = places(subject)
    return [*_files(subject, found), _homes(found, program_known=program_known), *_temporary(),
            *_privileges(), *_kernel(), *_calls(), *_umask(subject), *_left_out()]  # fmt: skip


def _files(subject: Subject, found: Places) -> list[Directive]:
    if subject.deployment is None:
        return [
            because(
                "ProtectSystem=strict\nStateDirectory=odoo\nLogsDirectory=odoo",
                "The whole file system is read-only but for two folders, which systemd makes"
                f" for this user: {STATE}, its home, where Odoo keeps the filestore and the"
                f" sessions, and {LOGS}.",
                "A data_dir or a logfile elsewhere needs a line ReadWritePaths=.",
            ),
            because("StateDirectoryMode=0750\nLogsDirectoryMode=0750", "For nobody else."),
        ]
    if found.written is None:
        return [
            because(
                "ProtectSystem=full",
                "data_dir is not set, so the filestore is in the home of Odoo's user, which is"
                " not known here: only /usr, /boot and /etc are read-only. With data_dir in"
                " odoo.conf, ProtectSystem=strict and ReadWritePaths= can stand here.",
            )
        ]
    writable = " ".join(word(f"-{path}") for path in found.written)
    return [
        because(
            f"ProtectSystem=strict\nReadWritePaths={writable}",
            "The whole file system is read-only but for data_dir (filestore and sessions) and"
            " the folders of logfile and pidfile. The dash: one that is missing does not keep"
            " Odoo from starting.",
        )
    ]


def _homes(found: Places, *, program_known: bool) -> Directive:
    if found.written is None:
        return because("ProtectHome=no", "The filestore may be in a home, as above.")
    if found.in_home or not program_known:
        return because(
            "ProtectHome=read-only",
            "Odoo's program or files may be in a home: others' homes can be read, not written.",
        )
    return because("ProtectHome=yes", "Odoo needs nothing in /home, /root and /run/user.")


def _temporary() -> list[Directive]:
    return [
        because(
            "PrivateTmp=yes",
            "A /tmp of its own: reports and uploads lie there while they are made. Take it out"
            " where PostgreSQL's socket is in /tmp, or where other programs hand over files"
            " there.",
        ),
        because(
            "PrivateDevices=yes",
            "No device but /dev/null and its like. Take it out where Odoo drives a printer or a"
            " scale by itself.",
        ),
    ]


def _privileges() -> list[Directive]:
    return [
        because(
            "NoNewPrivileges=yes\nCapabilityBoundingSet=\nRestrictSUIDSGID=yes",
            "Odoo starts nothing that needs root: it listens above port 1024, sends mail over"
            " SMTP, and wkhtmltopdf is an ordinary program.",
        ),
        because(
            "RestrictNamespaces=yes",
            "wkhtmltopdf has no sandbox of its own. A module that starts Chromium needs one.",
        ),
        because("RestrictRealtime=yes\nLockPersonality=yes", "Neither is used."),
        because("RemoveIPC=yes\nKeyringMode=private", "Nothing of it outlives the server."),
    ]


def _kernel() -> list[Directive]:
    return [
        because(
            "ProtectKernelTunables=yes\nProtectKernelModules=yes\nProtectKernelLogs=yes\n"
            "ProtectControlGroups=yes\nProtectClock=yes\nProtectHostname=yes",
            "Odoo reads of the kernel and changes nothing of it.",
        ),
        because(
            "ProtectProc=invisible",
            "Processes of other users are not seen. Odoo looks only at its own.",
        ),
    ]


def _calls() -> list[Directive]:
    return [
        because(
            "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6",
            "AF_UNIX for PostgreSQL's socket and the journal, the others for users, PostgreSQL,"
            " mail and payment providers.",
        ),
        because(
            "SystemCallArchitectures=native\nSystemCallFilter=@system-service\n"
            "SystemCallErrorNumber=EPERM",
            "What services usually call; it holds setrlimit (the memory and CPU limits),"
            " setpriority (cron workers are niced) and fork. Anything else fails as if it were"
            " forbidden, and does not kill the worker.",
        ),
    ]


def _umask(subject: Subject) -> list[Directive]:
    if subject.value("x_sendfile") is True:
        return [
            because(
                "",
                "No UMask=: with x_sendfile nginx reads the filestore itself, as its own user.",
            )
        ]
    return [
        because("UMask=0027", "The filestore and the sessions are for this user and its group.")
    ]


def _left_out() -> list[Directive]:
    return [
        because(
            "",
            "No MemoryDenyWriteExecute=: wkhtmltopdf's JavaScript engine compiles into memory that"
            " it then runs; with this it dies with a segmentation fault (tried, Debian 12).",
            "No ProcSubset=pid: psutil, which every worker asks for its own size after each"
            " request, reads /proc/stat and fails (tried, 5.9 as in Debian 12; newer ones work).",
            "No PrivateUsers= and no IPAddressDeny=: files shared by group, and the addresses"
            " that your modules call, are not known here.",
        )
    ]


def _absolute(subject: Subject, option: str) -> str | None:
    """A path that an option names; None where there is none, or its folder is not known."""
    value = subject.value(option)
    if not isinstance(value, str) or not value:
        return None
    workdir = subject.deployment.workdir if subject.deployment else None
    if value.startswith("/"):
        return value
    return str(PurePosixPath(workdir, value)) if isinstance(workdir, str) else None


def _addons(subject: Subject) -> list[str]:
    value = subject.value("addons_path")
    found = [part.strip() for part in value.split(",")] if isinstance(value, str) else []
    return [part for part in found if part.startswith("/")]


def _below(path: str, folder: str) -> bool:
    return PurePosixPath(path).is_relative_to(folder)
