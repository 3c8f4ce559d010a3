"""The row that can be locked, and what the scheduled action does."""

from odoo import fields, models

from .. import levers


class WorkerooLabLever(models.Model):
    _name = "workeroo.lab.lever"
    _description = "Workeroo Lab Lever"

    name = fields.Char(required=True)
    pulls = fields.Integer()
    cron_sleep_seconds = fields.Float()
    cron_burn_seconds = fields.Float()
    cron_hold_mib = fields.Integer()

    def lock_row(self):
        """Lock this row until the transaction ends."""
        self.env.cr.execute(
            "SELECT id FROM workeroo_lab_lever WHERE id IN %s FOR UPDATE", [tuple(self.ids)]
        )

    def pull(self):
        """What the scheduled action runs."""
        for lever in self:
            levers.hold(lever.cron_hold_mib)
            levers.burn(levers.seconds(lever.cron_burn_seconds))
            levers.sleep(levers.seconds(lever.cron_sleep_seconds))
            lever.pulls += 1
