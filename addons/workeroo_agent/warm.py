"""Which pages fill a worker's caches, and how does a process answer them to nobody?"""

import contextlib
import io
import logging
import signal
import time

from odoo import http
from odoo.modules.registry import Registry

_logger = logging.getLogger(__name__)

PAGES = (
    ("web", "/web/login"),
    ("website", "/"),
    ("website_sale", "/shop"),
    ("website_blog", "/blog"),
    ("website_event", "/event"),
    ("website_slides", "/slides"),
    ("website_forum", "/forum"),
    ("website_helpdesk", "/helpdesk"),
    ("website_hr_recruitment", "/jobs"),
)
"""A module and the public page that it brings."""


class OverTime(BaseException):
    """The time for all pages is over: no page may catch it as an error of its own."""


def answer(dbnames, wanted, seconds):
    """Answer the pages for each database, twice: what the first answer only stored, the second one
    reads. Return how many were answered without an error."""
    answered = 0
    with _at_most(seconds):
        for dbname in dbnames:
            for path in [*_paths(dbname, wanted)] * 2:
                answered += _answer(dbname, path)
    return answered


def _paths(dbname, wanted):
    if wanted.strip():
        return [path.strip() for path in wanted.split(",") if path.strip()]
    installed = Registry(dbname)._init_modules
    return [path for module, path in PAGES if module in installed]


def _answer(dbname, path):
    """One page, as a robot asks for it: it is no visitor, and no session is kept for it."""
    status = []

    def start_response(line, _headers, _exc_info=None):
        status.append(line)
        return io.BytesIO().write

    began = time.monotonic()
    body = http.root(_request(dbname, path), start_response)
    try:
        for _ in body:
            pass
    finally:
        if hasattr(body, "close"):
            body.close()
    _logger.debug("%s of %s: %s, %.2f s", path, dbname, status[0], time.monotonic() - began)
    return status[0] < "400"


def _request(dbname, path):
    path, _, query = path.partition("?")
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SCRIPT_NAME": "",
        "RAW_URI": path,
        "REQUEST_URI": path,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "REMOTE_PORT": "0",
        "HTTP_HOST": "localhost",
        "HTTP_USER_AGENT": "workeroo-agent (bot)",
        "HTTP_ACCEPT_ENCODING": "gzip",
        "HTTP_X_ODOO_DATABASE": dbname,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


@contextlib.contextmanager
def _at_most(seconds):
    """Break off what runs longer: a page may wait for somebody who never answers."""

    def over(_signum, _frame):
        raise OverTime

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    except OverTime:
        _logger.warning("the pages took longer than %s s: the rest is left to the workers", seconds)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
