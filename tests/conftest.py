"""What several rooms' tests share: the real Odoo's own code, without a server."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from workeroo.lab.lab import Lab, Wanted

AskOdoo = Callable[[Path, str], str]
"""Runs a script in the interpreter of the lab's Odoo: script and its stdin in, stdout out."""


@pytest.fixture(scope="session")
def ask_odoo(tmp_path_factory: pytest.TempPathFactory) -> AskOdoo:
    lab = Lab.named("code")
    lab.root.prepare(lab.user)
    source = lab._source(Wanted())
    environment = {
        "HOME": str(tmp_path_factory.mktemp("home")),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(source.library),
        "PYTHONPYCACHEPREFIX": str(source.bytecode),
        "PYTHONUTF8": "1",
    }

    def ask(script: Path, question: str) -> str:
        done = subprocess.run(
            [str(source.python), str(script)],
            input=question,
            capture_output=True,
            text=True,
            env=environment,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return ask
