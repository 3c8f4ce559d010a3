"""Is a file shown without its passwords, and is nothing else of it lost?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workeroo.facts.lossless import decode
from workeroo.facts.masked import hides, shown

SECRET = "hunter2"  # noqa: S105 - what must not be shown


@pytest.mark.parametrize(
    "line",
    [
        "admin_passwd = hunter2",
        "DB_PASSWORD=hunter2",
        "db_password: hunter2 ; for the shop",
        "; db_password = hunter2",
        "# old admin password: hunter2",
        "   smtp_password = hunter2",
        "db_password hunter2",
        "s3_secret_key = hunter2",
        "redis_url = redis://odoo:hunter2@cache/0",
        "dsn = host=db password=hunter2 dbname=shop",
        "    proxy_set_header Authorization hunter2;",
        '    proxy_set_header X-Api-Key "hunter2";',
        "Environment=PGPASSWORD=hunter2",
    ],
)
def test_a_password_is_not_shown(line: str) -> None:
    assert SECRET not in shown(f"{line}\n")
    assert hides(line)


@pytest.mark.parametrize(
    "line",
    [
        "workers = 9",
        "db_password = False",
        "admin_passwd =",
        "db_host = db.internal",
        "; 9 = 2 x 4 cores + 1, the golden rule.",
        "# Who tries a password is counted by address; who only looks is not: nginx",
        "ssl_certificate_key /etc/ssl/shop.key;",
        "    proxy_set_header Cookie $http_cookie;",
        "limit_req_zone $odoo_login zone=odoo_login:10m rate=20r/m;",
        "location = /web/login {",
    ],
)
def test_what_is_no_password_is_shown_as_it_is(line: str) -> None:
    assert shown(f"{line}\n") == f"{line}\n"
    assert not hides(line)


def test_a_password_that_goes_on_in_the_next_line_is_hidden_there_too() -> None:
    text = "[options]\ndb_password = one\n ; a comment\n  hunter2\nworkers = 2\n"

    assert shown(text) == ("[options]\ndb_password = ***\n ; a comment\n  ***\nworkers = 2\n")


def test_what_a_terminal_could_take_for_a_command_is_not_shown() -> None:
    assert shown("a = \x1b[2Jb\r\n") == "a = ?[2Jb\n"


@given(st.binary(max_size=200))
def test_any_bytes_can_be_shown_and_written_as_utf_8(data: bytes) -> None:
    assert shown(decode(data)).encode("utf-8") or not data


@given(st.text(alphabet="abc =:;#\n\t", max_size=80))
def test_lines_keep_their_number(text: str) -> None:
    assert shown(text).count("\n") == len(text.splitlines())
