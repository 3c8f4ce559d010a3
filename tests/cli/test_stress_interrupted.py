"""Does Ctrl-C end a stress with what was seen?"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

SITE = """
import http.server
class Site(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()
        print("asked", flush=True)
    def log_message(self, *_):
        return
site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
print(site.server_port, flush=True)
site.serve_forever()
"""

ASKED = 15
"""Requests that came before it is ended: the warm-up and some of a trial."""


@pytest.mark.parametrize("shape", [[], ["--rate", "20", "--seconds", "600"]], ids=["knee", "hold"])
def test_what_was_seen_until_then_is_told_and_the_status_is_1(
    shape: list[str], tmp_path: Path
) -> None:
    site = subprocess.Popen([sys.executable, "-c", SITE], stdout=subprocess.PIPE, text=True)
    assert site.stdout is not None
    port = site.stdout.readline().strip()
    command = [sys.executable, "-m", "workeroo", "stress", f"http://127.0.0.1:{port}"]
    stress = subprocess.Popen(
        [*command, "--page", "/", "--json", *shape],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "XDG_STATE_HOME": str(tmp_path)},
    )
    try:
        for _ in range(ASKED):
            assert site.stdout.readline() == "asked\n"
        stress.send_signal(signal.SIGINT)
        out, said = stress.communicate(timeout=60)
    finally:
        stress.kill()
        site.kill()
        site.communicate()

    assert stress.returncode == 1, said
    stressed = json.loads(out)
    assert stressed["interrupted"]
    assert stressed["outcome"] != "missed"
    assert "unexpected" not in said
