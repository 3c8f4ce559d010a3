"""Do news reach a browser, and do they still after a silence? Judges what was heard."""

from __future__ import annotations

from collections.abc import Iterator

from workeroo.evidence import Evidence, Unknown, is_known
from workeroo.facts.answer import Answer
from workeroo.prove.asked import Asked, Held
from workeroo.prove.cures import LOG_CURE, idle_cure
from workeroo.prove.product import Hop, Outcome, Verdict
from workeroo.prove.way import hops_of

PROOF = "longpolling"

_LOST_CURE = f"see whether the evented process reaches PostgreSQL's database postgres; {LOG_CURE}"


def verdict_of(asked: Asked) -> Verdict:
    """The verdict of a proof of the bus. A proof that fails always has a cure."""
    hops = [*hops_of(asked), *_after(asked), _proxy_mode(asked)]
    outcome = _outcome(hops)
    cure = next((hop.cure for hop in hops if hop.state == "broken" and hop.cure), None)
    if outcome == "could not tell":
        cure = next((hop.cure for hop in hops if hop.state == "could not tell" and hop.cure), None)
    return Verdict(
        proof=PROOF,
        target=asked.url,
        outcome=outcome,
        promised=_promised(asked),
        observed=_observed(asked, hops),
        hops=hops,
        evidence=list(_evidence(asked)),
        cure=cure,
    )


def _outcome(hops: list[Hop]) -> Outcome:
    """Broken anywhere fails; what was never reached, or no one can see, is not proved."""
    if any(hop.state == "broken" for hop in hops):
        return "fails"
    needed = [hop for hop in hops if hop.name not in _NOT_NEEDED]
    return "holds" if all(hop.state == "ok" for hop in needed) else "could not tell"


_NOT_NEEDED = ("notification", "proxy_mode")
"""A server without the lab's lever sends nothing when asked, and chat works without proxy_mode:
both are told, neither keeps the promise from holding."""


def _promised(asked: Asked) -> str:
    if not asked.is_websocket:
        return f"a poll of {asked.path} is held until there are news"
    news = " and brings a notification" if _sends(asked) else ""
    return f"a browser's connection to {asked.path} opens, lives through silence{news}"


def _sends(asked: Asked) -> bool:
    """Whether the server had a notification sent."""
    held = asked.held
    return is_known(held) and (held.lost or is_known(held.notified_seconds))


def _observed(asked: Asked, hops: list[Hop]) -> str:
    ended = next((hop for hop in hops if hop.state in ("broken", "could not tell")), None)
    held = asked.held
    if is_known(held) and held.ended is None and not held.lost and is_known(held.pong_seconds):
        news = _news(held)
        return f"it opened{news}, and was alive after {held.idle_seconds:g} s without a word"
    if is_known(held) and held.ended is None and not asked.is_websocket:
        return f"it was held for {held.lived_seconds:g} s"
    if ended is None or ended.evidence is None:
        return "it did not come to an end"
    return f"{ended.name}: {ended.evidence.text}"


def _news(held: Held) -> str:
    if not is_known(held.notified_seconds):
        return ""
    return f", brought a notification after {_told(held.notified_seconds)}"


def _evidence(asked: Asked) -> Iterator[Evidence]:
    if asked.series_evidence is not None:
        yield asked.series_evidence
    if asked.sent_on_from is not None:
        text = f"{asked.sent_on_from} sends browsers to {asked.url}"
        yield Evidence("measured", text)
    yield Evidence("measured", f"an ordinary page: {asked.page.sentence}")


def _after(asked: Asked) -> Iterator[Hop]:
    """What comes once the way is free: the connection, the news, the silence."""
    names = ("connection", "notification", "idle")
    if not asked.is_open:
        yield from (Hop(name=name, state="not reached") for name in names)
        return
    held = asked.held
    if not is_known(held):
        why = Evidence("measured", held.reason)
        yield Hop(name="connection", state="could not tell", evidence=why, cure=LOG_CURE)
        yield from (Hop(name=name, state="not reached") for name in names[1:])
        return
    yield Hop(name="connection", state="ok", evidence=Evidence("measured", _opened(asked)))
    yield _notification(asked, held)
    yield _idle(asked, held)


def _opened(asked: Asked) -> str:
    if asked.is_websocket:
        return "a websocket opened and took a subscription"
    return "a poll was taken"


def _notification(asked: Asked, held: Held) -> Hop:
    name = "notification"
    if held.lost:
        first = held.notified_seconds if not is_known(held.notified_seconds) else None
        said = first or held.notified_after_seconds
        text = said.reason if isinstance(said, Unknown) else "one was lost"
        when = "" if first else "after the silence, "
        evidence = Evidence("measured", f"{when}{text}")
        return Hop(name=name, state="broken", evidence=evidence, cure=_LOST_CURE)
    if is_known(held.notified_seconds):
        text = f"it came after {_told(held.notified_seconds)}"
        if is_known(held.notified_after_seconds):
            text += f", and after the silence another within {_told(held.notified_after_seconds)}"
        return Hop(name=name, state="ok", evidence=Evidence("measured", text))
    reason = held.notified_seconds.reason if asked.is_websocket else "none was sent on this route"
    return Hop(name=name, state="could not tell", evidence=Evidence("measured", reason))


def _idle(asked: Asked, held: Held) -> Hop:
    name = "idle"
    if held.ended is not None:
        text = f"{held.ended} after {held.lived_seconds:.1f} s of {held.idle_seconds:g} s"
        cure = idle_cure(asked, held.lived_seconds)
        return Hop(name=name, state="broken", evidence=Evidence("measured", text), cure=cure)
    if not asked.is_websocket:
        text = f"held for {held.lived_seconds:.1f} s"
        return Hop(name=name, state="ok", evidence=Evidence("measured", text))
    if not is_known(held.pong_seconds):
        text = f"after {held.idle_seconds:g} s without a word: {held.pong_seconds.reason}"
        cure = idle_cure(asked, held.idle_seconds)
        return Hop(name=name, state="broken", evidence=Evidence("measured", text), cure=cure)
    text = (
        f"after {held.idle_seconds:g} s without a word, a ping was answered within "
        f"{_told(held.pong_seconds)}"
    )
    return Hop(name=name, state="ok", evidence=Evidence("measured", text))


def _proxy_mode(asked: Asked) -> Hop:
    """An Odoo that does not heed its proxy sends browsers to where the proxy reaches it."""
    name = "proxy_mode"
    page = asked.page.answer
    if page is None:
        return Hop(name=name, state="not reached")
    to = page.headers.get("location", "")
    if _leads_inside(asked.url, to, page):
        text = f"an ordinary page is sent on to {to}, out of {asked.url}"
        cure = (
            "set proxy_mode = True in odoo.conf, and X-Forwarded-Host and X-Forwarded-Proto "
            "in the nginx site"
        )
        return Hop(name=name, state="broken", evidence=Evidence("measured", text), cure=cure)
    reason = "nothing that this Odoo answers shows it outside; ask 'workeroo audit' on the server"
    return Hop(name=name, state="could not tell", evidence=Evidence("measured", reason))


def _leads_inside(url: str, to: str, page: Answer) -> bool:
    """Whether Odoo sends a browser from https to http on the same host."""
    if page.speaker != "odoo" or not url.startswith("https://"):
        return False
    host = url.removeprefix("https://").partition("/")[0].partition(":")[0]
    return to.startswith("http://") and to.removeprefix("http://").startswith(host)


def _told(seconds: float) -> str:
    """A short time: an answer on the same host takes less than a hundredth of a second."""
    return f"{seconds * 1000:.0f} ms"
