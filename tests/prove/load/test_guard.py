"""Does a load stop when it must?"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from workeroo.prove.load.guard import Guard
from workeroo.prove.load.order import Bounds


@given(
    st.lists(st.booleans(), max_size=60),
    st.integers(1, 10),
    st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0]),
)
def test_it_stops_with_the_first_window_in_which_too_many_failed(
    outcomes: list[bool], window: int, share: float
) -> None:
    guard = Guard(Bounds(failure_share=share, failure_window=window))
    for number, failed in enumerate(outcomes, start=1):
        last = outcomes[max(number - window, 0) : number]
        too_many = len(last) == window and sum(last) > share * window
        assert (guard.see(failed=failed) is not None) == too_many


def test_it_says_how_many_failed() -> None:
    guard = Guard(Bounds(failure_share=0.25, failure_window=4))
    assert [guard.see(failed=failed) for failed in (True, False, False, True)] == [
        None, None, None, "2 of the last 4 requests failed, more than 25%",
    ]  # fmt: skip
