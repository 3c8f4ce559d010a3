"""How does the master get ready to fork: which pages does it serve itself, and what is frozen?

Odoo's master loads the registry of each database in `db_name`, then forks. Each worker still fills
its own caches at its first request: routes, views, templates, assets: half a second of a core and
more, in memory of its own. Here the master answers a few pages itself, in its own process and to nobody,
before it forks: the workers inherit full caches. Then `gc.freeze` tells Python's collector to leave
alone what is there, so that the pages of memory stay shared.

    [workeroo_agent]
    ; pages to answer before the first fork; without it: those of the modules that are installed
    warm = /, /shop, /web/login
    ; longest time for all of them, in seconds; 0 for no limit
    seconds = 60
"""

import configparser
import functools
import gc
import logging
import threading
import time

import odoo
from odoo.service import server
from odoo.tools import config

from . import warm

_logger = logging.getLogger(__name__)

SECTION = "workeroo_agent"
DEFAULTS = {"warm": "", "seconds": "60"}


def prepare_workers():
    """Odoo's post_load: follow the loading of the registries by what this module does."""
    server.preload_registries = _then_prepare(server.preload_registries)


def _then_prepare(preload_registries):
    @functools.wraps(preload_registries)
    def preload(dbnames):
        status = preload_registries(dbnames)
        if _forks_workers():
            try:
                _prepare(dbnames or [])
            except (Exception, warm.OverTime):  # whatever it is: a server without warm workers is better than none
                _logger.warning("the workers start cold", exc_info=True)
        return status

    return preload


def _forks_workers():
    return config["workers"] and not config["stop_after_init"] and not odoo.evented


def _settings():
    """This module's own section of odoo.conf: Odoo 19 reads no other than its own."""
    parser = configparser.RawConfigParser()
    parser.read([config["config"]])
    said = parser.items(SECTION) if parser.has_section(SECTION) else []
    return dict(DEFAULTS, **dict(said))


def _prepare(dbnames):
    settings = _settings()
    began = time.monotonic()
    answered = warm.answer(dbnames, settings["warm"], float(settings["seconds"]))
    _say_threads()
    gc.collect()
    gc.freeze()
    _logger.info(
        "workeroo_agent: %s pages answered before the fork in %.1f s, %s objects shared",
        answered,
        time.monotonic() - began,
        gc.get_freeze_count(),
    )


def _say_threads():
    """A fork takes along the thread that forks, and no other."""
    names = [each.name for each in threading.enumerate() if each is not threading.main_thread()]
    if names:
        _logger.warning("the pages started threads that workers will not have: %s", names)
