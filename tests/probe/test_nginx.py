"""Is the nginx in front found, with all that its configuration includes?"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from workeroo.evidence import Unknown
from workeroo.facts.proxy import Proxy
from workeroo.facts.servers import Seen
from workeroo.probe.nginx import in_front_of, read_nginx
from workeroo.probe.world import World

MakeWorld = Callable[[Mapping[str, str]], World]

SITE = "server {\n location / {\n proxy_pass http://127.0.0.1:8069;\n }\n}\n"


def running(pid: int, title: str) -> Seen:
    return Seen(pid=pid, parent_pid=1, nice=0, argv=[f"nginx: master process {title}"])


def proxy(world: World, processes: list[Seen] | None = None) -> Proxy:
    found = read_nginx(world, processes or [])
    assert isinstance(found, list)
    proxy = in_front_of(found, {8069, 8072})
    assert isinstance(proxy, Proxy)
    return proxy


def test_includes_are_followed_by_pattern_and_by_name(make_world: MakeWorld) -> None:
    world = make_world(
        {
            "/etc/nginx/nginx.conf": "http {\n include sites/*.conf;\n include /srv/one;\n}\n",
            "/etc/nginx/sites/a.conf": SITE,
            "/srv/one": "include deeper/two;\n",
            "/etc/nginx/deeper/two": SITE,
        }
    )

    assert [site.where for site in proxy(world).sites] == [
        "/etc/nginx/sites/a.conf:1",
        "/etc/nginx/deeper/two:1",
    ]


def test_a_missing_include_is_a_problem(make_world: MakeWorld) -> None:
    world = make_world({"/etc/nginx/nginx.conf": "http { include gone.conf; include none/*; }"})

    assert any("/etc/nginx/gone.conf" in problem for problem in proxy(world).problems)
    assert not any("none/" in problem for problem in proxy(world).problems)


def test_a_file_that_includes_itself_ends(make_world: MakeWorld) -> None:
    world = make_world({"/etc/nginx/nginx.conf": "http { } include nginx.conf;"})

    assert any("includes itself" in problem for problem in proxy(world).problems)


def test_broken_configuration_is_a_problem_with_its_line(make_world: MakeWorld) -> None:
    world = make_world({"/etc/nginx/nginx.conf": "http {\n server {\n"})

    assert any(p.startswith("/etc/nginx/nginx.conf") for p in proxy(world).problems)


def test_a_running_nginx_says_which_file_it_reads(make_world: MakeWorld) -> None:
    world = make_world({"/srv/lab/n.conf": f"http {{ {SITE} }}", "/etc/nginx/nginx.conf": ""})
    found = proxy(world, [running(7, "/usr/sbin/nginx -p /srv/lab -c n.conf -g daemon off;")])

    assert (found.config, len(found.sites), found.problems) == ("/srv/lab/n.conf", 1, [])


def test_of_two_the_one_that_leads_to_odoo_is_in_front(make_world: MakeWorld) -> None:
    world = make_world({"/a.conf": "http { }", "/b.conf": f"http {{ {SITE} }}"})
    found = proxy(world, [running(7, "nginx -c /a.conf"), running(8, "nginx -c /b.conf")])

    assert found.config == "/b.conf"


def test_one_that_does_not_run_is_said_not_to(make_world: MakeWorld) -> None:
    world = make_world({"/etc/nginx/nginx.conf": f"http {{ {SITE} }}"})

    assert "nginx does not run" in proxy(world).problems[0]


def test_a_name_of_this_host_leads_here(make_world: MakeWorld) -> None:
    site = SITE.replace("127.0.0.1", "ERP.example.com")
    world = make_world(
        {
            "/etc/nginx/nginx.conf": f"http {{ {site} }}",
            "/etc/hosts": "127.0.1.1 erp.example.com erp\n",
        }
    )

    assert len(proxy(world).sites) == 1


def test_an_own_address_leads_here(make_world: MakeWorld) -> None:
    world = make_world(
        {
            "/etc/nginx/nginx.conf": f"http {{ {SITE.replace('127.0.0.1', '10.0.0.5')} }}",
            "/proc/net/fib_trie": "Local:\n     |-- 10.0.0.5\n        /32 host LOCAL\n",
        }
    )

    assert len(proxy(world).sites) == 1


def test_no_nginx_is_none(make_world: MakeWorld) -> None:
    assert read_nginx(make_world({}), []) is None


@pytest.mark.parametrize("program", ["/usr/sbin/apache2", "haproxy", "/usr/bin/caddy"])
def test_another_proxy_is_unknown(make_world: MakeWorld, program: str) -> None:
    other = Seen(pid=5, parent_pid=1, nice=0, argv=[program, "-k", "start"])

    assert isinstance(read_nginx(make_world({}), [other]), Unknown)


def test_a_value_that_nginx_refuses_is_unknown(make_world: MakeWorld) -> None:
    text = f"http {{ proxy_read_timeout soon; {SITE} }}"
    found = read_nginx(make_world({"/etc/nginx/nginx.conf": text}), [])

    assert isinstance(found, list)
    assert isinstance(in_front_of(found, {8069}), Unknown)
