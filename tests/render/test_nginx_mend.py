"""Is a site that stands mended by the smallest edit, and are the findings about it gone then?"""

from __future__ import annotations

import difflib
import io
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import crossplane.lexer
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workeroo.errors import InputError
from workeroo.evidence import Unknown
from workeroo.facts.lossless import decode
from workeroo.facts.proxy import Proxy
from workeroo.render.nginxmend import mend_site
from workeroo.render.nginxtext import Unreadable, tokens
from workeroo.render.subject import Subject
from workeroo.render.targets import TARGETS

SITES = Path(__file__).parent / "sites"
CASES = sorted(folder.name for folder in SITES.iterdir() if folder.is_dir())
GOLD = "mended"

SERIES = {"websocket-on-15": 15}

LEFT = {
    "other-host": {"evented-port-unproxied"},
    "include-sets-timeout": {"proxy-timeout-short"},
    "nested-ifs": {"evented-port-unproxied"},
    "variable-upstream": {"evented-port-unproxied"},
}
"""What is said instead of edited, because an edit would not be safe."""

Files = dict[str, str]
ProxyOf = Callable[[Mapping[str, str]], Proxy]
SubjectOf = Callable[..., Subject]
Findings = Callable[[Subject, Proxy], list[str]]
Accepts = Callable[[Mapping[str, str]], str]


def site(case: str, below: str = "") -> Files:
    """The files of a case by absolute path, without the golden ones."""
    folder = SITES / case / below
    return {
        f"/etc/nginx/{path.relative_to(folder)}": decode(path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file() and (below or GOLD not in path.relative_to(folder).parts)
    }


def mended(files: Files, proxy: Proxy, subject: Subject) -> Files:
    return {**files, **{p: e.text for p, e in mend_site(files, proxy, subject).items()}}


def said(files: Files, proxy: Proxy, subject: Subject) -> list[str]:
    return [each for edit in mend_site(files, proxy, subject).values() for each in edit.said]


@pytest.mark.parametrize("case", CASES)
def test_a_site_is_mended_as_its_golden_file_says(
    case: str, proxy_from: ProxyOf, subject_for: SubjectOf
) -> None:
    files = site(case)
    proxy = proxy_from(files)
    edits = mend_site(files, proxy, subject_for(SERIES.get(case, 19), proxy=proxy))

    changed = {path: edit.text for path, edit in edits.items() if edit.text != files[path]}
    sentences = "".join(f"{sentence}\n" for edit in edits.values() for sentence in edit.said)
    if os.environ.get("WORKEROO_WRITE_GOLD"):
        write_gold(case, changed, sentences)
    gold = site(case, GOLD) if (SITES / case / GOLD).is_dir() else {}
    assert gold.pop("/etc/nginx/said.txt", "") == sentences
    assert gold == changed


def write_gold(case: str, changed: Files, sentences: str) -> None:
    texts = {**changed, **({"/etc/nginx/said.txt": sentences} if sentences else {})}
    for path, text in texts.items():
        place = SITES / case / GOLD / Path(path).relative_to("/etc/nginx")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode("utf-8", "surrogateescape"))


@pytest.mark.parametrize("case", CASES)
def test_after_the_edit_no_finding_about_nginx_is_left_that_was_not_said(
    case: str, proxy_from: ProxyOf, subject_for: SubjectOf, findings_about: Findings
) -> None:
    files = site(case)
    proxy = proxy_from(files)
    subject = subject_for(SERIES.get(case, 19), proxy=proxy)
    before = findings_about(subject, proxy)
    after = findings_about(subject, proxy_from(mended(files, proxy, subject)))

    assert (case == "sound") == (before == [])
    assert set(after) == LEFT.get(case, set())
    assert bool(after) <= bool(said(files, proxy, subject))


@pytest.mark.parametrize("case", CASES)
def test_what_was_mended_is_not_mended_again(
    case: str, proxy_from: ProxyOf, subject_for: SubjectOf
) -> None:
    files = site(case)
    proxy = proxy_from(files)
    subject = subject_for(SERIES.get(case, 19), proxy=proxy)
    once = mended(files, proxy, subject)

    assert mended(once, proxy_from(once), subject) == once


@pytest.mark.parametrize("case", CASES)
def test_only_lines_that_said_the_wrong_thing_are_changed(
    case: str, proxy_from: ProxyOf, subject_for: SubjectOf
) -> None:
    files = site(case)
    proxy = proxy_from(files)
    subject = subject_for(SERIES.get(case, 19), proxy=proxy)
    for path, edit in mend_site(files, proxy, subject).items():
        before, after = files[path].splitlines(), edit.text.splitlines()
        gone = [line[2:] for line in difflib.ndiff(before, after) if line.startswith("- ")]
        marks = [line for line in after if "(was " in line or "# workeroo: ^~" in line]
        if not case.startswith("one-line"):  # those are broken, because a comment ends its line
            assert len(gone) == len(marks)


