"""Which faults of an odoo.conf are mended, and which are left to its author?"""

from __future__ import annotations

import pytest

from workeroo.render.odooconf_mend import mend_conf
from workeroo.render.product import Edited


@pytest.mark.parametrize("series", [12, 18, 19])
@pytest.mark.parametrize("option", ["limit_request", "smtp_port", "osv_memory_count_limit"])
def test_a_comment_behind_a_number_goes_above_it(option: str, series: int) -> None:
    result = mend_conf(f"[options]\n  {option} = 25  # once\r\n", series)
    assert result.text == f"[options]\n  # once\r\n  {option} = 25\r\n"
    (said,) = result.said
    assert said.startswith(f"the comment behind {option} (line 2)")


def test_a_comment_that_a_series_takes_for_true_is_left_there() -> None:
    before = "[options]\nlist_db = False ; hidden\n"
    assert mend_conf(before, 18) == Edited(before)
    assert mend_conf(before, 19).text == "[options]\n; hidden\nlist_db = False\n"


def test_a_text_may_hold_what_looks_like_a_comment() -> None:
    before = "[options]\nlogfile = /var/log/odoo.log ; rotated\ndbfilter = ^a ; b$\n"
    assert mend_conf(before, 19) == Edited(before)


def test_a_value_that_is_none_without_its_comment_either_is_left() -> None:
    before = "[options]\nworkers = many ; really\nlimit_request = ; none\n"
    assert mend_conf(before, 19).text == before


def test_a_comment_outside_of_what_odoo_reads_is_left() -> None:
    before = "[options]\nworkers = 4\n[queue_job]\nworkers = 4 ; four\n"
    assert mend_conf(before, 19) == Edited(before)


def test_a_comment_in_a_default_that_is_lent_is_mended() -> None:
    before = "[DEFAULT]\nworkers = 4 ; four\n[options]\n"
    assert mend_conf(before, 19).text == "[DEFAULT]\n; four\nworkers = 4\n[options]\n"
    assert mend_conf(before + "workers = 4\n", 19).text == before + "workers = 4\n"


def test_a_byte_order_mark_is_removed_and_told() -> None:
    result = mend_conf("\ufeff[options]\r\nworkers = 4\r\n", 19)
    assert result.text == "[options]\r\nworkers = 4\r\n"
    assert result.said == ["the byte order mark at the start of the file is removed"]


@pytest.mark.parametrize("section", ["options", "queue_job"])
def test_of_lines_that_say_the_same_the_last_counts(section: str) -> None:
    result = mend_conf(f"[{section}]\na = 1\nb = 2\n  3\nA = 1\nb: 2\n 3\na=1\n", 19)
    assert result.text == (
        f"[{section}]\n; workeroo took out: a = 1\n; workeroo took out: b = 2\n"
        "  ; workeroo took out: 3\n; workeroo took out: A = 1\nb: 2\n 3\na=1\n"
    )
    assert result.said == [
        "a stood with the same value in lines 2, 5 and 8: only the last one still counts",
        "b stood with the same value in lines 3 and 6: only the last one still counts",
    ]


def test_of_lines_that_say_different_things_none_is_touched() -> None:
    before = "[options]\na = 1\na = 2\na = 2\n"
    result = mend_conf(before, 19)
    assert result.text == before
    assert len(result.said) == 2
    assert all("Odoo does not start" in said for said in result.said)


def test_a_comment_can_be_what_made_two_lines_differ() -> None:
    result = mend_conf("[options]\nworkers = 4 ; four\nworkers = 4\n", 19)
    assert result.text == "[options]\n; four\n; workeroo took out: workers = 4\nworkers = 4\n"


def test_a_byte_that_is_no_text_is_told_with_its_line() -> None:
    before = "[options]\n; Gr\udcf6\udcdfe\n"
    result = mend_conf(before, 19)
    assert result.text == before
    assert result.said[0].startswith("line 2 holds a byte that is not UTF-8")
