"""What is here? Facts about a host and its Odoo deployments, parsed from text that is given.

This room reads no file and no clock: `probe/` does, and hands over what it saw.
"""
