"""Is a verdict told so that the outcome comes first and nothing of a server harms a terminal?"""

from __future__ import annotations

from workeroo.evidence import Evidence
from workeroo.prove.product import Curve, Hop, Number, Proofs, Verdict
from workeroo.report.paint import Paint
from workeroo.report.verdict_text import proofs_text, verdict_text

FAILS = Verdict(
    proof="memory-soft",
    target="http://127.0.0.1:8069",
    outcome="fails",
    promised="a worker above 600 MiB leaves",
    observed="it went on",
    hops=[
        Hop(name="answered", state="ok", evidence=Evidence("measured", "all were")),
        Hop(
            name="recycled",
            state="broken",
            evidence=Evidence("measured", "it took further requests"),
            cure="restart the server",
        ),
        Hop(name="flat", state="not reached"),
    ],
    cure="restart the server",
    numbers=[
        Number(name="VMS of a worker, at most", value=629145600, unit="bytes"),
        Number(name="workers that left", value=1, unit="processes"),
        Number(name="longest wait", value=0.25, unit="seconds"),
    ],
    curves=[
        Curve(name="PSS", unit="bytes", over="requests", points=[1.0, 2.0], total=2.0),
        Curve(name="RSS", unit="bytes", over="requests", points=[1.0, 2.0], total=2.0),
    ],
    lines=["2026-11-25 \x1b[2J Worker (7) virtual memory limit (1) reached."],
)
HOLDS = Verdict(
    proof="requests",
    target="http://127.0.0.1:8069",
    outcome="holds",
    promised="none is lost",
    observed="120 requests, 0 lost",
    hops=[],
)


def test_the_outcome_comes_first_then_the_parts_then_the_cure() -> None:
    told = verdict_text(FAILS, Paint())

    places = [
        told.index(words)
        for words in ("It fails: memory-soft", "BROKEN recycled", "> restart", "PSS", "VMS of")
    ]
    assert places == sorted(places)
    assert "1 process\n" in told
    assert "0.25 s" in told


def test_lines_of_a_log_reach_no_terminal_as_a_command() -> None:
    told = verdict_text(FAILS, Paint())

    assert "\x1b" not in told
    assert "virtual memory limit (1) reached." in told


def test_several_end_in_a_table_and_the_outcome_that_decides() -> None:
    proofs = Proofs(target="http://127.0.0.1:8069", outcome="fails", verdicts=[FAILS, HOLDS])

    *_, head, first, second = proofs_text(proofs, Paint()).splitlines()

    assert head == "It fails: http://127.0.0.1:8069: 1 hold, 1 fail, 0 not told."
    assert first.split() == ["fails", "memory-soft", "it", "went", "on"]
    assert second.split() == ["holds", "requests", "120", "requests,", "0", "lost"]
