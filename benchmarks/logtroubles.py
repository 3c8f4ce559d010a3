"""What does a server write when something goes wrong, and what does it write besides requests?

Texts only, as Odoo words them; where series differ, `logroutes.Dialect` says how. An entry of the
log is a line with a prefix, and the lines of a traceback below it.
"""

from __future__ import annotations

_HTTP_TRACE = """\
Traceback (most recent call last):
  File "/usr/lib/python3/dist-packages/odoo/http.py", line 2554, in __call__
    response = request._serve_db()
  File "/usr/lib/python3/dist-packages/odoo/http.py", line 2083, in _serve_db
    return service_model.retrying(self._serve_ir_http, self.env)
  File "/usr/lib/python3/dist-packages/odoo/service/model.py", line 152, in retrying
    result = func()
"""

POOL_FULL = (
    _HTTP_TRACE
    + """\
  File "/usr/lib/python3/dist-packages/odoo/sql_db.py", line 657, in borrow
    raise PoolError('The Connection Pool Is Full')
psycopg2.pool.PoolError: The Connection Pool Is Full"""
)

MEMORY_ERROR = (
    _HTTP_TRACE
    + """\
  File "/usr/lib/python3/dist-packages/odoo/addons/base/models/ir_actions_report.py", line 721
    pdf_content_stream = io.BytesIO(self._run_wkhtmltopdf(bodies))
MemoryError"""
)

VALUE_ERROR = (
    _HTTP_TRACE
    + """\
  File "/opt/shop/addons/shop_prices/models/pricelist.py", line 88, in _compute_price
    price = float(rule.formula)
ValueError: could not convert string to float: 'café \N{EURO SIGN} 3'"""
)

CPU_EXCEEDED = """\
Traceback (most recent call last):
  File "/usr/lib/python3/dist-packages/odoo/service/server.py", line 1233, in _runloop
    self.process_work()
  File "/usr/lib/python3/dist-packages/odoo/service/server.py", line 1118, in signal_time_expired
    raise Exception('CPU time limit exceeded.')
Exception: CPU time limit exceeded."""

SERIALIZATION = """\
bad query: UPDATE "stock_quant" SET "reserved_quantity" = 4.0 WHERE id IN (812)
ERROR: could not serialize access due to concurrent update
"""

TROUBLES = {"pool-full": 1, "memory-error": 2, "code-error": 5, "serialization-retry": 12}
"""How often each comes, against the others."""

BURST = {"pool-full": 5}
"""Where the connections are used up, one request after the other fails."""

FAILURES = {"pool-full": POOL_FULL, "memory-error": MEMORY_ERROR, "code-error": VALUE_ERROR}
"""What the traceback says of those that are answered with 500."""

JOBS = (
    "Base: Auto-vacuum internal data",
    "Mail: Email Queue Manager",
    "Notification: Delete Notifications older than 6 Months",
    "Procurement: run scheduler",
    "Send invoices automatically",
    "Caf\N{LATIN SMALL LETTER E WITH ACUTE}: import orders",
    "SMS: SMS Queue Manager",
    "Website Visitor : clean inactive visitors",
)

ASIDES = (
    (30, "INFO", "odoo.addons.base.models.res_users",
     "Login successful for db:shop login:user{n}@example.com from 10.0.{a}.{b}"),
    (6, "INFO", "odoo.addons.base.models.res_users",
     "Login failed for db:shop login:user{n}@example.com from 10.0.{a}.{b}"),
    (10, "INFO", "odoo.addons.base.models.ir_http", "Generating routing map for key 1"),
    (12, "INFO", "odoo.addons.mail.models.mail_mail",
     "Mail with ID {n} and Message-Id '<{n}.{a}@shop.example.com>' successfully sent"),
    (5, "INFO", "odoo.addons.base.models.ir_attachment", "filestore gc {n} checked, {a} removed"),
    (4, "WARNING", "odoo.http", "<function odoo.addons.website_sale.cart> ignores {{'debug'}}"),
    (3, "WARNING", "odoo.models", "product.template.create() with unknown fields: x_code_{a}"),
    (2, "WARNING", "odoo.addons.mail.models.mail_thread",
     "No partner found: <b>J\N{LATIN SMALL LETTER U WITH DIAERESIS}rgen</b>"),
)  # fmt: skip
"""Weight, level, logger and message of lines that tell nothing about workers."""
