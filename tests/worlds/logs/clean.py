"""What does a server write on a day on which nothing goes wrong?"""

from __future__ import annotations

import socket

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
    stage.ask("/workeroo_lab/notify?text=hello")
    stage.await_lines(r'"GET /websocket\S* HTTP/1.1" 101')
    return Recorded(
        incidents={}, why="a websocket through nginx to the evented process, and closed"
    )


ALL = {
    "clean-start": clean_start,
    "clean-shop": clean_shop,
    "clean-cron": clean_cron,
    "clean-restart": clean_restart,
    "clean-recycled": clean_recycled,
    "clean-websocket": clean_websocket,
}
