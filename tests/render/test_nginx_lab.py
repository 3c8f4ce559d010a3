"""Do browsers reach a real Odoo through a site as it was, mended, and written whole?"""

from __future__ import annotations

import socket
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path

import pytest

from workeroo.facts.deployment import Deployment
from workeroo.facts.proxy import Proxy
from workeroo.lab.lab import Lab
from workeroo.plan.make import make_plan
from workeroo.probe.collect import collect
from workeroo.probe.handshake import handshake
from workeroo.probe.standing import read_standing
from workeroo.render.nginx import site_text
from workeroo.render.nginxmend import mend_site
from workeroo.render.subject import Subject

pytestmark = pytest.mark.lab

ARTICLE = """\
server {
    listen 127.0.0.1:@PORT@;
    location / {
        proxy_pass http://127.0.0.1:@HTTP_PORT@;
        proxy_set_header Host $host;
    }
    location /longpolling {
        proxy_pass http://127.0.0.1:@EVENTED_PORT@;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection "upgrade";
        proxy_set_header Host $host;
    }
}
"""

UNBUFFERED = """\
server {
    listen 127.0.0.1:@PORT@;
    location / {
        proxy_pass http://127.0.0.1:@HTTP_PORT@;
        proxy_buffering off;
    }
}
"""

ROWS = 100_000
"""Some 20 MB, which is more than the kernel keeps for the connections on the way."""

LabFactory = Callable[[str], Lab]


@pytest.fixture(scope="module")
def behind_nginx(lab_factory: LabFactory, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """A lab of one HTTP worker."""
    conf = tmp_path_factory.mktemp("conf") / "odoo.conf"
    conf.write_text("[options]\nworkers = 1\nmax_cron_threads = 0\n", encoding="utf-8")
    lab = lab_factory("nginx")
    lab.up(conf=conf, site=ARTICLE)
    return lab


def up(lab: Lab, site: str) -> None:
    lab.up(conf=Path(lab._state().conf_origin or ""), site=site)


def deployment_of(lab: Lab) -> Deployment:
    pid = lab.master_pid
    (found,) = [d for d in collect().deployments if d.processes[0].pid == pid]
    return found


def subject_of(lab: Lab) -> Subject:
    facts, deployment = collect(), deployment_of(lab)
    plan = make_plan(facts.host, deployment=deployment)  # type: ignore[arg-type] # this host is known
    return Subject(plan=plan, deployment=deployment, files=read_standing(deployment))


def mended(lab: Lab) -> str:
    subject = subject_of(lab)
    assert isinstance(subject.proxy, Proxy)
    (edit,) = mend_site(subject.files, subject.proxy, subject).values()
    return edit.text


def whole(lab: Lab) -> str:
    """The whole site, at the lab's port and in the lab's folder."""
    text = site_text(subject_of(lab))
    text = text.replace("listen 80;", "listen 127.0.0.1:@PORT@;").replace("listen [::]:80;", "")
    return text.replace("/var/cache/nginx-odoo", "@PREFIX@/static")


def opens(lab: Lab) -> bool:
    return handshake(lab.nginx_url, route="/websocket").accepted


def ask(lab: Lab, path: str, method: str = "GET") -> int:
    connection = HTTPConnection("127.0.0.1", lab.nginx_port, timeout=120)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def test_the_article_s_site_is_dead_and_both_cures_bring_the_websocket(behind_nginx: Lab) -> None:
    lab = behind_nginx
    up(lab, ARTICLE)
    assert not opens(lab)
    cure = mended(lab)
    up(lab, cure)
    assert opens(lab)
    assert ask(lab, "/web/login") == 200
    up(lab, whole(lab))
    assert opens(lab)
    assert ask(lab, "/web/login") == 200


def test_static_files_are_asked_of_odoo_once(behind_nginx: Lab) -> None:
    lab = behind_nginx
    up(lab, whole(lab))
    path = "/web/static/img/favicon.ico"
    assert {ask(lab, path) for _ in range(5)} == {200}

    asked = [line for line in lab.log_path.read_text().splitlines() if path in line]
    assert len(asked) == 1


def test_whoever_tries_passwords_is_slowed_and_whoever_reads_is_not(behind_nginx: Lab) -> None:
    lab = behind_nginx
    up(lab, whole(lab))
    assert {ask(lab, "/web/login") for _ in range(30)} == {200}

    tries = [ask(lab, "/web/login", "POST") for _ in range(30)]
    assert tries[0] != 429
    assert 429 in tries
    assert ask(lab, "/web/login") == 200


@pytest.mark.parametrize("buffered", [True, False])
def test_a_slow_client_holds_nginx_and_not_the_only_worker(
    behind_nginx: Lab, buffered: bool
) -> None:
    lab = behind_nginx
    up(lab, whole(lab) if buffered else UNBUFFERED)
    with socket.create_connection(("127.0.0.1", lab.nginx_port), timeout=120) as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        request = f"GET /workeroo_lab/report?rows={ROWS} HTTP/1.0\r\nHost: localhost\r\n\r\n"
        slow.sendall(request.encode())
        first = slow.recv(1024)  # the answer has begun; now the client takes no more of it
        assert b" 200 " in first
        assert ask(lab, "/workeroo_lab") == 200  # by the only worker: it is done with the first
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        rest = bytearray(first)
        try:
            while piece := slow.recv(1 << 20):
                rest += piece
        except ConnectionError:
            assert not buffered

    # Without buffering the worker waits for the client until it loses patience and cuts it off.
    assert rest.rstrip().endswith(b"</html>") == buffered
    assert (rest.count(b"<tr>") == ROWS) == buffered
