"""Does `workeroo stress` answer people, programs and scripts? Against a server that is a stub."""

from __future__ import annotations

import http.server
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from workeroo.cli import run

Printed = pytest.CaptureFixture[str]


class _Stub(http.server.BaseHTTPRequestHandler):
    """Answers at once, in a while, or never with a page."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/slow":
            time.sleep(0.3)
        body = b"<html></html>"
        self.send_response(404 if self.path == "/gone" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Stub) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def test_a_load_that_is_held_says_so_and_ends_with_0(site: str, capsys: Printed) -> None:
    held = ["--page", "/", "--rate", "60", "--seconds", "3", "--p95", "20"]

    assert run(["stress", site, *held]) == 0

    told = capsys.readouterr()
    assert told.out.startswith(f"Held: {site}.\n")
    assert "60 visits/s for 3 s (+ at most 75 s for its end), at most 200000 requests" in told.err


def test_a_target_that_is_missed_ends_with_2(site: str, capsys: Printed) -> None:
    missed = ["--page", "/slow", "--rate", "20", "--seconds", "3", "--p95", "0.2"]

    assert run(["stress", site, *missed]) == 2

    assert "Target missed" in capsys.readouterr().out


def test_too_few_requests_could_not_tell_and_end_with_1(site: str, capsys: Printed) -> None:
    few = ["--page", "/", "--users", "2", "--think", "1", "--seconds", "2", "--p95", "20"]

    assert run(["stress", site, *few]) == 1

    assert "go on longer with --seconds" in capsys.readouterr().out


def test_json_holds_what_was_asked_and_seen(site: str, tmp_path: Path, capsys: Printed) -> None:
    trace = tmp_path / "trace"
    trace.write_text("# seconds\n0\n0.1\n0.1\n0.5\n")

    run(["stress", site, "--page", "/=3", "--page", "/a=1", "--trace", str(trace), "--json"])

    stressed = json.loads(capsys.readouterr().out)
    assert stressed["schema"] == "workeroo/stress/1"
    assert [one["share"] for one in stressed["mix"]] == [0.75, 0.25]
    assert stressed["load"]["shape"]["trace_seconds"] == [0.0, 0.1, 0.1, 0.5]
    assert stressed["addresses"] == ["127.0.0.1"]


def test_scripts_for_other_generators_are_written_and_nothing_is_loaded(
    tmp_path: Path, capsys: Printed
) -> None:
    files = {"--write-locust": tmp_path / "locustfile.py", "--write-k6": tmp_path / "load.js"}
    office = ["--journey", "back-office"]  # its password is asked for when the script runs
    options = [text for flag, path in files.items() for text in (flag, str(path))]

    assert (
        run(["stress", "http://127.0.0.1:1", "--journey", "shop-visitor=2", *office, *options]) == 0
    )

    assert capsys.readouterr().out == ""
    assert all("/shop" in path.read_text() for path in files.values())


def test_what_journeys_need_is_never_shown(
    site: str, tmp_path: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = tmp_path / "given"
    given.write_text("login=admin\npassword=geheim\n")
    monkeypatch.setenv("WORKEROO_API_KEY", "geheim")

    run(["stress", site, "--journey", "back-office", "--given", str(given), "--seconds", "2"])

    told = capsys.readouterr()
    assert "geheim" not in told.out + told.err


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ([], 64),
        (["--page", "shop"], 64),
        (["--page", "/", "--rate", "1", "--users", "1"], 64),
        (["--page", "/", "--rate", "-1"], 64),
        (["--page", "/", "--p95", "0"], 64),
        (["--page", "/", "--seconds", "nan"], 64),
        (["--page", "/", "--profile", "no-such-file"], 64),
        (["--profile", "no-such-file"], 66),
        (["--page", "/", "--trace", "no-such-file"], 66),
        (["--page", "/", "--given", "no-such-file"], 66),
        (["--page", "/gone", "--rate", "1"], 65),
        (["--journey", "back-office"], 64),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    site: str, arguments: list[str], status: int, capsys: Printed
) -> None:
    assert run(["stress", site, *arguments]) == status

    told = capsys.readouterr()
    assert told.out == ""
    assert len([line for line in told.err.splitlines() if line.startswith("workeroo: ")]) == 1


def test_another_host_is_refused_with_the_token_it_would_have_to_serve(capsys: Printed) -> None:
    assert run(["stress", "http://192.0.2.7", "--page", "/"]) == 77

    assert "workeroo-" in capsys.readouterr().err


def test_broken_input_files_are_named_with_their_line(
    site: str, tmp_path: Path, capsys: Printed
) -> None:
    trace, given = tmp_path / "trace", tmp_path / "given"
    trace.write_text("0\n1\n0.5\n")
    given.write_text("login=admin\nPASSWORD geheim\n")

    assert run(["stress", site, "--page", "/", "--trace", str(trace)]) == 65
    assert run(["stress", site, "--page", "/", "--given", str(given)]) == 65

    told = capsys.readouterr().err
    assert f"{trace}:3" in told
    assert f"{given}:2" in told
    assert "geheim" not in told


def test_a_load_ends_at_its_most_requests_and_that_is_no_fault_of_the_server(
    site: str, capsys: Printed
) -> None:
    bounded = ["--rate", "60", "--seconds", "30", "--requests", "70", "--p95", "20", "--json"]

    assert run(["stress", site, "--page", "/", *bounded]) in (0, 1)

    stressed = json.loads(capsys.readouterr().out)
    assert stressed["outcome"] != "missed"
    assert any("70 requests" in doubt for doubt in stressed["doubts"])
    assert len(stressed["doubts"]) >= 1