@pytest.mark.parametrize("case", CASES)
def test_line_ends_are_those_of_the_file(
    case: str, proxy_from: ProxyOf, subject_for: SubjectOf
) -> None:
    files = site(case)
    windows = {path: text.replace("\n", "\r\n") for path, text in files.items()}
    proxy, other = proxy_from(files), proxy_from(windows)
    series = SERIES.get(case, 19)
    plain = mended(files, proxy, subject_for(series, proxy=proxy))
    crlf = mended(windows, other, subject_for(series, proxy=other))

    assert crlf == {path: text.replace("\n", "\r\n") for path, text in plain.items()}


@pytest.mark.parametrize("case", CASES)
def test_nginx_itself_takes_the_mended_site(
    case: str, proxy_from: ProxyOf, subject_for: SubjectOf, nginx_accepts: Accepts
) -> None:
    files = site(case)
    proxy = proxy_from(files)
    after = mended(files, proxy, subject_for(SERIES.get(case, 19), proxy=proxy))

    nginx_accepts(files)
    nginx_accepts(after)


@pytest.mark.parametrize("case", CASES)
def test_the_tokens_are_those_of_crossplane(case: str) -> None:
    for text in site(case).values():
        assert mine(text) == theirs(text)


@given(st.text(alphabet="ab{};#\"' \n\\", max_size=60))
def test_any_text_is_read_as_crossplane_reads_it_or_refused(text: str) -> None:
    try:
        found = mine(text)
    except Unreadable:
        return
    if "\\" in text or "#" in text:
        return  # crossplane loses a comment without a line end, and counts an escaped one
    assert found == theirs(text + "\n")


def mine(text: str) -> list[tuple[str, int, bool]]:
    return [(token.text, token.line, token.quoted) for token in tokens(text)]


def theirs(text: str) -> list[tuple[str, int, bool]]:
    lines = io.StringIO(text, newline=None)
    found = crossplane.lexer._lex_file_object(lines)
    return [each for each in found if not each[0].startswith("#") or each[2]]


def test_a_site_whose_series_is_not_known_gets_both_routes(
    proxy_from: ProxyOf, subject_for: SubjectOf
) -> None:
    files = site("debian-bare")
    proxy = proxy_from(files)
    after = mended(files, proxy, subject_for(Unknown("no release file"), proxy=proxy))

    routes = [loc.path for each in proxy_from(after).sites for loc in each.locations]
    assert routes == ["/", "/longpolling", "/websocket"]


def test_a_file_that_was_not_read_is_said(proxy_from: ProxyOf, subject_for: SubjectOf) -> None:
    files = site("includes")
    proxy = proxy_from(files)
    subject = subject_for(proxy=proxy)
    del files["/etc/nginx/snippets/odoo.conf"]

    assert said(files, proxy, subject) == [
        "/etc/nginx/snippets/odoo.conf: the file was not read, so this site is not mended"
    ]
    with pytest.raises(InputError, match="the files of the site were not read"):
        mend_site({}, proxy, subject)


def test_an_include_that_was_not_read_is_said(proxy_from: ProxyOf, subject_for: SubjectOf) -> None:
    files = site("includes")
    proxy = proxy_from(files)
    del files["/etc/nginx/proxy_params"]

    told = said(files, proxy, subject_for(proxy=proxy))
    assert len(told) == 2
    assert all("includes a file that was not read" in sentence for sentence in told)


def test_files_of_other_servers_are_left_alone(proxy_from: ProxyOf, subject_for: SubjectOf) -> None:
    files = site("one-line")
    proxy = proxy_from(files)
    others = {"/etc/odoo/odoo.conf": "a b;\n", "/etc/postgresql/postgresql.conf": "c d;\n"}

    subject = subject_for(proxy=proxy)
    assert set(mend_site({**others, **files}, proxy, subject)) == set(files)


def test_facts_older_than_the_file_change_nothing(
    proxy_from: ProxyOf, subject_for: SubjectOf
) -> None:
    files = site("article-longpolling")
    proxy = proxy_from(files)
    path = "/etc/nginx/sites-enabled/odoo"
    newer = {path: "# a new first line\n" + files[path]}

    assert mended(newer, proxy, subject_for(proxy=proxy)) == newer
    assert (
        "no server of its own begins on that line"
        in said(newer, proxy, subject_for(proxy=proxy))[0]
    )


@pytest.mark.parametrize(
    "text", ["server {", "server }", "}", "listen", '"', "a\\", "x { content_by_lua_block { } }"]
)
def test_a_text_that_is_no_configuration_is_refused(
    text: str, proxy_from: ProxyOf, subject_for: SubjectOf
) -> None:
    files = site("debian-bare")
    proxy = proxy_from(files)

    with pytest.raises(InputError):
        mend_site({"/etc/nginx/sites-enabled/odoo": text}, proxy, subject_for(proxy=proxy))


def test_the_target_gives_the_edited_files(proxy_from: ProxyOf, subject_for: SubjectOf) -> None:
    files = site("article-longpolling")
    proxy = proxy_from(files)
    (rendered,) = TARGETS["nginx"].render(subject_for(proxy=proxy, files=files))

    assert rendered.path == "/etc/nginx/sites-enabled/odoo"
    assert "location /websocket {" in rendered.text
