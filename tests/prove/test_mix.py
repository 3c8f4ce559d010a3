"""Do visits do what the user says, or what the server's own users do?"""

from __future__ import annotations

import pytest

from workeroo.catalog.journeys import JOURNEYS
from workeroo.errors import InputError, UsageError
from workeroo.prove.mix import asked_mix, page_weight, profile_mix
from workeroo.workload.profile import Concurrency, Lifetimes, Profile, RequestClass, one_time
from workeroo.workload.visits import own_requests

LOGIN = {"login": "admin", "password": "geheim"}


def profile(**counts: int) -> Profile:
    """A workload of so many requests of each class."""
    names = {"shop": "GET /shop/*", "cart": "POST /shop/cart/add", "report": "GET /report/html/*",
             "other": "GET /odd"}  # fmt: skip
    return Profile(
        requests=sum(counts.values()),
        classes=[
            RequestClass(name=names[key], count=count, service=one_time(0.1), sql=one_time(0.05))
            for key, count in counts.items()
        ],
        concurrency=Concurrency(),
        lifetimes=Lifetimes(),
    )


@pytest.mark.parametrize(
    ("text", "path", "weight"),
    [
        ("/shop", "/shop", 1.0),
        ("/shop=3", "/shop", 3.0),
        ("/shop=0.5", "/shop", 0.5),
        ("/shop?page=2", "/shop?page=2", 1.0),
        ("/shop?page=2==4", "/shop?page=2", 4.0),
    ],
)
def test_a_page_has_a_weight_and_a_query_is_no_weight(text: str, path: str, weight: float) -> None:
    assert page_weight(text) == (path, weight)


@pytest.mark.parametrize("text", ["shop", "/shop=", "/shop=-1", "/shop=nan", "/shop=0"])
def test_what_is_no_page_is_said(text: str) -> None:
    with pytest.raises(UsageError):
        page_weight(text)


def test_shares_are_of_all_visits() -> None:
    mix = asked_mix(["/=1"], ["shop-visitor=3"], {})

    assert [one.share for one in mix.shares] == [0.25, 0.75]
    assert mix.leaves[0].startswith("shop-visitor: ")


def test_a_journey_without_what_it_needs_is_refused_and_no_value_is_shown() -> None:
    with pytest.raises(UsageError, match="needs password") as refused:
        asked_mix([], ["back-office"], {"login": "geheim"})

    assert "WORKEROO_PASSWORD" in str(refused.value)
    assert "geheim" not in str(refused.value)


def test_an_unknown_journey_is_answered_with_those_that_there_are() -> None:
    with pytest.raises(UsageError, match="shop-visitor"):
        asked_mix([], ["shopper"], {})


def test_nothing_to_do_is_refused() -> None:
    with pytest.raises(UsageError, match="--journey"):
        asked_mix([], [], {})


def test_weights_from_a_profile_give_its_requests_their_proportions() -> None:
    mix = profile_mix(profile(shop=900, cart=100, report=500, other=7), LOGIN)

    sent = {
        one.journey.name: one.weight * len(own_requests(one.journey)) for one in mix.journeys
    }  # requests, up to one factor
    assert sent["shop-visitor"] / sent["report"] == pytest.approx(2.0)


def test_a_journey_of_the_profile_that_needs_a_login_is_left_out_and_said() -> None:
    mix = profile_mix(profile(shop=10, report=5), {})

    assert [one.journey.name for one in mix.journeys] == ["shop-visitor"]
    assert any("login, password is not given" in text for text in mix.left_out)


def test_requests_of_no_journey_are_said() -> None:
    mix = profile_mix(profile(shop=10, other=7), {})

    assert mix.left_out == ("7 of 17 requests of the log are of no journey",)


def test_a_profile_that_fits_no_journey_is_said() -> None:
    with pytest.raises(InputError, match="no journey fits"):
        profile_mix(profile(other=10), LOGIN)


def test_every_journey_can_be_had_from_a_profile() -> None:
    assert all(journey.classes for name, journey in JOURNEYS.items() if name != "bus")
