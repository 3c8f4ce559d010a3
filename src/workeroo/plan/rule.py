"""What is a planning rule given, and what does it give back?

A rule is one file in `plan/rules/` with a `RULE`. It drafts; it does not have the last word: the
bounds (`plan/bounds.py`) are held over every draft.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

import msgspec

from workeroo.catalog.options import OPTIONS
from workeroo.catalog.product import Value
from workeroo.evidence import Evidence, Rank
from workeroo.facts.deployment import Deployment
from workeroo.facts.host import Host
from workeroo.facts.process import Process
from workeroo.model.memory import WorkerMemory
from workeroo.plan.product import Decision, Role

LONGEST_NUMBER_BITS = 63
"""A longer number in an odoo.conf is shown as text: JSON readers cannot take it."""


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan is made for.

    Attributes:
        deployment: the Odoo whose settings will be replaced; None for a server still to be set up.
        users: people who work at the same time, where somebody said how many.
        masters: Odoo servers with these settings that share one PostgreSQL.
        neighbours: other deployments on the same host.
        cron_only: no HTTP worker at all; only on a backend.
        behind_proxy: nginx will stand in front, whether it does now or not.
    """

    host: Host
    series: int
    deployment: Deployment | None = None
    role: Role = "all"
    users: int | None = None
    masters: int = 1
    neighbours: int = 0
    cron_only: bool = False
    behind_proxy: bool = False

    @property
    def processes(self) -> list[Process]:
        """The live processes of the deployment."""
        return self.deployment.processes if self.deployment else []

    def was(self, option: str) -> Value:
        """The value in force now; None where nothing is known of it."""
        setting = self.deployment.setting(option) if self.deployment else None
        value = setting.value if setting else None
        too_long = isinstance(value, int) and value.bit_length() > LONGEST_NUMBER_BITS
        return str(value) if too_long else value

    def decide(self, option: str, value: Value, why: str, evidence: list[Evidence]) -> Decision:
        """A decision beside what stands now, its evidence the surest first."""
        was = self.was(option)
        return Decision(option=option, value=value, was=was, why=why, evidence=ranked(evidence))


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule decides, before the bounds are held over it.

    Attributes:
        worker_memory: what one worker is counted with.
        counts_cron: whether the memory check counts the cron workers as well.
        warnings: where the rule's own words and the real server differ.
    """

    decisions: list[Decision]
    worker_memory: WorkerMemory
    counts_cron: bool = False
    warnings: list[str] = []


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One way to choose settings.

    Attributes:
        name: what `--rule` takes.
        title: how people call it: "the golden rule".
    """

    name: str
    title: str
    draft: Callable[[Situation], Draft]


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """Every setting as it would be: decided, else as it is now, else the series' default."""

    situation: Situation
    decisions: list[Decision]

    def value(self, option: str) -> Value:
        """The value that the server would use; None where its series has no such option."""
        found = OPTIONS.get(option)
        if found is None or not found.exists(self.situation.series):
            return None
        decided = self.decision(option)
        value = decided.value if decided else self.situation.was(option)
        return found.default(self.situation.series) if value is None else value

    def number(self, option: str) -> int:
        """The same as a whole number; what is none counts as the default, and no default as 0."""
        value = self.value(option)
        if isinstance(value, int):
            return int(value)
        default = OPTIONS[option].default(self.situation.series) if option in OPTIONS else None
        return int(default) if isinstance(default, int) else 0

    def decision(self, option: str) -> Decision | None:
        """The decision on an option, where there is one."""
        return next((d for d in self.decisions if d.option == option), None)

    def with_decision(self, decision: Decision) -> Settled:
        """The same, with a decision added or put in the place of an older one."""
        if self.decision(decision.option) is None:
            decisions = [*self.decisions, decision]
        else:
            decisions = [decision if d.option == decision.option else d for d in self.decisions]
        return Settled(situation=self.situation, decisions=decisions)


def ranked(evidence: list[Evidence]) -> list[Evidence]:
    """The surest first, each once."""
    order = get_args(Rank)
    once = list(dict.fromkeys(evidence))
    return sorted(once, key=lambda item: order.index(item.rank))
