"""Are the incidents of real logs named, each as often as it happened, and no others?

The logs were written by a real Odoo that was made to fail (tests/worlds/logs/README.md); what is
right for each stands beside it, known from what was done and not from the log.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from workeroo.workload.diagnose import diagnose
from workeroo.workload.product import Diagnosis, Source
from workeroo.workload.scan import Scanned, merge, next_header, scan_blocks, scan_bytes

WORLDS = Path(__file__).parent.parent / "worlds" / "logs"
EVERY = 5
"""Of so many lines with a prefix one is tried as the place of a cut: all of them take a minute."""
NAMES = sorted(path.parent.name for path in WORLDS.glob("*/expected.json"))


class Expected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is right for a log."""

    incidents: dict[str, int]
    why: str
    pids: dict[str, list[int]] = {}
    told: dict[str, list[str]] = {}
    recorded: bool = True
    workers: int | None = None


def expected(name: str) -> Expected:
    return msgspec.json.decode((WORLDS / name / "expected.json").read_bytes(), type=Expected)


def logs(name: str) -> list[Path]:
    return sorted((WORLDS / name).glob("*.log"), key=lambda path: path.name != "odoo.log")


def judged(scanned: Scanned, files: list[Path]) -> Diagnosis:
    source = Source(
        files=[path.name for path in files],
        size_bytes=sum(path.stat().st_size for path in files),
        lines=scanned.lines,
    )
    return diagnose(scanned.story, scanned.profile, source)


def counts(diagnosis: Diagnosis) -> dict[str, int]:
    return {incident.id: incident.count for incident in diagnosis.incidents}


@pytest.mark.parametrize("name", NAMES)
def test_a_real_log_tells_what_happened_and_nothing_else(name: str) -> None:
    files = logs(name)

    diagnosis = judged(merge(scan_bytes(path.read_bytes()) for path in files), files)

    assert counts(diagnosis) == expected(name).incidents, expected(name).why


@pytest.mark.parametrize("name", [name for name in NAMES if expected(name).told])
def test_a_real_log_tells_which_request_which_job_which_port(name: str) -> None:
    files = logs(name)

    diagnosis = judged(merge(scan_bytes(path.read_bytes()) for path in files), files)

    said = {
        incident.id: "\n".join([incident.title, incident.cause, incident.cure, *incident.evidence])
        for incident in diagnosis.incidents
    }
    for incident, words in expected(name).told.items():
        for word in words:
            assert word in said[incident]


@pytest.mark.parametrize("name", NAMES)
def test_a_real_log_tells_the_same_in_small_pieces(name: str) -> None:
    files = logs(name)
    data = b"".join(path.read_bytes() for path in files)
    pieces = [data[start : start + 997] for start in range(0, len(data), 997)]

    assert counts(judged(scan_blocks(pieces), files)) == counts(judged(scan_bytes(data), files))


@pytest.mark.parametrize("name", NAMES)
def test_a_real_log_tells_the_same_in_two_parts_that_are_merged(name: str) -> None:
    files = logs(name)
    data = files[0].read_bytes()
    whole = counts(judged(scan_bytes(data), files))

    for line in lines_with_prefix(data)[::EVERY]:
        parts = merge([scan_bytes(data[:line]), scan_bytes(data[line:])])
        assert counts(judged(parts, files)) == whole


def lines_with_prefix(data: bytes) -> list[int]:
    found, line = [], next_header(data, 1)
    while line is not None:
        found.append(line)
        line = next_header(data, line + 1)
    return found


@pytest.mark.parametrize("name", [name for name in NAMES if expected(name).workers])
def test_the_number_of_workers_is_seen_although_they_are_replaced(name: str) -> None:
    profile = merge(scan_bytes(path.read_bytes()) for path in logs(name)).profile

    assert profile.concurrency.workers == expected(name).workers


@pytest.mark.parametrize("name", NAMES)
def test_the_processes_that_it_happened_to_are_in_the_log(name: str) -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in logs(name))

    for pids in expected(name).pids.values():
        for pid in pids:
            assert str(pid) in text


def test_there_are_days_on_which_nothing_goes_wrong() -> None:
    quiet = [name for name in NAMES if not expected(name).incidents]

    assert len(quiet) >= 3
    assert quiet == [name for name in NAMES if name.startswith("clean-")]


@pytest.mark.parametrize("name", NAMES)
def test_a_kept_log_names_no_place_of_the_machine_that_wrote_it(name: str) -> None:
    for path in logs(name):
        text = path.read_text(encoding="utf-8")
        assert "/var/cache/" not in text
        assert "session_id=" not in text
        assert len(text) < 64_000
