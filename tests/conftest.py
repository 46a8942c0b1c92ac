"""What all tests share: the line that says how long each part of the run took."""

from __future__ import annotations

import os
from collections import defaultdict

import pytest
from hypothesis import HealthCheck, settings

# How fast an example runs says nothing on a shared machine, and every run must see the same examples.
settings.register_profile(
    "project", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.load_profile("project")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the seconds of the parts that ran before pytest, then those of each test folder."""
    folders: dict[str, float] = defaultdict(float)
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                folders["/".join(report.nodeid.split("/")[:2])] += report.duration
    parts = [os.environ["PARTS_SO_FAR"]] if "PARTS_SO_FAR" in os.environ else []
    parts += [f"{folder} {seconds:.0f} s" for folder, seconds in sorted(folders.items())]
    terminalreporter.write_line("time: " + " · ".join(parts))
