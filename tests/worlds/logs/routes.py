"""What does a server write whose requests come the wrong way, too slowly or too many at once?"""

from __future__ import annotations

import http.client
import json
import socket
from typing import NamedTuple

from tests.worlds.logs.stage import Recorded, Stage, agree

from workeroo.lab.ports import LOOPBACK

UPGRADE = """
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection "upgrade";
        proxy_set_header Host $http_host;"""

SITE = """
server {{
    listen 127.0.0.1:@PORT@;
    location /websocket {{
        {bus}
    }}
    location / {{
        proxy_pass http://127.0.0.1:@HTTP_PORT@;
    }}
}}
"""

HANDSHAKE = (
    b"GET /websocket?version=19.0-2 HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n"
    b"Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: d29ya2Vyb28tbGFiLWxvZw==\r\n\r\n"
)

TWO = "workers = 2\nmax_cron_threads = 0\n"


def shake(stage: Stage) -> int:
    """The status of the answer to a websocket's handshake, as nginx passes it on."""
    with socket.create_connection((LOOPBACK, stage.lab.nginx_port), timeout=30) as client:
        client.sendall(HANDSHAKE)
        return int(client.recv(65536).split(b" ", 2)[1])


def websocket_misrouted(stage: Stage) -> Recorded:
    bus = f"proxy_pass http://127.0.0.1:@HTTP_PORT@;{UPGRADE}"
    stage.start(TWO, site=SITE.format(bus=bus))
    stage.warm(2)
    agree([shake(stage) for _ in range(3)], [500, 500, 500])
    stage.warm(2)
    return Recorded(
        incidents={"websocket-misrouted": 3},
        told={"websocket-misrouted": ["8072"]},
        why="nginx sends /websocket to the port of the HTTP workers: three handshakes got a 500",
    )


def websocket_not_upgraded(stage: Stage) -> Recorded:
    bus = "proxy_pass http://127.0.0.1:@HTTP_PORT@;"
    stage.start(TWO, site=SITE.format(bus=bus))
    stage.warm(2)
    statuses = [shake(stage) for _ in range(3)]
    return Recorded(
        incidents={"websocket-misrouted": 3},
        why="nginx sends /websocket to the port of the HTTP workers and drops the Upgrade header: "
        f"three handshakes got {statuses}",
    )


def slow_client(stage: Stage) -> Recorded:
    stage.start(TWO)
    stage.warm(2)
    stage.send_raw(b"")
    stage.send_raw(b"")
    stage.send_raw(b"GET /web/health HTTP/1.1\r\nHost: loc")
    stage.warm(2)
    stage.await_lines("Request timed out", 3)
    return Recorded(
        incidents={"slow-client": 3},
        why="three clients, two of which sent nothing and one half a request, were hung up on "
        "after 2 s",
    )


def all_workers_busy(stage: Stage) -> Recorded:
    stage.start(TWO)
    stage.warm(2)
    for _ in range(4):
        agree(stage.together(["/workeroo_lab/sleep?seconds=2"] * 6), [200] * 6)
    return Recorded(
        incidents={"all-workers-busy": 1},
        told={"all-workers-busy": ["24 s", "2 workers"]},
        why="2 workers: for 24 s six clients at a time asked for what takes 2 s of a worker",
    )


def threaded_mode(stage: Stage) -> Recorded:
    stage.start("workers = 0\nmax_cron_threads = 1\n")
    stage.together(["/workeroo_lab/sleep?seconds=0.3"] * 8)
    stage.stop_odoo()
    return Recorded(
        incidents={"threaded-mode": 1}, why="workers = 0: eight requests in one process"
    )


def threaded_mode_limit(stage: Stage) -> Recorded:
    stage.start("workers = 0\nmax_cron_threads = 0\nlimit_time_real = 5\n")
    stage.ask("/workeroo_lab/sleep?seconds=0.1")
    stage.together(["/workeroo_lab/sleep?seconds=80"])
    stage.await_lines("Initiating server reload")
    return Recorded(
        incidents={"threaded-mode": 1},
        why="workers = 0, limit_time_real = 5: a request took 80 s, and the whole server was "
        "reloaded",
    )


def pdf_deadlock(stage: Stage) -> Recorded:
    """One worker prints; what prints asks that same worker for the page's style sheet."""
    stage.start("workers = 1\nmax_cron_threads = 0\nlimit_time_real = 20\n")
    cookie = authenticate(stage).cookie
    status = stage.ask("/report/pdf/base.report_irmodeloverview/1", cookie=cookie)
    stage.ask("/workeroo_lab/sleep?seconds=0.1")
    return Recorded(
        incidents={"pdf-deadlock": 1, "worker-time-limit": 1},  # why, and what ended it
        why=f"one worker, a PDF of wkhtmltopdf: it waited for itself (status {status}) until "
        "limit_time_real = 20 ended it",
    )


class Answer(NamedTuple):
    """An answer, as far as it matters here."""

    status: int
    cookie: str


def authenticate(stage: Stage) -> Answer:
    """Log the lab's administrator in."""
    body = {"params": {"db": "base", "login": "admin", "password": "admin"}}
    connection = http.client.HTTPConnection(LOOPBACK, stage.lab.http_port, timeout=60)
    headers = {"Content-Type": "application/json"}
    connection.request("POST", "/web/session/authenticate", json.dumps(body), headers)
    answer = connection.getresponse()
    answer.read()
    cookies = answer.headers.get_all("Set-Cookie") or []
    connection.close()
    wanted = [cookie.split(";")[0] for cookie in cookies if cookie.startswith("session_id=")]
    return Answer(answer.status, wanted[0] if wanted else "")


ALL = {
    "websocket-misrouted": websocket_misrouted,
    "websocket-not-upgraded": websocket_not_upgraded,
    "slow-client": slow_client,
    "all-workers-busy": all_workers_busy,
    "threaded-mode": threaded_mode,
    "threaded-mode-limit": threaded_mode_limit,
    "pdf-deadlock": pdf_deadlock,
}
