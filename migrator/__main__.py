"""Lets `python -m migrator` do what the command `migrator` does."""

from migrator.cli import main

main()
