"""What does the lab say when the archive cannot be reached?"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from workeroo.errors import NetworkError
from workeroo.lab.folder import remove_tree
from workeroo.lab.lab import Lab

pytestmark = pytest.mark.lab

NOBODY_LISTENS = "http://127.0.0.1:9"


@pytest.fixture
def empty_cache() -> Iterator[Path]:
    cache = Path(tempfile.mkdtemp(prefix="workeroo-"))
    cache.chmod(0o755)
    yield cache
    remove_tree(cache)


def test_without_network_what_could_not_be_fetched_is_named(
    empty_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", NOBODY_LISTENS)
    lab = Lab.named(environment={**os.environ, "XDG_CACHE_HOME": str(empty_cache)})
    with pytest.raises(NetworkError) as told:
        lab.up()
    assert "could not fetch the list with odoo-19 from Debian sid" in str(told.value)
    assert told.value.exit_code == 75
    lab.destroy()
    assert not lab.folder.lock.exists()
