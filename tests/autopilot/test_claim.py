"""Can two autopilots hold one master?"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from workeroo.autopilot.claim import claimed
from workeroo.errors import Unavailable

OTHER = """
import sys
from workeroo.autopilot.claim import claimed
from workeroo.errors import Unavailable
try:
    with claimed(int(sys.argv[1])):
        print("held", flush=True)
        sys.stdin.read()
except Unavailable as error:
    print(error.what)
"""


def other(pid: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", OTHER, str(pid)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )


def test_the_second_is_refused_until_the_first_has_gone_however_it_ends() -> None:
    pid = os.getpid()
    with other(pid) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        with pytest.raises(Unavailable, match="another autopilot"), claimed(pid):
            pass
        first.kill()
        first.wait()
        with claimed(pid), other(pid) as second:
            told, _ = second.communicate("")
            assert "another autopilot" in told


def test_two_masters_have_two_claims() -> None:
    with claimed(os.getpid()), claimed(os.getppid()):
        pass


def test_a_master_that_is_not_there_is_said() -> None:
    with pytest.raises(Unavailable, match="no process"), claimed(2**22 - 1):
        pass
