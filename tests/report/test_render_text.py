"""Are rendered files told with their host, path and mode, and without passwords?"""

from __future__ import annotations

import json

import msgspec

from workeroo.facts.lossless import decode
from workeroo.render.hosts import HostFile
from workeroo.render.product import OWNER_ONLY, RenderedFile
from workeroo.report.paint import Paint
from workeroo.report.render_text import MASKED, NOTHING, remarks_text, render_text, rendering

CONF = RenderedFile(
    path="/etc/odoo/odoo.conf",
    text="[options]\nadmin_passwd = hunter2\n",
    mode=OWNER_ONLY,
    said=["workers stood twice."],
)


def test_a_file_has_a_header_line_with_host_path_and_mode() -> None:
    product = rendering([HostFile(host="backend", file=CONF)], [])

    assert render_text(product, Paint()) == (
        "==> backend: /etc/odoo/odoo.conf (mode 0640) <==\n[options]\nadmin_passwd = ***"
    )


def test_the_plan_of_one_server_names_no_host() -> None:
    product = rendering([HostFile(host=None, file=CONF)], [])

    assert render_text(product, Paint()).startswith("==> /etc/odoo/odoo.conf (mode 0640) <==\n")


def test_remarks_name_their_file_and_end_with_the_masking() -> None:
    product = rendering([HostFile(host="backend", file=CONF)], ["For all."])

    assert list(remarks_text(product)) == [
        "backend: /etc/odoo/odoo.conf: workers stood twice.",
        "For all.",
        MASKED,
    ]


def test_where_there_is_nothing_to_write_it_is_said() -> None:
    assert rendering([], []).said == [NOTHING]


def test_bytes_that_are_no_utf_8_do_not_break_the_json() -> None:
    latin = RenderedFile(path="/etc/odoo/odoo.conf", text=decode(b"; caf\xe9\n"))

    product = rendering([HostFile(host=None, file=latin)], [])

    assert json.loads(msgspec.json.encode(product))["files"][0]["text"] == "; caf?\n"
