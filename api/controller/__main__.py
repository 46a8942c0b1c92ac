"""`python -m api.controller` is `clone-controller`."""

from api.controller.cli import main

main()
