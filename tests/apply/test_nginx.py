"""What does nginx refuse, told so that a person can mend it?"""

from __future__ import annotations

import pytest

from workeroo.apply.nginx import reason
from workeroo.apply.run import Outcome


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (
            'nginx: [emerg] unknown directive "bogus" in /etc/nginx/nginx.conf:7',
            'unknown directive "bogus" in /etc/nginx/nginx.conf:7',
        ),
        (
            'nginx: [emerg] unknown directive "bogus" in /etc/nginx/.workeroo-check-17.conf:212',
            'unknown directive "bogus"',
        ),
    ],
)
def test_a_refusal_is_told_by_its_reason(line: str, told: str) -> None:
    last = "nginx: configuration file /etc/nginx/nginx.conf test failed"

    assert reason(Outcome(1, f"nginx: [warn] a word\n{line}\n{last}\n")) == told


def test_a_refusal_without_a_reason_is_told_by_its_last_line() -> None:
    assert reason(Outcome(1, "no such file\n")) == "no such file"
