"""A Docker engine that can run kind's nodes: the one that is running, or one that we start where nothing answers.

A running engine is never touched. One that we start keeps its process id and log in our cache folder, so that `down`
can end exactly that one.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from local import processes
from local.command import run, succeeds
from local.errors import CommandFailed, LocalError
from local.packages import find_program
from local.progress import step
from local.settings import BASE_IMAGE, CACHE, LOCAL

#: Number of CAP_SYS_RESOURCE in the kernel's capability sets (capabilities(7)).
CAP_SYS_RESOURCE = 24
RUNTIME = "without-sys-resource"
STATE = CACHE / "docker"
PID_FILE = STATE / "dockerd.pid"
LOG = STATE / "dockerd.log"
START_SECONDS = 60
#: Pid files, ours and the engine's own, and the program that each of them should name.
LEFTOVERS = {
    PID_FILE: "dockerd",
    Path("/run/docker.pid"): "dockerd",
    Path("/run/docker/containerd/containerd.pid"): "containerd",
}
CONTAINERD_SOCKET = Path("/run/containerd/containerd.sock")


def answers() -> bool:
    """Whether an engine answers on the socket."""
    return find_program("docker") is not None and succeeds(["docker", "info"], timeout=15)


def ensure_engine() -> None:
    """Start an engine if none answers.

    Raises:
        LocalError: there is none and we may not start one, or it does not come up.
    """
    if answers():
        return
    if os.geteuid() != 0:
        raise LocalError("no Docker engine answers. Start it (as root: systemctl start docker) or run this as root.")
    with step("Docker engine"):
        _start()


def ensure_privileged() -> None:
    """Check that the engine can run privileged containers, as kind's nodes are.

    Raises:
        LocalError: it cannot; the text says which flags it needs.
    """
    try:
        run(["docker", "run", "--rm", "--privileged", BASE_IMAGE, "true"], timeout=60)
    except CommandFailed as error:
        if has_sys_resource():
            raise
        raise LocalError(
            "this machine lacks CAP_SYS_RESOURCE and the running Docker engine cannot run privileged containers. Stop "
            "it, so that this command starts one, or start it with "
            f"--add-runtime {RUNTIME}={_installed_runtime()} --default-runtime {RUNTIME}"
        ) from error


def has_sys_resource(status: str | None = None) -> bool:
    """Whether the bounding set in a /proc/<pid>/status text (ours by default) has CAP_SYS_RESOURCE."""
    text = Path("/proc/self/status").read_text() if status is None else status
    line = next(line for line in text.splitlines() if line.startswith("CapBnd:"))
    return bool(int(line.split()[1], 16) >> CAP_SYS_RESOURCE & 1)


def stop_engine() -> bool:
    """End the engine that we started, if there is one; whether there was."""
    pid = processes.pid_in(PID_FILE, "dockerd")
    if pid is None:
        return False
    with step("stopping the Docker engine that was started here"):
        os.kill(pid, signal.SIGTERM)
        _wait_until(lambda: processes.pid_in(PID_FILE, "dockerd") is None, "the Docker engine does not end")
    return True


def _start() -> None:
    STATE.mkdir(parents=True, exist_ok=True)
    silent = processes.named("dockerd")
    if silent:
        raise LocalError(f"a Docker engine runs (process {silent[0]}) but does not answer; end it or wait for it")
    _clear_leftovers()
    command = [find_program("dockerd") or "dockerd", "--pidfile", str(PID_FILE), *_daemon_flags()]
    path = f"{os.environ.get('PATH', '')}:/usr/local/sbin:/usr/sbin:/sbin"
    with LOG.open("ab") as log:
        # A session of its own: the engine outlives this command and its terminal.
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env={**os.environ, "PATH": path},
        )
    _wait_until(answers, f"the Docker engine does not come up; its log is {LOG}")


def _clear_leftovers() -> None:
    """Remove what a killed engine left and a new one would believe: files which name a process or lead to one.

    The number in a pid file may belong to another program by now; and dockerd takes a socket of containerd for a
    living one.
    """
    for file, program in LEFTOVERS.items():
        if processes.pid_in(file, program) is None:
            file.unlink(missing_ok=True)
    if CONTAINERD_SOCKET.is_socket() and not processes.listens(CONTAINERD_SOCKET):
        CONTAINERD_SOCKET.unlink()


def _daemon_flags() -> list[str]:
    flags = []
    if not Path("/run/systemd/system").is_dir():
        flags += ["--exec-opt", "native.cgroupdriver=cgroupfs"]
    if not has_sys_resource():
        flags += ["--add-runtime", f"{RUNTIME}={_installed_runtime()}", "--default-runtime", RUNTIME]
    return flags


def _installed_runtime() -> Path:
    """The runtime wrapper, copied to a place which stays when this checkout goes."""
    STATE.mkdir(parents=True, exist_ok=True)
    target = STATE / "runc-without-sys-resource"
    fresh = target.with_suffix(".new")
    shutil.copy2(LOCAL / "docker" / "runc-without-sys-resource", fresh)
    fresh.replace(target)
    return target


def _wait_until(condition: Callable[[], bool], failure: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise LocalError(failure)
        time.sleep(0.3)
