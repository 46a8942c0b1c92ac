"""A process is what /proc says now, not what a file said once."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from local import processes


def process(proc: Path, pid: int, name: str, state: str = "S") -> None:
    (proc / str(pid)).mkdir()
    (proc / str(pid) / "stat").write_text(f"{pid} ({name}) {state} 1 1")


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    (tmp_path / "sys").mkdir()
    process(tmp_path, 10, "dockerd")
    process(tmp_path, 11, "dockerd", "Z")
    process(tmp_path, 12, "bash")
    return tmp_path


def test_zombies_are_not_alive(proc: Path) -> None:
    assert processes.named("dockerd", proc) == [10]


@pytest.mark.parametrize(("text", "found"), [("10", 10), ("11\n", None), ("12", None), ("99", None), ("", None)])
def test_a_pid_file_counts_only_for_its_program(proc: Path, text: str, found: int | None) -> None:
    (proc / "engine.pid").write_text(text)
    assert processes.pid_in(proc / "engine.pid", "dockerd", proc) == found


def test_no_pid_file(proc: Path) -> None:
    assert processes.pid_in(proc / "nothing", "dockerd", proc) is None


def test_a_socket_without_a_listener(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        assert processes.listens(path)
    assert not processes.listens(path)
