"""How is another program run to its end, and what did it say when it failed?"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence

import msgspec

from workeroo.errors import Unavailable


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
    command: Sequence[str], *, timeout_seconds: float, user: int | None = None
) -> Outcome:
    """Run a program; never through a shell.

    Raises:
        Unavailable: when it is not there or does not end in time.
    """
    as_user = user if user is not None and os.geteuid() == 0 else None
    try:
        done = subprocess.run(
            list(command), check=False, cwd="/", errors="replace", stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout_seconds,
            env={**os.environ, "LC_ALL": "C.UTF-8"}, user=as_user,
            extra_groups=None if as_user is None else [],
        )  # fmt: skip
    except FileNotFoundError as error:
        raise Unavailable(f"the program {command[0]} is not there") from error
    except subprocess.TimeoutExpired as error:
        what = f"{command[0]} did not end within {timeout_seconds:.0f} s"
        raise Unavailable(what) from error
    except OSError as error:
        raise Unavailable(f"{command[0]} cannot be run: {error.strerror}") from error
    return Outcome(done.returncode, done.stdout)
