"""Where do the Odoos that run here write their logs?

Into the file that `logfile` names, or wherever their stderr leads: a file too, or the journal or a
container's log, which is no file of theirs; then it is said how to get at it.
"""

from __future__ import annotations

import msgspec

from workeroo.evidence import Unknown
from workeroo.facts.deployment import Deployment
from workeroo.facts.manager import Manager
from workeroo.probe.roots import own_root
from workeroo.probe.world import World

_STDERR = "2"


class LogHomes(msgspec.Struct, frozen=True):
    """What was found out of some deployments.

    Attributes:
        paths: of files, as this process opens them.
        elsewhere: sentences on logs that are no files.
    """

    paths: list[str]
    elsewhere: list[str]


def find_logs(world: World, deployments: list[Deployment]) -> LogHomes:
    """The logs of deployments that run in this world."""
    homes = [_home(world, deployment) for deployment in deployments if deployment.processes]
    return LogHomes(
        paths=list(dict.fromkeys(home for home, is_file in homes if is_file)),
        elsewhere=[home for home, is_file in homes if not is_file],
    )


def _home(world: World, deployment: Deployment) -> tuple[str, bool]:
    """The path of a deployment's log and True, or why there is none and False."""
    pid = min(deployment.processes, key=lambda process: (process.started_at, process.pid)).pid
    files = own_root(world, pid)
    if isinstance(files, Unknown):
        return f"{deployment.name}: {files.reason}; {_cure(deployment)}", False
    setting = deployment.setting("logfile")
    if setting is not None and isinstance(setting.value, str) and setting.value:
        folder = deployment.workdir if isinstance(deployment.workdir, str) else "/"
        return _opened(files, f"{folder.rstrip('/')}/{setting.value}", setting.value), True
    stderr = world.link(f"/proc/{pid}/fd/{_STDERR}")
    if isinstance(stderr, Unknown):
        return f"{deployment.name}: {stderr.reason}; run as its user or as root", False
    if stderr is not None and stderr.startswith("/") and not stderr.startswith("/dev/"):
        return _opened(files, stderr, stderr), True
    return f"{deployment.name} writes its log into no file; {_cure(deployment)}", False


def _opened(files: World, relative: str, path: str) -> str:
    return str(files.open_path(path if path.startswith("/") else relative))


def _cure(deployment: Deployment) -> str:
    """How to read what somebody else keeps."""
    manager = deployment.manager
    piped = "| workeroo diagnose -"
    if isinstance(manager, Manager) and manager.kind in ("docker", "podman"):
        return f"pipe it: {manager.kind} logs {manager.name[:12]} 2>&1 {piped}"
    if deployment.container is not None:
        return f"pipe it: docker logs {deployment.container[:12]} 2>&1 {piped}"
    if isinstance(manager, Manager) and manager.kind == "systemd":
        user = "--user " if manager.user_id is not None else ""
        return f"pipe it: journalctl {user}-u {manager.name} -o export {piped}"
    return f"pipe it into: {piped.removeprefix('| ')}"
