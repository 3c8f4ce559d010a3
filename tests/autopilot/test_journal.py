"""Is every look written down, and does a disk that is full do no harm?"""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from workeroo.autopilot import journal
from workeroo.autopilot.explain import explained
from workeroo.autopilot.journal import Journal, read_journal
from workeroo.autopilot.moment import Moment
from workeroo.autopilot.place import Place, only, places
from workeroo.autopilot.product import Entry, Kind
from workeroo.errors import MissingInput, UsageError


def entry(at: float, kind: Kind = "hold", rule: str = "", *signals: str) -> Entry:
    return Entry(
        at_seconds=at, unix_seconds=1000 + at, kind=kind, rule=rule,
        sentence=f"seen 3 workers at {at:g}", workers=3, busy=1, idle=2, waiting=0,
        cores_busy=0.5, floor=2, ceiling=9, signals=signals,
    )  # fmt: skip


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path, 8069)


def test_looks_that_come_to_the_same_are_one_line_that_counts_them(place: Place) -> None:
    it = Journal(place)
    for number in range(10):
        it.note(entry(number))
    it.note(entry(10, "hold", "shortage_up"))
    it.flush()

    assert [(e.rule, e.looks, e.at_seconds) for e in read_journal(place)] == [
        ("", 10, 9),
        ("shortage_up", 1, 10),
    ]


def test_a_deed_is_written_at_once_and_alone(place: Place) -> None:
    it = Journal(place)
    it.note(entry(0))
    it.note(entry(1, "grow", "shortage_up", "SIGTTIN"))
    it.note(entry(2, "grow", "shortage_up", "SIGTTIN"))

    assert [e.kind for e in read_journal(place)] == ["hold", "grow", "grow"]


def test_the_last_minute_is_always_told(place: Place) -> None:
    it = Journal(place)
    for number in range(0, 130, 10):
        it.note(entry(number))

    assert [e.at_seconds for e in read_journal(place)] == [50, 110]


def test_two_files_of_a_bounded_size_are_kept(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "LARGEST_BYTES", 4000)
    it = Journal(place)
    for number in range(100):
        it.note(entry(number, "grow", "shortage_up", "SIGTTIN"))

    sizes = [path.stat().st_size for path in place.folder.iterdir()]
    assert len(sizes) == 2
    assert max(sizes) <= 4000
    assert read_journal(place)[-1].at_seconds == 99


def test_what_cannot_be_written_is_kept_in_memory_and_said(place: Place) -> None:
    it = Journal(place)
    place.journal.mkdir()  # as good as a full disk
    it.note(entry(0, "grow", "shortage_up", "SIGTTIN"))
    assert it.trouble is not None
    place.journal.rmdir()
    it.note(entry(1, "grow", "shortage_up", "SIGTTIN"))

    assert it.trouble is None
    assert [e.at_seconds for e in it.recent] == [0, 1]
    assert [e.at_seconds for e in read_journal(place)] == [0, 1]


def test_what_could_not_be_written_is_tried_again_at_each_look(place: Place) -> None:
    it = Journal(place)
    place.journal.mkdir()
    it.note(entry(0, "grow", "shortage_up", "SIGTTIN"))
    it.note(entry(1))
    place.journal.rmdir()
    it.note(entry(2))

    assert it.trouble is None
    assert [e.at_seconds for e in read_journal(place)] == [0]


def test_a_line_that_was_cut_takes_no_other_with_it(place: Place) -> None:
    whole = msgspec.json.encode(entry(0))
    place.journal.write_bytes(whole + b"\n" + whole[:50] + b"\n" + whole + b"\n")

    assert len(read_journal(place)) == 2


def test_without_a_journal_it_is_said_where_it_would_be(place: Place) -> None:
    with pytest.raises(MissingInput, match="there is no journal"):
        read_journal(place)


def test_the_answer_tells_the_last_step_and_what_stands_since() -> None:
    told = explained(
        [entry(0), entry(5, "grow", "shortage_up", "SIGTTIN"), entry(9)],
        ["ceiling 9: as given"],
        Moment(1010, 10, "b1"),
    )

    assert told.question == "why 3 workers now?"
    assert told.answer[0] == "The last step, 5 s ago: seen 3 workers at 5."
    assert "at the last look, 1 s ago: seen 3 workers at 9 (1 look alike)" in told.answer[1]


def test_a_number_with_which_it_was_found_is_said_to_be_one() -> None:
    told = explained([msgspec.structs.replace(entry(0), workers=2)], [], Moment(1000, 0, ""))

    assert "with which it was found" in told.answer[0]
    assert "2 are the floor: nobody leaves below it." in told.answer


@pytest.mark.parametrize("jump_seconds", [-7200, 0, 7200])
def test_how_long_ago_it_was_does_not_hang_on_the_clock_on_the_wall(jump_seconds: float) -> None:
    then = msgspec.structs.replace(entry(5, "grow", "shortage_up", "SIGTTIN"), boot="b1")
    told = explained([then], [], Moment(1010 + jump_seconds, 10, "b1"))

    assert told.answer[0].startswith("The last step, 5 s ago")


def test_of_an_earlier_boot_only_the_clock_on_the_wall_tells() -> None:
    then = msgspec.structs.replace(entry(5, "grow", "shortage_up", "SIGTTIN"), boot="b1")
    told = explained([then], [], Moment(1065, 2, "b2"))

    assert told.answer[0].startswith("The last step, 60 s ago")


def test_that_the_last_steps_are_not_in_the_journal_is_said() -> None:
    told = explained([entry(0)], [], Moment(1000, 0, ""), ["/x: No space left on device"])

    assert "the last steps may be missing here: /x: No space left on device." in told.answer[-1]


def test_one_place_is_found_and_of_several_one_must_be_named(tmp_path: Path) -> None:
    (tmp_path / "8069.jsonl").touch()
    (tmp_path / "8069.1.jsonl").touch()
    (tmp_path / "notes.jsonl").touch()
    found = places([tmp_path, tmp_path / "nowhere"])
    assert only(found, None, [tmp_path]) == Place(tmp_path, 8069)

    (tmp_path / "8070.sock").touch()
    found = places([tmp_path])
    with pytest.raises(UsageError, match="8069, 8070"):
        only(found, None, [tmp_path])
    assert only(found, 8070, [tmp_path]).port == 8070
    with pytest.raises(MissingInput, match="no autopilot"):
        only(found, 1, [tmp_path])
