"""Is an answer understood, whoever gave it, and is nothing secret kept of it?"""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from workeroo.facts.answer import is_whole, is_whole_head, parse_answer

SECRETS = b"""HTTP/1.1 302 Found\r
Set-Cookie: session_id=geheim; HttpOnly\r
Location: https://user:geheim@shop.example.com/web/login?token=geheim#geheim\r
Authorization: geheim\r
\r
<html><title>Redirecting...</title><script>odoo = {csrf_token: "geheim"}</script></html>"""


def test_no_cookie_token_or_password_is_kept() -> None:
    answer = parse_answer(SECRETS)

    assert answer is not None
    assert answer.speaker == "odoo"
    assert answer.headers["location"] == "https://shop.example.com/web/login"
    assert b"geheim" not in msgspec.json.encode(answer)


def test_a_page_of_nginx_is_its_own_though_it_passes_others_on() -> None:
    page = b"<html><center><h1>502 Bad Gateway</h1></center><hr><center>nginx/1.22.1</center>"
    answer = parse_answer(b"HTTP/1.1 502 Bad Gateway\r\nServer: nginx\r\n\r\n" + page)

    assert answer is not None
    assert answer.sentence == "502 Bad Gateway, by nginx"


def test_an_error_that_odoo_wraps_into_json_is_read() -> None:
    body = (
        b'{"jsonrpc": "2.0", "error": {"message": "Odoo Server Error",'
        b' "data": {"debug": "Traceback", "message": "bus.Bus unavailable"}}}'
    )
    answer = parse_answer(b"HTTP/1.1 200 OK\r\n\r\n" + body)

    assert answer is not None
    assert (answer.speaker, answer.said) == ("odoo", "bus.Bus unavailable")


def test_the_version_that_odoo_says_is_read() -> None:
    body = b'{"jsonrpc": "2.0", "result": {"server_version": "17.0", "server_serie": "17.0"}}'
    answer = parse_answer(b"HTTP/1.1 200 OK\r\n\r\n" + body)

    assert answer is not None
    assert answer.odoo_version == "17.0"


def test_what_moves_a_cursor_is_not_kept() -> None:
    answer = parse_answer(b"HTTP/1.1 500 \x1b[2JOh\r\nServer: \x1b]0;x\x07\r\n\r\n\x1b[31mred")

    assert answer is not None
    assert "\x1b" not in answer.sentence + answer.headers["server"]


@given(st.binary(max_size=400))
def test_bytes_of_any_kind_are_an_answer_or_none(raw: bytes) -> None:
    for bytes_ in (raw, b"HTTP/1.1 500 x\r\n" + raw, b"HTTP/1.1 200 OK\r\n\r\n" + raw):
        answer = parse_answer(bytes_)
        is_whole(bytes_)
        if answer is None:
            assert bytes_ is raw
            continue
        assert len(answer.said) <= 200
        assert answer.sentence.isprintable()


@given(st.text(alphabet='{}[]",:error data message result server_serie 1', max_size=120))
def test_json_of_any_shape_is_read_or_left(body: str) -> None:
    assert parse_answer(f"HTTP/1.1 200 OK\r\n\r\n{body}".encode()) is not None


@given(st.binary(max_size=60), st.integers(0, 60))
def test_an_answer_is_whole_once_all_that_it_promised_is_there(body: bytes, cut: int) -> None:
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    part = raw[: len(raw) - min(cut, len(body))]

    assert is_whole_head(part)
    assert is_whole(part) == (len(part) == len(raw))
