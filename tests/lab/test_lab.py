"""Does a real lab come up, tell why it does not, and go without a trace?"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from workeroo.cli import run
from workeroo.errors import InputError, UsageError
from workeroo.lab.database import KINDS
from workeroo.lab.folder import find_root
from workeroo.lab.lab import Lab
from workeroo.lab.odoo import OdooDied
from workeroo.lab.packages import dangling_links
from workeroo.lab.process import PROC, works_in
from workeroo.lab.wait import wait_until

pytestmark = pytest.mark.lab

Get = Callable[[int, str], tuple[int, bytes]]
LabFactory = Callable[[str], Lab]


def processes_of(lab: Lab) -> list[int]:
    """Every process that works in a folder of the lab; what only waits to be reaped has none."""
    pids = [int(entry.name) for entry in PROC.iterdir() if entry.name.isdecimal()]
    folders = (lab.folder.work, lab.folder.nginx, lab.folder.cluster)
    return [pid for pid in pids if any(works_in(pid, folder) for folder in folders)]


def test_up_serves_directly_and_through_nginx(lab: Lab, get: Get) -> None:
    assert get(lab.http_port, "/web/health")[0] == 200
    assert get(lab.nginx_port, "/web/health")[0] == 200
    assert get(lab.evented_port, "/web/health")[0] == 200
    status, page = get(lab.nginx_port, "/web/login")
    assert (status, b"csrf_token" in page) == (200, True)


def test_a_websocket_opens_through_nginx(lab: Lab, handshake: Callable[[int], str]) -> None:
    assert " 101 " in handshake(lab.nginx_port)


def test_up_twice_changes_nothing(lab: Lab) -> None:
    before = lab.master_pid
    assert lab.up().master_pid == before


def test_the_unpacked_odoo_has_no_link_that_leads_nowhere(lab: Lab) -> None:
    assert dangling_links(lab.root.shared.odoo) == []


def test_no_server_runs_as_root_or_listens_beyond_loopback(lab: Lab) -> None:
    assert {(PROC / str(pid)).stat().st_uid for pid in processes_of(lab)} == {lab.user.uid}
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((_address_of_this_machine(), lab.http_port), timeout=5)


def _address_of_this_machine() -> str:
    # 127.0.0.2 is this machine too, but not the address that the lab binds.
    return "127.0.0.2"


def test_the_labs_own_odoo_conf_is_sound(lab: Lab) -> None:
    server = ["--series", "19", "--cores", "2", "--memory", "8G"]
    assert run(["audit", "--conf", str(lab.conf_path), *server]) == 0


def test_workers_have_their_titles(lab: Lab) -> None:
    titles = [(PROC / str(pid) / "cmdline").read_bytes() for pid in processes_of(lab)]
    assert sum(b"odoo: WorkerHTTP" in title for title in titles) == 2
    assert sum(b"odoo: WorkerCron" in title for title in titles) == 1


def test_the_article_as_it_stands_is_told_with_odoos_own_words(
    lab_factory: LabFactory, article: Path
) -> None:
    lab = lab_factory("conf")
    with pytest.raises(OdooDied) as told:
        lab.up(conf=article)
    assert told.value.status == 1
    expected = "ValueError: invalid literal for int() with base 10: '671088640 ; 640 MB'"
    assert told.value.reason == expected
    assert lab.conf_path.read_bytes() == article.read_bytes()
    assert processes_of(lab) == []


def test_the_command_says_that_odoo_died_and_exits_with_69(
    lab_factory: LabFactory, article: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lab = lab_factory("conf")
    assert run(["lab", "up", "--name", lab.name, "--conf", str(article)]) == 69
    told = capsys.readouterr()
    assert told.out == ""
    assert "Odoo died with exit status 1: ValueError" in told.err
    assert "Traceback" not in told.err


def test_the_article_mended_starts_its_nine_workers(lab_factory: LabFactory, article: Path) -> None:
    lab = lab_factory("conf")
    mended = article.read_text(encoding="utf-8").replace(" ; 640 MB", "").replace(" ; 768 MB", "")
    article.write_text(mended, encoding="utf-8")
    lab.up(conf=article)
    titles = [(PROC / str(pid) / "cmdline").read_bytes() for pid in processes_of(lab)]
    assert sum(b"odoo: WorkerHTTP" in title for title in titles) == 9
    lab.down()
    assert processes_of(lab) == []


def test_a_server_for_scheduled_actions_only_comes_up(
    lab_factory: LabFactory, tmp_path: Path
) -> None:
    conf = tmp_path / "odoo.conf"
    conf.write_text("[options]\nworkers = -1\nmax_cron_threads = 1\n", encoding="utf-8")
    lab = lab_factory("conf")
    assert lab.up(conf=conf).running
    lab.down()


def test_a_threaded_server_comes_up(lab_factory: LabFactory, tmp_path: Path, get: Get) -> None:
    conf = tmp_path / "odoo.conf"
    conf.write_text("[options]\nworkers = 0\n", encoding="utf-8")
    lab = lab_factory("conf")
    lab.up(conf=conf)
    assert get(lab.http_port, "/web/health")[0] == 200
    lab.down()


def test_another_site_can_stand_in_front(
    lab_factory: LabFactory, handshake: Callable[[int], str]
) -> None:
    lab = lab_factory("site")
    to_workers = "location / { proxy_pass http://127.0.0.1:@HTTP_PORT@; }"
    wrong = f"server {{ listen 127.0.0.1:@PORT@; {to_workers} }}"
    lab.up(site=wrong)
    assert " 101 " not in handshake(lab.nginx_port)
    master = lab.master_pid
    lab.up()
    assert " 101 " in handshake(lab.nginx_port)
    assert lab.master_pid == master
    with pytest.raises(InputError, match="nginx refuses the site"):
        lab.up(site="server { nonsense; }")


def test_two_labs_stand_side_by_side_and_destroy_leaves_no_file(
    lab: Lab, lab_factory: LabFactory, get: Get
) -> None:
    other = lab_factory("other")
    other.up()
    assert not set(lab.ports.all()) & set(other.ports.all())
    assert get(other.http_port, "/web/health")[0] == 200
    assert get(lab.http_port, "/web/health")[0] == 200
    other.destroy()
    assert processes_of(other) == []
    assert list(other.folder.path.parent.glob(f"{other.name}*")) == []
    assert get(lab.http_port, "/web/health")[0] == 200


def test_a_port_that_somebody_took_is_avoided(lab_factory: LabFactory, get: Get) -> None:
    lab = lab_factory("other")
    lab.up()
    lab.down()
    before = lab.http_port
    with socket.create_server(("127.0.0.1", before)):
        lab.up()
        assert lab.http_port != before
        assert get(lab.http_port, "/web/health")[0] == 200
    lab.down()


def test_down_forgets_no_process_whose_record_is_lost(lab_factory: LabFactory) -> None:
    lab = lab_factory("other")
    lab.up()
    lab.folder.state.unlink()
    lab.down()
    assert processes_of(lab) == []


def test_a_build_that_was_killed_is_done_again(own_cache: Path) -> None:
    environment = {**os.environ, "XDG_CACHE_HOME": str(own_cache)}
    lab = Lab.named("killed", environment=environment)
    log = lab.folder.logs / "build-base.log"
    command = [sys.executable, "-m", "workeroo", "lab", "up", "--name", "killed"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        wait_until(
            lambda: log.is_file() and "Loading module base" in log.read_text(encoding="utf-8"),
            seconds=120,
            what="the build",
        )
        process.send_signal(signal.SIGKILL)
    assert lab.up().healthy
    lab.destroy()
    assert processes_of(lab) == []
    assert list((own_cache / "workeroo" / "lab" / "labs").iterdir()) == []


def test_the_shop_has_its_goods(lab_factory: LabFactory, get: Get) -> None:
    lab = lab_factory("shop")
    lab.up(database="shop")
    status, page = get(lab.nginx_port, "/shop")
    assert (status, b"oe_product" in page) == (200, True)
    lab.destroy()


def test_every_database_has_the_levers() -> None:
    assert all("workeroo_lab" in kind.modules for kind in KINDS.values())


def test_an_odd_name_is_refused() -> None:
    with pytest.raises(UsageError, match="cannot name a lab"):
        find_root(os.environ).lab("../../etc")
