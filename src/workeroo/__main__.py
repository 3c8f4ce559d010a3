"""`python -m workeroo`: the same door as the `workeroo` command."""

from workeroo.cli import main

main()
