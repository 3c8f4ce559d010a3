"""Do the logs that a user names come out as Odoo wrote them, whatever they are packed in?"""

from __future__ import annotations

import gzip
import io
import os
import random
import subprocess
import threading
from datetime import datetime, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.probe.logworld import LINES, PACKED, WRAPPED, log, request, stamped

from workeroo.errors import InputError, MissingInput, NotPermitted, Unavailable, WorkerooError
from workeroo.probe.loghead import HEAD_BYTES, unwrapper_of
from workeroo.probe.logpack import BLOCK_BYTES, CUT_SHORT, DAMAGED, packing_of, unpacked
from workeroo.probe.logs import Log, Logs, open_logs
from workeroo.probe.logspan import Span, parse_span
from workeroo.probe.logwrap import LONGEST_LINE_BYTES, ByLine

NOW = datetime(2026, 11, 24, tzinfo=timezone.utc)
PLAIN = log(LINES)


def opened(*names: Path | str, span: Span | None = None, pipe: bytes = b"") -> Logs:
    return open_logs(map(str, names), span or Span(), io.BytesIO(pipe), NOW)


def content(it: Log) -> bytes:
    """The lines of a log, as whoever scans it gets them."""
    if it.path is None or it.span_bytes is None:
        return b"".join(it.blocks())
    start, stop = it.span_bytes
    return Path(it.path).read_bytes()[start:stop]


def only(logs: Logs) -> Log:
    assert logs.skipped == []
    assert len(logs.logs) == 1
    return logs.logs[0]


def test_a_plain_file_is_handed_on_by_its_path_and_bytes(tmp_path: Path) -> None:
    path = tmp_path / "odoo.log"
    path.write_bytes(PLAIN)

    it = only(opened(path))

    assert (it.path, it.span_bytes) == (str(path), (0, len(PLAIN)))
    assert b"".join(it.blocks()) == PLAIN


@pytest.mark.parametrize("wrapping", WRAPPED)
def test_every_wrapping_holds_the_same_lines_as_the_plain_file(
    wrapping: str, tmp_path: Path
) -> None:
    path = tmp_path / "some.file"
    path.write_bytes(WRAPPED[wrapping](PLAIN))

    it = only(opened(path))

    assert it.path is None
    assert it.first == b"2026-11-23 16:00:00,000"
    assert content(it) == PLAIN


@pytest.mark.parametrize("packing", PACKED)
@pytest.mark.parametrize("wrapping", ["docker", "journal export", None])
def test_packing_is_seen_in_the_content_and_not_in_the_name(
    packing: str, wrapping: str | None, tmp_path: Path
) -> None:
    path = tmp_path / "odoo.log"
    path.write_bytes(PACKED[packing](WRAPPED[wrapping](PLAIN) if wrapping else PLAIN))
    read: list[int] = []

    it = only(opened(path))

    assert b"".join(it.blocks(read.append)) == PLAIN
    assert sum(read) == path.stat().st_size
    assert it.faults == []


@pytest.mark.parametrize("name", ["gzip", "journal json", "compose"])
def test_a_pipe_may_hold_whatever_a_file_may(name: str) -> None:
    data = {**PACKED, **WRAPPED}[name](PLAIN)

    assert content(only(opened("-", pipe=data))) == PLAIN


