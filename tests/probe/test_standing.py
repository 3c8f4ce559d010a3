"""Are the files that a plan edits read whole, each as the process sees it that reads them?"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from workeroo.errors import InputError, MissingInput, NotPermitted
from workeroo.facts.conf import ConfFile
from workeroo.facts.deployment import Deployment
from workeroo.facts.lossless import encode
from workeroo.facts.process import Process
from workeroo.facts.proxy import Location, Proxy, Site
from workeroo.probe.standing import read_standing
from workeroo.probe.world import MOST_BYTES, World

MakeWorld = Callable[[Mapping[str, str]], World]

CONF = "/etc/odoo/odoo.conf"
SITE = "/etc/nginx/sites-enabled/odoo"
SNIPPET = "/etc/nginx/snippets/chat.conf"
PROXY = Proxy(
    server="nginx",
    config="/etc/nginx/nginx.conf",
    sites=[
        Site(
            names=["shop.example.com"],
            listens=["80"],
            where=f"{SITE}:1",
            locations=[
                Location(modifier="", path="/", where=f"{SITE}:4", upstream=[("odoo", 8069)]),
                Location(modifier="", path="/w", where=f"{SNIPPET}:1", upstream=[("odoo", 8072)]),
            ],
        )
    ],
)


def odoo(pid: int | None = None, proxy: Proxy | None = None) -> Deployment:
    processes = [] if pid is None else [process(pid)]
    conf = ConfFile(path=CONF, entries=[])
    return Deployment(
        name="odoo", mode="prefork", series=19, processes=processes, conf=conf, proxy=proxy
    )


def process(pid: int) -> Process:
    return Process(
        pid=pid,
        parent_pid=1,
        part="master",
        why="said so",
        user="odoo",
        started_at=0.0,
        rss_bytes=1,
        vms_bytes=1,
    )


def test_the_odoo_conf_and_every_file_of_the_sites_are_read(make_world: MakeWorld) -> None:
    world = make_world({CONF: "[options]\n", SITE: "server {}\n", SNIPPET: "location /w {}\n"})

    assert read_standing(odoo(proxy=PROXY), world) == {
        CONF: "[options]\n",
        SITE: "server {}\n",
        SNIPPET: "location /w {}\n",
    }


def test_what_a_site_includes_is_read_and_what_other_sites_include_is_not(
    make_world: MakeWorld,
) -> None:
    files = {
        "/etc/nginx/nginx.conf": "http { include sites-enabled/*; include mime.types; }\n",
        "/etc/nginx/mime.types": "types { text/css css; }\n",
        "/etc/nginx/proxy_params": "proxy_set_header Host $host;\n",
        SITE: "server {\nlisten 80;\n\nlocation / { include proxy_params; }\n"
        "include snippets/chat.conf; }\n",
        SNIPPET: "location /w {}\n",
    }

    read = read_standing(odoo(proxy=PROXY), make_world({CONF: "", **files}))
    assert sorted(read) == sorted([CONF, SITE, SNIPPET, "/etc/nginx/proxy_params"])


def test_bytes_that_are_no_text_come_back_as_they_were(make_world: MakeWorld) -> None:
    world = make_world({CONF: ""})
    data = b"[options]\r\n; caf\xe9\nworkers = 2"
    world.open_path(CONF).write_bytes(data)

    assert encode(read_standing(odoo(), world)[CONF]) == data


def test_an_odoo_in_a_container_has_an_odoo_conf_of_its_own(make_world: MakeWorld) -> None:
    world = make_world(
        {
            CONF: "the host's\n",
            "/proc/self/ns/mnt": "-> mnt:[1]",
            "/proc/7/ns/mnt": "-> mnt:[2]",
            "/proc/7/root": "-> /var/container",
            f"/var/container{CONF}": "the container's\n",
        }
    )

    assert read_standing(odoo(pid=7), world) == {CONF: "the container's\n"}


def test_an_nginx_in_a_container_has_files_of_its_own(make_world: MakeWorld) -> None:
    world = make_world(
        {
            CONF: "",
            SITE: "the host's\n",
            "/proc/self/ns/mnt": "-> mnt:[1]",
            "/proc/9/ns/mnt": "-> mnt:[2]",
            "/proc/9/root": "-> /var/container",
            "/proc/9/cmdline": "nginx: master process nginx -g daemon off;",
            "/proc/9/stat": "9 (nginx) S 1 9 9 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 0 0 0",
            f"/var/container{SITE}": "the container's\n",
            f"/var/container{SNIPPET}": "",
        }
    )

    assert read_standing(odoo(proxy=PROXY), world)[SITE] == "the container's\n"


def test_a_file_that_has_gone_is_told(make_world: MakeWorld) -> None:
    with pytest.raises(MissingInput, match=r"no such file"):
        read_standing(odoo(), make_world({}))


def test_a_file_that_may_not_be_read_is_told(make_world: MakeWorld) -> None:
    world = make_world({CONF: ""})
    world.open_path(CONF).unlink()
    world.open_path(CONF).mkdir()

    with pytest.raises(NotPermitted, match=r"cannot be read: Is a directory"):
        read_standing(odoo(), world)


def test_a_file_too_large_to_be_read_whole_is_not_edited(make_world: MakeWorld) -> None:
    world = make_world({CONF: "#" * MOST_BYTES})

    with pytest.raises(InputError, match="4 MiB or more"):
        read_standing(odoo(), world)
