"""The eyes: reads /proc, /sys, files, PostgreSQL and nginx of this host; changes nothing.

The world is an argument: every reader takes the root folder that it reads under.
"""
