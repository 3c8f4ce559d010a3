"""Does every failure say what, where and the cure, with a status of its own?"""

from __future__ import annotations

import pytest

from workeroo import errors
from workeroo.errors import InputError, WorkerooError


def all_errors() -> list[type[WorkerooError]]:
    return WorkerooError.__subclasses__()


def test_a_failure_is_one_sentence_with_place_and_cure() -> None:
    error = InputError("no [options] section", where="odoo.conf:3", cure="add one")

    assert str(error) == "odoo.conf:3: no [options] section; add one"


def test_place_and_cure_are_left_out_where_there_is_none() -> None:
    assert str(InputError("no [options] section")) == "no [options] section"


def test_every_kind_of_failure_has_its_own_slug_and_status() -> None:
    kinds = all_errors()

    assert len({kind.slug for kind in kinds}) == len(kinds)
    assert len({kind.exit_code for kind in kinds}) == len(kinds)


def test_no_failure_can_be_mistaken_for_a_verdict_or_a_signal() -> None:
    assert all(64 <= kind.exit_code < 126 for kind in all_errors())


@pytest.mark.parametrize("kind", all_errors(), ids=lambda kind: kind.slug)
def test_the_drawing_at_the_top_shows_every_kind_with_its_status(
    kind: type[WorkerooError],
) -> None:
    drawing = errors.__doc__ or ""
    line = next(line for line in drawing.splitlines() if kind.__name__ in line)

    assert str(kind.exit_code) in line
