"""Does an audit ask everybody, tell the worst first, and repeat nothing?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workeroo.checks import audit as audit_module
from workeroo.checks.audit import audit
from workeroo.checks.product import Audit, CouldNotTell, Rule, Verdict
from workeroo.checks.rules import RULES, page
from workeroo.evidence import Unknown
from workeroo.facts.deployment import Deployment
from workeroo.facts.effective import from_conf
from workeroo.facts.odooconf import parse_conf
from workeroo.facts.snapshot import Facts

HERE = Path(__file__).parent
FileAlone = Callable[[bytes, int], Audit]

ARTICLE = b"""[options]
# 1. Enable Multiprocessing
workers = 9
# 2. Memory Limits (Prevent Memory Leaks)
# Soft Limit: Worker is recycled after finishing current request
limit_memory_soft = 671088640 ; 640 MB
# Hard Limit: Worker is killed instantly (Panic mode)
limit_memory_hard = 805306368 ; 768 MB
# 3. Time Limits (Prevent Infinite Loops)
# Maximum time a request can take (e.g., heavy report)
limit_time_cpu = 60
limit_time_real = 120
"""


def file_alone(text: bytes, series: int = 19) -> Audit:
    deployment = from_conf(parse_conf(text, "odoo.conf"), series)
    return audit(Facts(host=Unknown("only a file was given"), deployments=[deployment]))


def test_a_sound_server_has_no_findings_and_nothing_is_left_open(healthy: Facts) -> None:
    told = audit(healthy)

    assert told.findings == []
    assert told.unknown == []
    assert told.checked == len(RULES) >= 30


def test_the_same_facts_give_the_same_audit(healthy: Facts) -> None:
    assert audit(healthy) == audit(healthy)


def test_the_articles_own_file_is_refused_with_the_line() -> None:
    told = file_alone(ARTICLE)

    titles = [finding.title for finding in told.findings if finding.rule == "inline-comment"]
    assert titles == [
        "Odoo 19 will not start with this: line 6, inline comment",
        "Odoo 19 will not start with this: line 8, inline comment",
    ]
    assert told.findings[0].where == "odoo.conf:6"
    assert told.findings[0].severity == "error"


def test_a_refused_limit_is_told_once_and_not_judged_as_a_number() -> None:
    rules = {finding.rule for finding in file_alone(ARTICLE).findings}

    assert "conf-refused" not in rules
    assert "limits-missing" not in rules


def test_the_worst_comes_first(facts_of: Callable[[Path], Facts]) -> None:
    told = audit(facts_of(HERE / "conf-unparsable" / "fires" / "other-sections-only"))

    order = ["error", "warning", "note"]
    places = [
        (order.index(f.severity), RULES[f.rule].about != "file", f.rule) for f in told.findings
    ]
    assert places == sorted(places)
    assert len({f.severity for f in told.findings}) > 1


def test_what_two_odoos_share_is_told_once(facts_of: Callable[[Path], Facts]) -> None:
    told = audit(facts_of(HERE / "workers-beyond-memory" / "fires" / "two-odoos-together"))

    shared = [f for f in told.findings if f.rule == "workers-beyond-memory"]
    assert len(shared) == 1
    assert shared[0].deployment is None


def test_a_file_without_a_header_leaves_the_settings_open(
    facts_of: Callable[[Path], Facts],
) -> None:
    told = audit(facts_of(HERE / "conf-unparsable" / "fires" / "no-header"))

    assert {finding.rule for finding in told.findings} == {"conf-unparsable"}
    assert "threaded-mode" in {open_one.rule for open_one in told.unknown}


def test_without_a_host_the_rules_that_need_it_say_so() -> None:
    reasons = {(open_one.rule, open_one.reason) for open_one in file_alone(ARTICLE).unknown}

    assert ("workers-beyond-memory", "only a file was given") in reasons
    assert ("connection-budget", "PostgreSQL: not looked at") in reasons


def test_a_server_of_an_unknown_series_is_not_passed_over_in_silence(healthy: Facts) -> None:
    strange = msgspec.structs.replace(
        healthy.deployments[0], series=Unknown("no version was found"), settings={}, conf=None
    )

    told = audit(msgspec.structs.replace(healthy, deployments=[strange]))

    about_settings = {rule.id for rule in RULES.values() if rule.about == "settings"}
    assert about_settings - {open_one.rule for open_one in told.unknown} == set()
    assert told.findings == []


def test_no_odoo_means_that_nothing_was_checked(healthy: Facts) -> None:
    told = audit(msgspec.structs.replace(healthy, deployments=[]))

    assert told == Audit(findings=[], unknown=[], checked=0)


def test_a_rule_that_raises_is_heard_of(healthy: Facts) -> None:
    def broken(_facts: Facts, _deployment: Deployment) -> Iterable[Verdict]:
        raise ZeroDivisionError

    rule = Rule(id="broken", title="a defect", severity="note", check=broken)

    with pytest.raises(ZeroDivisionError):
        list(audit_module._asked(healthy, [rule]))


def test_the_evidence_is_ranked_from_the_surest(facts_of: Callable[[Path], Facts]) -> None:
    told = audit(facts_of(HERE / "threaded-mode" / "fires" / "four-cores"))

    ranks = [evidence.rank for evidence in told.findings[0].evidence]
    order = ["measured", "read", "declared", "default", "assumed"]
    assert ranks == sorted(ranks, key=order.index)
    assert ranks[0] == "measured"


def test_every_finding_of_every_example_carries_evidence_and_an_order(
    facts_of: Callable[[Path], Facts],
) -> None:
    for folder in sorted(HERE.glob("*/fires/*")):
        for finding in audit(facts_of(folder)).findings:
            assert finding.evidence, folder
            assert finding.cure, folder
            assert not finding.title.endswith("."), folder
            assert "\n" not in finding.title, folder


def test_nothing_of_a_password_is_told() -> None:
    secret = "correct-horse-battery-staple"  # noqa: S105 - made up, and that is the point
    text = f"[options]\nadmin_passwd = {secret}\ndb_password = {secret}\nlist_db = {secret}\n"

    told = msgspec.json.encode(file_alone(text.encode().replace(b"list_db", b"smtp_password")))

    assert secret.encode() not in told
    assert b"admin-password-plain" in told


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_a_rule_is_called_as_its_file_and_has_its_page(rule: Rule) -> None:
    text = page(rule.id)

    assert text.startswith(f"# {rule.id}\n")
    for heading in (
        "What it looks for",
        "Why it hurts",
        "What Odoo really does",
        "Cure",
        "Sources",
    ):
        assert f"\n## {heading}\n" in text
    assert len(rule.title) <= 60
    assert not any(len(line) > 100 for line in text.splitlines())


def test_the_file_of_a_rule_bears_its_id() -> None:
    names = {path.stem for path in Path(str(RULES_FOLDER)).glob("*.py")} - {"__init__"}

    assert names == {rule.replace("-", "_") for rule in RULES}
    assert {path.stem for path in Path(str(RULES_FOLDER)).glob("*.md")} == names


RULES_FOLDER = HERE.parent.parent / "src" / "workeroo" / "checks" / "rules"

OPTIONS = st.sampled_from(
    [
        "workers",
        "max_cron_threads",
        "limit_memory_soft",
        "limit_memory_hard",
        "limit_time_real",
        "limit_time_real_cron",
        "limit_time_cpu",
        "limit_request",
        "db_maxconn",
        "http_port",
        "proxy_mode",
        "list_db",
        "longpolling_port",
        "db_name",
    ]
)
VALUES = st.one_of(
    st.integers(-(2**40), 2**40).map(str),
    st.sampled_from(["", "True", "False", "None", "0", "no", "2G", "9 ; nine", "x" * 300]),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=20),
)


@given(st.dictionaries(OPTIONS, VALUES), st.sampled_from([12, 14, 15, 16, 18, 19]))
def test_any_file_can_be_judged(options: dict[str, str], series: int) -> None:
    lines = [f"{name} = {value}" for name, value in options.items()]
    text = "\n".join(["[options]", *lines]).encode()

    told = file_alone(text, series)

    assert told.checked == len(RULES)
    assert all(isinstance(open_one, CouldNotTell) for open_one in told.unknown)
