"""Does a running server really do what a setting promises? Trials on a target that is given.

One file for each proof: it asks, and gives what it heard to a judge that touches nothing.
"""
