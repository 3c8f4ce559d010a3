"""Does a diff show what changes, and no secret?"""

from __future__ import annotations

from workeroo.apply.diff import diff

BEFORE = "[options]\nadmin_passwd = hunter2\n  hunter3\nworkers = 0\ndb_password: hunter4\n"


def test_a_diff_shows_the_line_that_changes() -> None:
    told = diff("odoo.conf", BEFORE, BEFORE.replace("workers = 0", "workers = 9"))

    assert "-workers = 0\n+workers = 9" in told


def test_a_diff_shows_no_secret() -> None:
    told = diff("odoo.conf", BEFORE, BEFORE.replace("workers = 0", "workers = 9"))

    assert "hunter" not in told
    assert "admin_passwd = ***" in told


def test_a_diff_carries_no_command_for_the_terminal() -> None:
    assert "\x1b" not in diff("odoo.conf", "", "; \x1b[2J\n")
