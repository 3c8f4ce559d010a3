"""How does Workeroo know, and how sure is that?

Every number that a user sees carries its evidence; what could not be found out is a value with a
reason (`Unknown`), never a silence and never a guess.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeVar, Union

import msgspec

if TYPE_CHECKING:
    from typing_extensions import TypeIs  # for the type checker only, no dependency

T = TypeVar("T")

Rank = Literal["measured", "read", "declared", "default", "assumed"]
"""From the surest to the least sure.

measured: observed on the running server.  read: found in a file of the server.  declared: said by
the user.  default: what Odoo does when nobody says anything.  assumed: a rule of thumb.
"""


class Evidence(msgspec.Struct, frozen=True, omit_defaults=True):
    """One reason to believe a number.

    Attributes:
        rank: how sure.
        text: a sentence part for people: "4 cores by the cgroup's quota".
        source: where anyone can look again: "/etc/odoo/odoo.conf:12", "article: worker formula".
    """

    rank: Rank
    text: str
    source: str | None = None


class Unknown(msgspec.Struct, frozen=True, tag="unknown"):
    """A value that could not be found out, and why."""

    reason: str


Maybe = Union[T, Unknown]  # noqa: UP007 - T | Unknown fails at run time on 3.10
"""`Maybe[int]` is an int or the reason why there is none."""


def is_known(value: T | Unknown) -> TypeIs[T]:
    """Whether a value was found out."""
    return not isinstance(value, Unknown)
