"""How is a decided value written into an odoo.conf, and what is said of it?"""

from __future__ import annotations

import pytest

from workeroo.catalog.product import Value
from workeroo.errors import InternalError
from workeroo.plan.product import Decision
from workeroo.render.odooconf import edit_conf, renew_conf
from workeroo.render.product import Edited


def decided(option: str, value: Value, why: str = "why") -> Decision:
    return Decision(option=option, value=value, why=why, evidence=[])


def edited(before: str, *decisions: Decision, series: int = 19) -> Edited:
    return edit_conf(before, decisions or [decided("workers", 5)], series)


def text(before: str, *decisions: Decision, series: int = 19) -> str:
    return edited(before, *decisions, series=series).text


# An option that stands ------------------------------------------------------------------------


def test_a_value_is_set_where_it_stands_with_its_reason_above() -> None:
    before = "[options]\n; mine\nworkers = 2\ndb_name = prod\n"
    assert text(before) == "[options]\n; mine\n; workeroo: why\nworkers = 5\ndb_name = prod\n"


def test_a_value_that_stands_already_is_left_without_a_comment() -> None:
    before = "[options]\nworkers=5\n"
    assert edited(before) == Edited(before)


@pytest.mark.parametrize("same", ["0x5", "5", "05"])
def test_another_spelling_of_the_same_value_is_left(same: str) -> None:
    before = f"[options]\nworkers = {same}\n"
    assert text(before, series=18) == before


def test_a_spelling_is_the_same_only_to_a_series_that_reads_it_so() -> None:
    assert "\nworkers = 5\n" in text("[options]\nworkers = 0x5\n", series=19)


def test_blanks_and_spelling_of_the_name_stay() -> None:
    before = "[options]\nWorkers\t:  2 \t\r\n"
    assert text(before) == "[options]\n; workeroo: why\r\nWorkers\t:  5 \t\r\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("workers=", "workers=5"),
        ("workers =", "workers = 5"),
        ("workers = ", "workers = 5"),
        ("workers =   ", "workers = 5  "),
        ("workers:", "workers:5"),
    ],
)
def test_an_empty_value_is_filled(before: str, after: str) -> None:
    assert text(f"[options]\n{before}\n") == f"[options]\n; workeroo: why\n{after}\n"


def test_what_was_meant_as_a_comment_goes_above() -> None:
    before = "[options]\nworkers = 2 ; two, for now\n"
    assert text(before) == "[options]\n; two, for now\n; workeroo: why\nworkers = 5\n"


def test_an_empty_comment_goes_away() -> None:
    assert text("[options]\nworkers = 2 ; #\n") == "[options]\n; workeroo: why\nworkers = 5\n"


def test_a_glued_line_becomes_a_comment_and_is_told() -> None:
    result = edited("[options]\nworkers = 2\n  max_cron_threads = 1\ndb_name = a\n")
    assert result.text == (
        "[options]\n; workeroo: why\nworkers = 5\n"
        "  ; workeroo took out: max_cron_threads = 1\ndb_name = a\n"
    )
    (said,) = result.said
    assert said.startswith("the indented lines below workers (line 2) are commented out")


def test_a_new_reason_takes_the_place_of_the_old_one() -> None:
    once = text("[options]\n; mine\nworkers = 2\n", decided("workers", 5, "long " * 40))
    assert once.count("; workeroo: ") > 1
    again = text(once, decided("workers", 7, "7 cores"))
    assert again == "[options]\n; mine\n; workeroo: 7 cores\nworkers = 7\n"


def test_the_reason_of_an_option_that_nobody_decides_stays() -> None:
    before = "[options]\n; workeroo: the port\nhttp_port = 8069\nworkers = 2\n"
    assert text(before).startswith("[options]\n; workeroo: the port\nhttp_port = 8069\n")


def test_a_reason_of_several_lines_stays_a_comment() -> None:
    result = text("[options]\nworkers = 2\n", decided("workers", 5, "a\nworkers = 6\r\nb"))
    assert result == "[options]\n; workeroo: a workers = 6  b\nworkers = 5\n"


# An option that stands twice, or by an older name ---------------------------------------------


def test_of_two_lines_the_last_is_set_and_the_other_commented_out() -> None:
    result = edited("[options]\nworkers = 2\ndb_name = a\nWORKERS = 3\n")
    assert result.text == (
        "[options]\n; workeroo took out: workers = 2\ndb_name = a\n; workeroo: why\nWORKERS = 5\n"
    )
    assert result.said == [
        "workers stood twice (lines 2 and 4): the last one is kept, the other is commented out"
    ]


def test_all_of_three_lines_are_told() -> None:
    (said,) = edited("[options]\nworkers = 2\nworkers = 3\n\nworkers = 5\n").said
    assert said == (
        "workers stood 3 times (lines 2, 3 and 5): the last one is kept, the others are"
        " commented out"
    )


