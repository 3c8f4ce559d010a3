"""How does the lab run another program to its end?"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from workeroo.errors import Unavailable
from workeroo.lab.user import LabUser
from workeroo.lab.wait import PAUSE_SECONDS

_LAST_LINES = 3
_COMPLAINTS = ("E: ", "ERROR: ")
"""How apt and pip begin the line that says what is wrong."""

PASSED_ON = (
    "PATH", "LANG", "TZ", "TMPDIR", "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY",
    "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE",
)  # fmt: skip
"""What of our environment other programs need; PGHOST, PYTHONPATH and such would mislead them."""


def plain_environment(**more: str) -> dict[str, str]:
    """An environment that does not depend on the caller's habits."""
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    path = kept.get("PATH", os.defpath)
    return {**kept, "PATH": f"{path}:/usr/sbin:/sbin", "LC_ALL": "C.UTF-8", **more}


def find_program(name: str, *, package: str) -> str:
    """The path of a program.

    Raises:
        Unavailable: when it is not installed; `package` is Debian's name of what brings it.
    """
    found = shutil.which(name, path=plain_environment()["PATH"])
    if found is None:
        raise Unavailable(f"the lab needs {name}", cure=f"apt-get install {package}")
    return found


def run(
    command: Sequence[str | Path],
    *,
    leaves_server: bool = False,
    user: LabUser | None = None,
    environment: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdin: bytes = b"",
    while_running: Callable[[], None] | None = None,
) -> str:
    """Run a program to its end and give what it wrote.

    It ends with us, also when we are killed, so that the next call finds nobody at work; unless
    it leaves a server behind, which it shall.

    Raises:
        Unavailable: when it fails, with the last lines that it wrote.
    """
    identity = user.identity() if user else {}
    process = subprocess.Popen(
        [*([] if leaves_server else _ends_with_us()), *map(str, command)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env=dict(environment or plain_environment()), cwd=cwd or "/", **identity,
    )  # fmt: skip
    with process:
        try:
            output = _watched(process, stdin, while_running).decode(errors="replace")
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise Unavailable(_failure(command, process.returncode, output))
    return output


def _ends_with_us() -> list[str]:
    found = shutil.which("setpriv")  # of util-linux, which every Debian has
    return [found, "--pdeathsig", "KILL"] if found else []


def _watched(
    process: subprocess.Popen[bytes], stdin: bytes, while_running: Callable[[], None] | None
) -> bytes:
    if while_running is None:
        return process.communicate(stdin)[0]
    pending: bytes | None = stdin
    while True:
        try:
            return process.communicate(pending, timeout=2 * PAUSE_SECONDS)[0]
        except subprocess.TimeoutExpired:  # noqa: PERF203 - ten times a second
            pending = None
            while_running()


def _failure(command: Sequence[str | Path], status: int, output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    complaints = [line for line in lines if line.startswith(_COMPLAINTS)]
    told = " / ".join(complaints[:1] or lines[-_LAST_LINES:]) or "it wrote nothing"
    return f"{Path(command[0]).name} ended with status {status}: {told}"
