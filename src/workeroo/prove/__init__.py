"""Does a running server really do what a setting promises? Trials on a target that is given."""
