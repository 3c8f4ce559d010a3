"""Is an Odoo server recognised by its command line, and nothing else taken for one?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workeroo.facts.commandline import launch, split, title, value_of


@pytest.mark.parametrize(
    ("line", "launcher"),
    [
        ("/usr/bin/python3 /usr/bin/odoo -c /etc/odoo/odoo.conf", "odoo"),
        ("python3 odoo-bin", "odoo-bin"),
        ("/opt/venv/bin/python3.12 -u -X utf8 /opt/odoo/odoo-bin --workers=4", "odoo-bin"),
        ("venv/bin/python -m odoo -c odoo.conf", "python -m odoo"),
        ("/srv/venv/bin/python -E -m odoo server -c odoo.conf", "python -m odoo"),
        ("/srv/venv/bin/python /srv/odoo/odoo/__main__.py gevent -c odoo.conf", "python -m odoo"),
        ("python /usr/bin/odoo --addons-path=/a,/b server --workers=2", "odoo"),
        ("python /usr/bin/odoo start", "odoo"),
        ("python3 /usr/bin/odoo -d shell", "odoo"),
        ("python3 /usr/bin/odoo -u base -d prod", "odoo"),
    ],
)
def test_a_server_is_recognised(line: str, launcher: str) -> None:
    found = launch(line.split())

    assert found is not None
    assert found.launcher == launcher


@pytest.mark.parametrize(
    "line",
    [
        "vim /etc/odoo/odoo.conf",
        "tail -f /var/log/odoo/odoo.log",
        "grep odoo",
        "/usr/bin/odoo",
        "sudo -u odoo /usr/bin/python3 /usr/bin/odoo",
        "bash -c odoo-bin",
        "sh /usr/local/bin/odoo",
        "python3 /usr/bin/odoo shell -d prod",
        "python3 /usr/bin/odoo scaffold shop",
        "python3 /usr/bin/odoo db drop prod",
        "python3 odoo-bin -d prod -i base --stop-after-init",
        "python3 odoo-bin --version",
        "python3 /opt/venv/bin/click-odoo script.py",
        "python3 /usr/bin/odoo-backup --all",
        "python3 -c import_odoo",
        "python3 -m odoo.tests",
        "python3 -m pytest odoo",
        "python3 -m",
        "python3",
        "supervisord -c odoo.conf",
        "python3 /usr/bin/supervisord -c /etc/odoo.conf",
        "python3 /srv/shop/__main__.py",
        "ipython odoo-bin",
        "nginx: master process /usr/sbin/nginx -c /etc/odoo/nginx.conf",
        "odoo: WorkerHTTP 12",
    ],
)
def test_what_only_mentions_odoo_is_no_server(line: str) -> None:
    assert launch(line.split()) is None


def test_the_evented_process_is_told_by_its_argument() -> None:
    found = launch(["python3", "/usr/bin/odoo", "gevent", "-c", "/etc/odoo.conf"])

    assert found is not None
    assert found.evented
    assert found.arguments == ["-c", "/etc/odoo.conf"]


def test_the_subcommand_is_no_argument() -> None:
    found = launch(["python3", "odoo-bin", "server", "--workers=2"])

    assert found is not None
    assert found.arguments == ["--workers=2"]


def test_a_worker_may_title_itself() -> None:
    cmdline = b"odoo: WorkerHTTP 20904 " + b"\0" * 600

    assert split(cmdline) == ["odoo: WorkerHTTP 20904 "]
    assert title(split(cmdline)) == "WorkerHTTP"
    assert title(["odoo: WorkerCron 20907 prod"]) == "WorkerCron"
    assert title(["odoo:8.0"]) is None
    assert title([]) is None


def test_a_command_line_is_split_at_its_nuls() -> None:
    assert split(b"python3\0odoo-bin\0--logfile=\0") == ["python3", "odoo-bin", "--logfile="]
    assert split(b"") == []


@pytest.mark.parametrize(
    "arguments",
    [["-w", "x"], ["-wx"], ["--db_password", "x"], ["--db_password=x"], ["-w", "y", "-w", "x"]],
)
def test_the_last_form_of_an_option_counts(arguments: list[str]) -> None:
    assert value_of(arguments, "-w", "--db_password") == "x"


@given(st.lists(st.text(max_size=12), max_size=6))
def test_no_command_line_makes_the_parser_fail(argv: list[str]) -> None:
    launch(argv)
    title(argv)
    value_of(argv, "-w", "--db_password")
