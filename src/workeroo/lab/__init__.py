"""The sandbox: a real Odoo, PostgreSQL and nginx on this machine, disposable."""
