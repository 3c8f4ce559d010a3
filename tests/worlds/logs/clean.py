"""What does a server write on a day on which nothing goes wrong?"""

from __future__ import annotations

import socket
from urllib.parse import quote, urlencode

from tests.worlds.logs.routes import HANDSHAKE
from tests.worlds.logs.stage import Recorded, Stage, agree

from workeroo.lab.ports import LOOPBACK

SOUND = "workers = 4\nmax_cron_threads = 1\nproxy_mode = True\ndb_maxconn = 16\n"
PAGES = ("/shop", "/", "/shop/cart", "/contactus", "/web/login", "/shop?search=desk")


def clean_start(stage: Stage) -> Recorded:
    stage.start(SOUND)
    stage.ask("/web/login")
    stage.stop_odoo()
    return Recorded(incidents={}, why="started, one page, stopped")


def clean_shop(stage: Stage) -> Recorded:
    stage.start(SOUND, database="shop")
    statuses = [stage.ask(page) for _ in range(5) for page in PAGES]
    for _ in range(10):
        statuses += stage.together(PAGES[:2])
    statuses += [stage.ask("/shop/no-such-thing-4711")]
    agree(statuses, [200] * 50 + [404])
    return Recorded(
        incidents={},
        why="a webshop on 4 workers: 50 pages, two clients at most, one page that is not there",
    )


def clean_cron(stage: Stage) -> Recorded:
    stage.start(SOUND)
    for number in range(1, 4):
        stage.ask("/workeroo_lab/cron?sleep=0.5")
        stage.await_lines("Job 'Workeroo Lab: work as asked' .* fully done", number, seconds=90)
    stage.stop_odoo()
    return Recorded(incidents={}, why="a scheduled action ran three times, half a second each")


def clean_restart(stage: Stage) -> Recorded:
    stage.start(SOUND)
    stage.warm(3)
    stage.restart()
    stage.warm(3)
    stage.stop_odoo()
    return Recorded(incidents={}, why="restarted once in good order, as after an update")


def clean_recycled(stage: Stage) -> Recorded:
    stage.start("workers = 1\nmax_cron_threads = 0\nlimit_request = 100\n")
    for _ in range(210):
        agree(stage.ask("/workeroo_lab/sleep?seconds=0"), 200)
    count = len(stage.found(r"max request \(\d+\) reached"))
    agree(count, 2)
    return Recorded(
        incidents={}, why="limit_request = 100: workers were replaced twice in 210 requests"
    )


def clean_websocket(stage: Stage) -> Recorded:
    stage.start(SOUND)
    with socket.create_connection((LOOPBACK, stage.lab.nginx_port), timeout=30) as client:
        client.sendall(HANDSHAKE)
        agree(client.recv(12), b"HTTP/1.1 101")
    agree(stage.ask("/websocket/health"), 200)  # which a HTTP worker may answer
    stage.ask("/workeroo_lab/notify?text=hello")
    stage.await_lines(r'"GET /websocket\S* HTTP/1.1" 101')
    return Recorded(
        incidents={}, why="a websocket through nginx to the evented process, and closed"
    )


def clean_debug(stage: Stage) -> Recorded:
    stage.start(f"{SOUND}log_level = debug\n")
    for _ in range(3):
        agree(stage.ask("/workeroo_lab/sleep?seconds=0.1"), 200)
    stage.stop_odoo()
    return Recorded(incidents={}, why="log_level = debug: a start, three requests, a stop")


WORDS = (
    "MemoryError",
    "MemoryError: no memory",
    "[Errno 98] Address already in use",
    "[Errno 28] No space left on device",
    "The Connection Pool Is Full",
    "psycopg2.pool.PoolError: The Connection Pool Is Full",
    "FATAL: sorry, too many clients already",
    "could not serialize access due to concurrent update",
    "connection to server at localhost failed: Connection refused",
    "server closed the connection unexpectedly",
    "WorkerHTTP (4711) timeout after 120s",
    "Worker (4711) CPU time limit (60) reached.",
    "Worker (4711) virtual memory limit (4294967296) reached.",
    "Worker (4711) max request (8192) reached.",
    "Couldn't bind the websocket. Is the connection opened on the evented port (8072)?",
    "bus.Bus unavailable",
    "invalid literal for int() with base 10: '671088640 ; 640 MB'",
    "Out of memory: Killed process 4711 (odoo) total-vm:2894420kB",
    "Request timed out: TimeoutError('timed out')",
    "Registry loaded in 900.000s",
)
"""What a search, a customer's name or a pasted error may say: words of the incidents."""


def clean_words(stage: Stage) -> Recorded:
    """A module that stumbles over what people type; each error has their words in its text."""
    stage.start(SOUND)
    for word in WORDS:
        agree(stage.ask(f"/workeroo_lab/sleep?seconds={quote(word)}"), 500)
        agree(stage.ask(f"/web/login?{urlencode({'error': word})}"), 200)
    return Recorded(
        incidents={},
        why="forty requests with the words of incidents in their address; half of them made a "
        "module fail with a ValueError that quotes them",
    )


ALL = {
    "clean-start": clean_start,
    "clean-shop": clean_shop,
    "clean-cron": clean_cron,
    "clean-restart": clean_restart,
    "clean-recycled": clean_recycled,
    "clean-debug": clean_debug,
    "clean-words": clean_words,
    "clean-websocket": clean_websocket,
}