@pytest.mark.parametrize(("series", "heeds"), [(16, "heeds too"), (18, "does not heed")])
def test_an_older_name_gives_way_in_its_place(series: int, heeds: str) -> None:
    before = "[options]\nlongpolling_port = 8073\ndb_name = a\n"
    result = edited(before, decided("gevent_port", 8072), series=series)
    assert result.text == (
        "[options]\n; workeroo took out: longpolling_port = 8073\n"
        "; workeroo: why\ngevent_port = 8072\ndb_name = a\n"
    )
    (said,) = result.said
    assert said.startswith("longpolling_port (line 2), an older name of gevent_port that Odoo")
    assert heeds in said


def test_an_older_name_that_still_sets_the_value_is_left() -> None:
    before = "[options]\nlongpolling_port = 8072\n"
    assert edited(before, decided("gevent_port", 8072), series=17) == Edited(before)


def test_an_older_name_cannot_win_over_the_decided_value() -> None:
    before = "[options]\nlongpolling_port = 1\ngevent_port = 8072\n"
    after = text(before, decided("gevent_port", 8072), series=16)
    assert after == "[options]\n; workeroo took out: longpolling_port = 1\ngevent_port = 8072\n"


def test_a_name_that_is_the_option_itself_in_this_series_is_no_older_one() -> None:
    before = "[options]\nlongpolling_port = 8072\n"
    assert edited(before, decided("longpolling_port", 8072), series=15) == Edited(before)


# An option that does not stand ----------------------------------------------------------------


def test_a_new_option_goes_to_the_end_of_options_before_blank_lines() -> None:
    before = "[options]\ndb_name = a\n; workers = 0\n\n\n; jobs\n[queue_job]\nworkers = 9\n"
    assert text(before) == (
        "[options]\ndb_name = a\n; workers = 0\n; workeroo: why\nworkers = 5\n"
        "\n\n; jobs\n[queue_job]\nworkers = 9\n"
    )


def test_a_last_line_without_an_end_stays_so() -> None:
    assert text("[options]\r\ndb_name = a") == (
        "[options]\r\ndb_name = a\r\n; workeroo: why\r\nworkers = 5"
    )


def test_a_new_option_stands_as_deep_as_the_last_one() -> None:
    before = "[options]\n    db_name = a\n  [queue_job]\n  channels = root:1\n"
    assert "\n    db_name = a\n    ; workeroo: why\n    workers = 5\n  [queue_job]" in text(before)


def test_a_file_without_the_section_gets_one_at_its_end() -> None:
    assert text("[Options]\nworkers = 2\n") == (
        "[Options]\nworkers = 2\n\n[options]\n; workeroo: why\nworkers = 5\n"
    )


def test_it_is_told_that_a_default_section_holds_now() -> None:
    (said,) = edited("[DEFAULT]\nworkers = 2\n").said
    assert "[DEFAULT]" in said


def test_a_value_that_the_default_section_lends_is_left() -> None:
    before = "[DEFAULT]\nworkers = 5\n[options]\ndb_name = a\n"
    assert text(before) == before


def test_a_new_file_says_who_began_it() -> None:
    first, *rest = text("").splitlines()
    assert first.startswith(";")
    assert rest == ["[options]", "; workeroo: why", "workers = 5"]


# What is left or refused ----------------------------------------------------------------------


def test_a_second_section_of_options_is_left_and_told() -> None:
    result = edited("[options]\nworkers = 5\n[options]\ndb_name = a\n")
    (said,) = result.said
    assert said.startswith("line 3: section [options] stands twice (first at line 1)")


def test_lines_are_told_by_their_numbers_in_the_file_that_stands() -> None:
    before = "[options]\nhttp_port = 8069 ; web\nnonsense\nworkers = 1\nworkers = 2\n"
    said = renew_conf(before, [decided("workers", 5)], 19).said
    assert [sentence.partition(",")[0] for sentence in said] == [
        "workers stood twice (lines 4 and 5): the last one is kept",
        "the comment behind http_port (line 2)",
        "line 3: this line has neither = nor :; this is left",
    ]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("workers", "5\nlist_db = True"),
        ("workers", "5\r"),
        ("workers", "many"),
        ("workers", None),
        ("http_interface", " ::1"),
        ("logfile", "False"),
        ("longpolling_port", 8072),
        ("wokers", 5),
    ],
)
def test_what_no_odoo_conf_can_hold_is_a_fault_of_workeroo(option: str, value: Value) -> None:
    with pytest.raises(InternalError, match=option) as caught:
        edited("[options]\n", decided(option, value))
    assert "list_db" not in str(caught.value)


def test_switches_and_numbers_are_written_as_odoo_writes_them() -> None:
    made = [
        decided("proxy_mode", value=True),
        decided("list_db", value=False),
        decided("workers", 0),
    ]
    lines = text("[options]\n", *made).splitlines()
    assert lines[2::2] == ["proxy_mode = True", "list_db = False", "workers = 0"]


def test_no_secret_is_told() -> None:
    before = (
        "[options]\nadmin_passwd = hunter\nadmin_passwd = hunter\ndb_password hunter = hunter\n"
        "db_password hunter = hunter\ndb_password hunter\nsmtp_password = hunter ; hunter\n"
        "db_password = hunter\ndb_password = hunter2\nworkers = 1 ; hunter\n hunter\n"
    )
    result = renew_conf(before, [decided("workers", 5)], 19)
    assert len(result.said) > 3
    assert "hunter" not in " ".join(result.said)
