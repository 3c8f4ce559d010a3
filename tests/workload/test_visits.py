from __future__ import annotations

import pytest

from workeroo.catalog.journeys import JOURNEYS
from workeroo.workload.profile import Concurrency, Lifetimes, Profile, RequestClass, one_time
from workeroo.workload.visits import own_requests, requests_of, visits_of


def profile(**counts: int) -> Profile:
    names = {"html": "GET /report/html/*", "chat": "POST /im_livechat/get_session"}
    classes = [
        RequestClass(name=names[key], count=count, service=one_time(0.1), sql=one_time(0.05))
        for key, count in counts.items()
    ]
    return Profile(classes=classes, concurrency=Concurrency(), lifetimes=Lifetimes())


def names(journey: str) -> list[str]:
    return [ask.name for ask in own_requests(JOURNEYS[journey])]


def test_who_prints_logs_in_and_only_the_print_counts() -> None:
    assert names("report") == ["order as a page"]
    assert names("report-pdf") == ["PDF of an order"]


def test_a_chat_counts_by_what_only_a_chat_asks() -> None:
    assert names("livechat") == ["open the chat", "begin the chat"]


@pytest.mark.parametrize("journey", ["api-json2", "api-jsonrpc", "back-office"])
def test_every_request_of_these_is_their_own(journey: str) -> None:
    assert names(journey) == [step.name for step in JOURNEYS[journey].steps]


def test_a_page_to_which_a_page_led_is_of_the_same_journey() -> None:
    assert {"product page", "checkout", "cart"} <= set(names("shop-visitor"))


def test_so_many_visits_as_make_the_requests_of_the_log() -> None:
    told = profile(html=40, chat=10)
    assert requests_of(JOURNEYS["livechat"], told) == 10
    assert visits_of(JOURNEYS["livechat"], told) == 5
    assert visits_of(JOURNEYS["report"], told) == 40
    assert visits_of(JOURNEYS["back-office"], told) == 0


def test_a_journey_without_classes_is_never_told_of() -> None:
    assert visits_of(JOURNEYS["bus"], profile(html=40)) == 0
