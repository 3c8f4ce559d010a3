"""What is Odoo? Its series, options, log lines, routes and signals, as tables.

Nothing here reads anything. Code elsewhere never compares a series with a number: it asks a table.
"""
