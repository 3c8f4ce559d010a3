"""Which pages of the docs are made from code? One module for each kind."""
