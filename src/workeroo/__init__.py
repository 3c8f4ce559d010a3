"""Workeroo: the worker processes of Odoo servers, right and kept right."""

__version__ = "0.1.0"
