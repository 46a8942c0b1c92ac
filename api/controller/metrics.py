"""What the controller counts. Names of clones are no labels: there would be no end of them."""

from prometheus_client import Counter, Gauge

ACTIONS = Counter("clone_controller_actions", "Things done to clones.", ["action"])
ERRORS = Counter("clone_controller_errors", "Things that failed and are tried again.", ["action", "code"])
FOLLOWED = Gauge("clone_controller_imports_followed", "Imports whose progress is being followed.")
SWEPT_AT = Gauge("clone_controller_last_sweep_timestamp_seconds", "When the last sweep ended.")
