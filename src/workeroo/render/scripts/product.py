"""What shall another load generator send?"""

from __future__ import annotations

import math
import re
from collections import Counter

import msgspec

from workeroo.catalog.journeys.product import Ask, Journey
from workeroo.errors import UsageError

SECRETS = frozenset({"password", "api_key"})
"""Names whose values never stand in a file: the script reads them from its environment."""

SPARE_SECONDS = 10.0
"""What a visit may take besides its thinking before its user comes late to the next one."""


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """A load of journeys, as a script for another load generator is to send it.

    Attributes:
        mix: journeys with their weights, of any sum.
        base_url: scheme and host, without a slash at the end.
        given: values of names that journeys need; secrets in it are left out.
        visits_per_second: the rate at which visits arrive; None for so many users instead.
        users: how many think and visit, where no rate is given.
        think_seconds: a user's mean time between two visits.
        seconds: how long visits begin.
        path: of the file.
    """

    mix: tuple[tuple[Journey, float], ...]
    base_url: str
    given: dict[str, str] = {}
    visits_per_second: float | None = None
    users: int = 10
    think_seconds: float = 10.0
    seconds: float = 60.0
    path: str

    def __post_init__(self) -> None:
        """Refuse what no script could send."""
        if not self.mix:
            raise UsageError("no journey is given", cure="name at least one")
        if any(not math.isfinite(weight) or weight <= 0 for _, weight in self.mix):
            raise UsageError("each journey's weight is to be a number above 0")

    def needs(self) -> list[str]:
        """Every name that a journey of the mix needs, once."""
        return list(dict.fromkeys(name for journey, _ in self.mix for name in journey.needs))

    def named(self) -> list[tuple[str, Journey, float]]:
        """Journeys with their weights and names that are unique: "page", "page-2"."""
        seen: Counter[str] = Counter()
        found = []
        for journey, weight in self.mix:
            seen[journey.name] += 1
            again = f"-{seen[journey.name]}" if seen[journey.name] > 1 else ""
            found.append((journey.name + again, journey, weight))
        return found

    def share(self, weight: float) -> float:
        """The part of all visits that a weight stands for."""
        return weight / sum(each for _, each in self.mix)

    def users_needed(self) -> int:
        """How many users make the visits, so that none is still on one when the next is due."""
        if self.visits_per_second is None:
            return self.users
        return max(1, math.ceil(self.visits_per_second * self.longest_seconds()))

    def longest_seconds(self) -> float:
        """What a visit takes at most: twice its mean time to think, and what the server takes."""
        thought = max(_thought_seconds(journey) for journey, _ in self.mix)
        return 2 * thought + SPARE_SECONDS


def variable(name: str) -> str:
    """The environment variable that gives a name of a journey its value."""
    return f"WORKEROO_{name.upper()}"


def asks(journey: Journey) -> list[Ask]:
    """The requests of a journey without its websockets."""
    return [step for step in journey.steps if isinstance(step, Ask)]


def words(name: str) -> list[str]:
    """The words of a journey's name, capitalised: "shop-visitor" is Shop, Visitor."""
    return [word.capitalize() for word in re.findall(r"[A-Za-z0-9]+", name)]


def _thought_seconds(journey: Journey) -> float:
    return sum(step.think_seconds for step in journey.steps)
