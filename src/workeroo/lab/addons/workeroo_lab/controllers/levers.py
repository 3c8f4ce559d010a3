"""The routes: one for each lever."""

import os
from contextlib import ExitStack

from odoo import http
from odoo.http import request

from .. import levers

_QUIET = {"type": "http", "auth": "none", "csrf": False, "save_session": False}
_WITH_DATABASE = {**_QUIET, "auth": "public", "readonly": False}


class Levers(http.Controller):
    @http.route("/workeroo_lab", **_QUIET)
    def here(self):
        """Who answers."""
        return self._told("here")

    @http.route("/workeroo_lab/sleep", **_QUIET)
    def sleep(self, seconds="1"):
        """Wait, as for a payment provider; the CPU is idle."""
        duration = levers.seconds(seconds)
        levers.sleep(duration)
        return self._told("sleep", seconds=duration)

    @http.route("/workeroo_lab/burn", **_QUIET)
    def burn(self, seconds="1"):
        """Use the CPU for so many seconds of CPU time."""
        duration = levers.seconds(seconds)
        return self._told("burn", seconds=duration, rounds=levers.burn(duration))

    @http.route("/workeroo_lab/allocate", **_QUIET)
    def allocate(self, mib="100", seconds="0"):
        """Take memory, keep it for the request, give it back."""
        taken = levers.allocate(levers.mebibytes(mib))
        levers.sleep(levers.seconds(seconds))
        return self._told("allocate", mib=len(taken) // levers.MIB)

    @http.route("/workeroo_lab/hold", **_QUIET)
    def hold(self, mib="100"):
        """Take memory and keep it after the request: a leak."""
        return self._told("hold", held_mib=levers.hold(levers.mebibytes(mib)))

    @http.route("/workeroo_lab/reserve", **_QUIET)
    def reserve(self, mib="100"):
        """Take address space without touching it: VMS grows, RSS does not."""
        return self._told("reserve", reserved_mib=levers.reserve(levers.mebibytes(mib)))

    @http.route("/workeroo_lab/release", **_QUIET)
    def release(self):
        """Give back what this process holds and reserves."""
        return self._told("release", freed_mib=levers.release())

    @http.route("/workeroo_lab/cursors", **_WITH_DATABASE)
    def cursors(self, count="1", seconds="1"):
        """Open database connections and keep them for so many seconds."""
        wanted = int(levers.bounded(count, 0, levers.MOST_CURSORS))
        with ExitStack() as stack:
            for _ in range(wanted):
                cursor = stack.enter_context(request.env.registry.cursor())
                cursor.execute("SELECT 1")
            levers.sleep(levers.seconds(seconds))
        return self._told("cursors", count=wanted)

    @http.route("/workeroo_lab/query", **_WITH_DATABASE)
    def query(self, seconds="1"):
        """Wait inside PostgreSQL."""
        duration = levers.seconds(seconds)
        request.env.cr.execute("SELECT pg_sleep(%s)", [duration])
        return self._told("query", seconds=duration)

    @http.route("/workeroo_lab/lock", **_WITH_DATABASE)
    def lock(self, seconds="1"):
        """Lock a row for so many seconds; a second caller waits for the first."""
        duration = levers.seconds(seconds)
        request.env["workeroo.lab.lever"].sudo().browse(self._row()).lock_row()
        levers.sleep(duration)
        return self._told("lock", seconds=duration)

    @http.route("/workeroo_lab/report", **_WITH_DATABASE)
    def report(self, rows="1000"):
        """Fill a report with so many rows, as HTML: what a PDF costs before it is drawn."""
        count = int(levers.bounded(rows, 1, levers.MOST_ROWS))
        lines = [{"number": n, "product": f"Product {n % 97}", "price": n % 89 + 0.5}
                 for n in range(count)]
        html = request.env["ir.qweb"].sudo()._render("workeroo_lab.report", {"lines": lines})
        return request.make_response(str(html), headers=[("Content-Type", "text/html")])

    @http.route("/workeroo_lab/cron", **_WITH_DATABASE)
    def cron(self, sleep="0", burn="0", hold="0", active="1"):
        """Set what the scheduled action does and have it run now."""
        job = request.env.ref("workeroo_lab.cron").sudo()
        lever = request.env["workeroo.lab.lever"].sudo().browse(self._row())
        lever.write({
            "cron_sleep_seconds": levers.seconds(sleep),
            "cron_burn_seconds": levers.seconds(burn),
            "cron_hold_mib": levers.mebibytes(hold),
        })
        on = active == "1"
        job.write({"active": on})
        if on:
            job._trigger()
        return self._told("cron", active=on)

    @http.route("/workeroo_lab/notify", **_WITH_DATABASE)
    def notify(self, channel="workeroo_lab", text=""):
        """Send a notification over the bus to whoever listens on a channel of the lab."""
        # Only channels of its own: nobody else's browser hears of it.
        name = channel if channel.startswith("workeroo_lab") else f"workeroo_lab_{channel}"
        request.env["bus.bus"].sudo()._sendone(name, "workeroo_lab", {"text": text})
        return self._told("notify", channel=name)

    def _row(self):
        return request.env.ref("workeroo_lab.row").sudo().id

    def _told(self, lever, **values):
        return request.make_json_response({"lever": lever, "pid": os.getpid(), **values})
