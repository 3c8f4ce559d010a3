"""What do visits do, and how often each? By what the user says, or by the server's own workload."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import msgspec

from workeroo.catalog.journeys import JOURNEYS
from workeroo.catalog.journeys.product import Journey
from workeroo.errors import InputError, UsageError
from workeroo.prove.load.order import Weighted, one_page
from workeroo.prove.stressed import Share
from workeroo.workload.profile import Profile
from workeroo.workload.visits import requests_of, visits_of


class Mix(msgspec.Struct, frozen=True, kw_only=True):
    """What visits do.

    Attributes:
        journeys: each with its weight.
        why: where the weights are from, in the same order.
        left_out: journeys of the workload that are not walked, each with its reason.
    """

    journeys: tuple[Weighted, ...]
    why: tuple[str, ...]
    left_out: tuple[str, ...] = ()

    @property
    def shares(self) -> list[Share]:
        """For people: what part of the visits each is."""
        total = sum(one.weight for one in self.journeys)
        return [
            Share(
                journey=one.journey.name,
                does=one.journey.does,
                share=one.weight / total,
                why=why,
            )
            for one, why in zip(self.journeys, self.why, strict=True)
        ]

    @property
    def leaves(self) -> list[str]:
        """What stays on the server, by journey."""
        return [
            f"{one.journey.name}: {one.journey.leaves}"
            for one in self.journeys
            if one.journey.leaves is not None
        ]


def asked_mix(pages: Sequence[str], journeys: Sequence[str], given: Mapping[str, str]) -> Mix:
    """What the user names: pages as PATH=WEIGHT and journeys as NAME=WEIGHT, weight 1 if none."""
    chosen = [Weighted(journey=one_page(path), weight=w) for path, w in map(page_weight, pages)]
    for name, weight in map(_weighted, journeys):
        chosen.append(Weighted(journey=_named(name, given), weight=weight))
    if not chosen:
        raise UsageError(
            "nothing is said of what visits do", cure="give --page, --journey or --profile"
        )
    return Mix(journeys=tuple(chosen), why=("as you said",) * len(chosen))


def profile_mix(profile: Profile, given: Mapping[str, str]) -> Mix:
    """The server's own mix: each journey as often as its requests are in the log."""
    counts = {name: requests_of(journey, profile) for name, journey in JOURNEYS.items()}
    chosen: list[Weighted] = []
    why: list[str] = []
    left_out: list[str] = []
    for name, journey in JOURNEYS.items():
        if not counts[name]:
            continue
        share = f"{counts[name]} of {profile.requests} requests of the log"
        missing = _missing(journey, given)
        if missing:
            left_out.append(f"{name}, {share}: {', '.join(missing)} is not given")
            continue
        chosen.append(Weighted(journey=journey, weight=visits_of(journey, profile)))
        why.append(share)
    if not chosen:
        left = f" ({'; '.join(left_out)})" if left_out else ""
        raise InputError(
            f"no journey fits what the log tells of{left}",
            cure="name pages and journeys with --page and --journey",
        )
    others = profile.requests - sum(counts.values())
    if others > 0:
        left_out.append(f"{others} of {profile.requests} requests of the log are of no journey")
    return Mix(journeys=tuple(chosen), why=tuple(why), left_out=tuple(left_out))


def page_weight(text: str) -> tuple[str, float]:
    """PATH=WEIGHT; an equals sign within a query is no weight: "/a?b=c" and "/a?b=3" are paths."""
    path, weight = _weighted(text) if "?" not in text else _weighted_query(text)
    if not path.startswith("/"):
        raise UsageError(f"{path!r} is no path", cure="write it like /shop or /shop=3")
    return path, weight


def _weighted_query(text: str) -> tuple[str, float]:
    """Behind a query only "==3" is a weight, since its values are numbers too."""
    path, mark, weight = text.rpartition("==")
    return (path, _number(text, weight)) if mark else (text, 1.0)


def _weighted(text: str) -> tuple[str, float]:
    name, mark, weight = text.rpartition("=")
    return (name, _number(text, weight)) if mark else (text, 1.0)


def _number(text: str, weight: str) -> float:
    try:
        number = float(weight)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise UsageError(f"{text!r} has no weight above 0", cure="write it like NAME=3")
    return number


def _named(name: str, given: Mapping[str, str]) -> Journey:
    if name not in JOURNEYS:
        raise UsageError(f"there is no journey {name!r}", cure=f"give one of {', '.join(JOURNEYS)}")
    missing = _missing(JOURNEYS[name], given)
    if missing:
        variables = ", ".join(f"WORKEROO_{one.upper()}" for one in missing)
        raise UsageError(
            f"the journey {name} needs {', '.join(missing)}",
            cure=f"set {variables}, or give a file of NAME=VALUE lines with --given",
        )
    return JOURNEYS[name]


def _missing(journey: Journey, given: Mapping[str, str]) -> list[str]:
    return [name for name in journey.needs if name not in given]