def test_a_pipe_of_a_shell_is_read_once(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    lines = log([request(n) for n in range(20_000)])
    writer = threading.Thread(target=fifo.write_bytes, args=(lines,))
    writer.start()

    it = only(opened(fifo))

    assert content(it) == lines
    writer.join()


LINE_TEXT = st.text(st.characters(exclude_characters="\n", codec="utf-8"), max_size=60)


@given(
    texts=st.lists(LINE_TEXT, max_size=30),
    wrapping=st.sampled_from(sorted(WRAPPED)),
    cuts=st.integers(0, 2**32),
)
def test_wrapping_and_unwrapping_cancel_out_wherever_the_blocks_are_cut(
    texts: list[str], wrapping: str, cuts: int
) -> None:
    told = [f"{stamped(n)} {text}" for n, text in enumerate(["", *texts])]
    plain = log(told)
    wrapped = WRAPPED[wrapping](plain)
    make = unwrapper_of(wrapped[:HEAD_BYTES], NOW)
    assert make is not None
    unwrapper = make()
    chance = random.Random(cuts)  # noqa: S311 - where to cut is no secret
    out, at = b"", 0
    while at < len(wrapped):
        end = at + chance.randint(1, 400)
        out += unwrapper.feed(wrapped[at:end])
        at = end

    assert out + unwrapper.end() == plain


@given(data=st.binary(max_size=400), wrapping=st.sampled_from(sorted(WRAPPED)))
def test_no_content_makes_an_unwrapper_fail(data: bytes, wrapping: str) -> None:
    make = unwrapper_of(WRAPPED[wrapping](PLAIN), NOW)
    assert make is not None
    unwrapper = make()
    unwrapper.feed(data)
    unwrapper.feed(b"\n" + data + b"\n\n")
    unwrapper.end()


@given(packing=st.sampled_from(["gzip", "bzip2", "xz"]), share=st.floats(0.05, 0.95))
def test_of_a_packed_log_that_is_cut_short_what_came_is_read_and_it_is_said(
    packing: str, share: float
) -> None:
    plain = log([request(n, f"/shop/{n * 7919 % 1000}") for n in range(3000)])
    packed = PACKED[packing](plain)
    said: list[str] = []

    came = b"".join(unpacked([packed[: int(len(packed) * share)]], packing_of(packed), said.append))

    assert plain.startswith(came)
    assert said == [CUT_SHORT]
    assert packing != "gzip" or came


def test_a_log_cut_short_by_zstd_is_read_and_said(tmp_path: Path) -> None:
    plain = log([request(n, f"/{random.random()}") for n in range(40_000)])  # noqa: S311 - as above
    path = tmp_path / "odoo.log.zst"
    packed = PACKED["zstd"](plain)
    path.write_bytes(packed[: len(packed) // 2])

    it = only(opened(path))

    assert plain.startswith(content(it))
    assert it.faults == [CUT_SHORT]


def test_damage_in_the_middle_is_said_and_what_came_before_is_read(tmp_path: Path) -> None:
    plain = log([request(n, f"/{n * 7919 % 10007}") for n in range(200_000)])
    packed = bytearray(gzip.compress(plain))
    packed[len(packed) // 2 :] = b"\xff" * (len(packed) - len(packed) // 2)
    path = tmp_path / "odoo.log.gz"
    path.write_bytes(packed)

    it = only(opened(path))
    came = content(it)

    assert it.faults == [DAMAGED]
    assert plain.startswith(came[:1_000_000])


def test_members_one_behind_the_other_are_one_log_and_padding_is_none() -> None:
    half = len(PLAIN) // 2
    packed = gzip.compress(PLAIN[:half]) + gzip.compress(PLAIN[half:]) + b"\0" * 512
    said: list[str] = []

    pieces = [packed[i : i + 7] for i in range(0, len(packed), 7)]

    assert b"".join(unpacked(pieces, "gzip", said.append)) == PLAIN
    assert said == []


@pytest.mark.parametrize("packing", PACKED)
def test_a_small_file_that_unpacks_to_much_comes_in_blocks(packing: str) -> None:
    bomb = PACKED[packing](b"\0" * (3 * BLOCK_BYTES + 5))
    said: list[str] = []

    sizes = [len(block) for block in unpacked([bomb], packing_of(bomb), said.append)]

    assert max(sizes) <= BLOCK_BYTES
    assert sum(sizes) == 3 * BLOCK_BYTES + 5
    assert said == []


def test_where_zstd_is_missing_it_is_said_with_the_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "odoo.log.zst"
    path.write_bytes(PACKED["zstd"](PLAIN))
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(Unavailable) as told:
        opened(path)

    assert str(path) in str(told.value)
    assert "apt install zstd" in str(told.value)


def test_rotated_logs_are_read_from_the_oldest_to_the_newest(tmp_path: Path) -> None:
    days = {"odoo.log.2.gz": 0, "odoo.log.1": 100_000, "odoo.log": 200_000}
    for name, second in days.items():
        data = log([request(second + n) for n in range(3)])
        (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith("gz") else data)

    logs = opened(*(tmp_path / name for name in reversed(days)))

    assert [Path(it.name).name for it in logs.logs] == list(days)


def test_a_file_counts_once_however_often_it_is_named(tmp_path: Path) -> None:
    path, link, hard = tmp_path / "odoo.log", tmp_path / "link", tmp_path / "hard"
    path.write_bytes(PLAIN)
    link.symlink_to(path)
    hard.hardlink_to(path)

    assert content(only(opened(path, path, link, hard))) == PLAIN


def test_a_rotated_log_beside_its_packed_copy_counts_once(tmp_path: Path) -> None:
    plain, packed = tmp_path / "odoo.log.1", tmp_path / "odoo.log.1.gz"
    plain.write_bytes(PLAIN)
    packed.write_bytes(gzip.compress(PLAIN))

    logs = opened(packed, plain)

    assert [it.name for it in logs.logs] == [str(plain)]
    assert logs.skipped == []
    assert logs.copies == [f"{packed}: it begins as {plain} does: a copy, left out"]


def test_one_bad_file_among_several_is_said_and_the_rest_is_read(tmp_path: Path) -> None:
    good, gone = tmp_path / "odoo.log", tmp_path / "gone.log"
    good.write_bytes(PLAIN)

    logs = opened(gone, tmp_path, good)

    assert [it.name for it in logs.logs] == [str(good)]
    assert logs.skipped == [
        f"{gone}: no such file; give the path of a log",
        f"{tmp_path}: this is a folder; name the logs in it",
    ]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"LPKSHHRH" + b"\0" * 100, "journal itself; pipe it: journalctl"),
        (b"PK\x03\x04" + b"\0" * 100, "a zip archive"),
        (b"\x7fELF" + bytes(range(256)) * 20, "this is no text"),
    ],
)
def test_what_is_no_log_gets_one_sentence(data: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "odoo.log"
    path.write_bytes(data)

    with pytest.raises(InputError) as told:
        opened(path)

    assert said in str(told.value)
    assert "\n" not in str(told.value)


def test_a_tar_archive_is_refused_also_where_it_is_packed(tmp_path: Path) -> None:
    (tmp_path / "odoo.log").write_bytes(PLAIN)
    archive = tmp_path / "logs.tar.gz"
    subprocess.run(["tar", "czf", archive, "-C", tmp_path, "odoo.log"], check=True)

    with pytest.raises(InputError, match="a tar archive"):
        opened(archive)


def test_what_may_not_be_read_or_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingInput):
        opened(tmp_path / "gone")
    with pytest.raises(MissingInput):
        opened("a\0b")
    with pytest.raises(InputError, match="neither a file nor a pipe"):
        opened("/dev/null")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_of_somebody_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "odoo.log"
    path.write_bytes(PLAIN)
    path.chmod(0)

    with pytest.raises(NotPermitted):
        opened(path)


def test_a_crash_that_left_a_hole_of_nuls_in_a_log_makes_it_no_binary(tmp_path: Path) -> None:
    path = tmp_path / "odoo.log"
    path.write_bytes(b"\0" * 5000 + b"\n" + PLAIN)

    assert content(only(opened(path))).endswith(PLAIN)


def test_an_empty_log_is_a_log(tmp_path: Path) -> None:
    path = tmp_path / "odoo.log"
    path.touch()

    assert content(only(opened(path))) == b""


def test_a_wrapped_line_without_end_does_not_fill_the_memory() -> None:
    make = unwrapper_of(WRAPPED["compose"](PLAIN), NOW)
    assert make is not None
    unwrapper = make()
    assert isinstance(unwrapper, ByLine)
    out = unwrapper.feed(WRAPPED["compose"](PLAIN))
    longest = 0
    for _ in range(100):
        out += unwrapper.feed(b"x" * 1_000_000)
        longest = max(longest, len(unwrapper.carried))
    out += unwrapper.feed(b"\n" + WRAPPED["compose"](PLAIN))

    assert longest <= LONGEST_LINE_BYTES
    assert out == PLAIN + b"x" * LONGEST_LINE_BYTES + b"\n" + PLAIN


@pytest.mark.parametrize("wrapping", [None, "docker", "journal export", "gzip"])
def test_a_span_lets_the_same_lines_through_in_every_form(
    wrapping: str | None, tmp_path: Path
) -> None:
    path = tmp_path / "odoo.log"
    wrap = {**WRAPPED, **PACKED}[wrapping] if wrapping else bytes
    path.write_bytes(wrap(PLAIN))
    span = parse_span("2026-11-23 16:00:01", "2026-11-23 16:00:03.5", NOW)

    assert content(only(opened(path, span=span))) == log(LINES[1:-1])


def test_a_log_whose_clock_was_set_back_is_read_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "odoo.log"
    seconds = [*range(200), *range(100, 300)]
    path.write_bytes(log([request(n) for n in seconds]))
    span = parse_span("2026-11-23 16:02:00", "2026-11-23 16:02:30", NOW)

    it = only(opened(path, span=span))

    assert it.path is None
    assert content(it) == log([request(n) for n in seconds if 120 <= n < 150])


def test_every_failure_is_one_of_ours(tmp_path: Path) -> None:
    with pytest.raises(WorkerooError):
        opened(tmp_path, tmp_path / "gone")
