"""Does every value come out on the other side as it went in?"""

from __future__ import annotations

from urllib.parse import parse_qs, unquote

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from workeroo.catalog.journeys import JOURNEYS
from workeroo.catalog.journeys.product import Ask
from workeroo.errors import InputError
from workeroo.prove.load.cookies import Jar
from workeroo.prove.load.fill import address, json_body, local
from workeroo.prove.load.order import Target, Values
from workeroo.prove.load.script import AskLine, Script, checked

BASE = "http://127.0.0.1:8069"
TEXTS = st.text(st.characters(codec="utf-8"))


def url(path: str, **values: str | float) -> URL:
    made = address(path, BASE)
    return made if isinstance(made, URL) else made(values)


@given(TEXTS, st.integers(-(2**53), 2**53))
def test_a_document_says_each_value_as_it_is(text: str, number: int) -> None:
    body = json_body('{"{key}": ["{text}", "{number}", "no. {number}", {"x": null}]}')
    assert not isinstance(body, bytes)
    values: Values = {"key": "a", "text": text, "number": number}
    assert msgspec.json.decode(body(values)) == {"a": [text, number, f"no. {number}", {"x": None}]}


@given(TEXTS)
def test_a_form_says_each_value_as_it_is(text: str) -> None:
    step = Ask(name="x", path="/", method="POST", form={"a": "<{text}>", "b": "1"})
    body = AskLine(step, Target(url=BASE)).body({"text": text})
    assert body is not None
    assert parse_qs(body.decode()) == {"a": [f"<{text}>"], "b": ["1"]}


@given(TEXTS)
def test_no_value_leaves_its_place_in_an_address(text: str) -> None:
    made = url("/shop/{text}/x?q={text}&p=1", text=text)
    assert made.raw_host == "127.0.0.1"
    assert made.raw_fragment == ""
    query = parse_qs(made.raw_query_string, keep_blank_values=True)
    assert query == {"q": [text], "p": ["1"]}
    if "%" not in text:
        assert unquote(made.raw_path) == f"/shop/{text}/x"


@pytest.mark.parametrize(
    ("given_address", "there"),
    [
        ("/shop/a-1?b=2#c", "/shop/a-1?b=2"),
        ("http://127.0.0.1:8069/shop", "/shop"),
        ("shop", "/shop"),
    ],
)
def test_an_address_of_a_page_stays_as_the_page_gave_it(given_address: str, there: str) -> None:
    assert local(given_address, BASE) == there
    assert str(url("{link}", link=given_address)) == BASE + there


def test_an_address_of_another_server_is_not_gone_to() -> None:
    with pytest.raises(InputError, match="another server"):
        url("{link}", link="https://example.com/shop")


@pytest.mark.parametrize("name", sorted(JOURNEYS))
def test_every_journey_can_be_made_ready(name: str) -> None:
    journey = JOURNEYS[name]
    checked(journey, dict.fromkeys(journey.needs, "x"))
    assert len(Script(journey, Target(url=BASE)).lines) == len(journey.steps)
    if journey.needs:
        with pytest.raises(InputError, match="the journey needs"):
            checked(journey, {})


def test_a_cookie_goes_where_its_path_is() -> None:
    jar = Jar()
    jar.keep(["a=1; Path=/; HttpOnly", "b=2; Path=/web", "c=3; path=elsewhere", "no cookie"])
    assert jar.header("/") == "a=1; c=3"
    assert jar.header("/web/login") == "a=1; b=2; c=3"
    assert jar.header("/website") == "a=1; c=3"


@pytest.mark.parametrize(
    "over",
    ["a=; Max-Age=0", "a=; Max-Age=-1; Path=/", "a=; expires=Thu, 01-Jan-1970 00:00:00 GMT"],
)
def test_a_cookie_that_is_over_is_forgotten(over: str) -> None:
    jar = Jar()
    jar.keep(["a=1; Max-Age=10"])
    jar.keep([over])
    assert jar.header("/") is None
