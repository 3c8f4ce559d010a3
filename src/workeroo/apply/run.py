"""How is another program run to its end, and what did it say when it failed?"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence

import msgspec

from workeroo.errors import Unavailable

_PAUSE_SECONDS = 0.1
_OUT_OF_REACH = ("/bin/sh", "-c", 'trap "" INT HUP; exec "$@"', "sh")
"""What begins like this does not hear a terminal's Ctrl-C or its end: a restart that is cut between
its stop and its start leaves no server. It keeps the terminal, for sudo may ask for a password
there. We ourselves go on hearing both; the words of the command are handed on as they are."""


class Outcome(msgspec.Struct, frozen=True):
    """How a program ended."""

    status: int
    output: str

    @property
    def last_line(self) -> str:
        """The line in which most programs say what is wrong."""
        lines = [line.strip() for line in self.output.splitlines() if line.strip()]
        return lines[-1] if lines else "it wrote nothing"


def run_program(
    command: Sequence[str],
    *,
    timeout_seconds: float,
    user: int | None = None,
    is_given_up: Callable[[], bool] = lambda: False,
) -> Outcome:
    """Run a program, out of reach of Ctrl-C; no shell reads its words.

    Its own end is awaited, not that of what it started: a daemon may keep its output open for good.

    Args:
        command: its words.
        timeout_seconds: after that it is killed.
        user: to run it as, where we are root.
        is_given_up: asked again and again; True kills it.

    Raises:
        Unavailable: when it is not there, does not end in time, or is given up.
    """
    if shutil.which(command[0]) is None:
        raise Unavailable(f"the program {command[0]} is not there")
    as_user = user if user is not None and os.geteuid() == 0 else None
    try:
        program = subprocess.Popen(
            [*_OUT_OF_REACH, *command], cwd="/", stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**os.environ, "LC_ALL": "C.UTF-8"}, user=as_user,
            extra_groups=None if as_user is None else [],
        )  # fmt: skip
    except OSError as error:
        raise Unavailable(f"{command[0]} cannot be run: {error.strerror}") from error
    with program:
        output = _awaited(program, command[0], timeout_seconds, is_given_up)
    return Outcome(program.returncode, output.decode(errors="replace"))


def _awaited(
    program: subprocess.Popen[bytes],
    name: str,
    timeout_seconds: float,
    is_given_up: Callable[[], bool],
) -> bytes:
    """What it wrote until it ended."""
    end = time.monotonic() + timeout_seconds
    while True:
        ended = program.poll() is not None  # before reading: all that it wrote is there then
        try:
            return program.communicate(timeout=_PAUSE_SECONDS)[0]
        except subprocess.TimeoutExpired as more:
            if ended:
                return more.output or b""
        given_up = is_given_up()
        if given_up or time.monotonic() > end:
            program.kill()
            why = "was given up" if given_up else f"did not end within {timeout_seconds:.0f} s"
            raise Unavailable(f"{name} {why}")
