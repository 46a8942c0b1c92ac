"""The ways to copy a site that are measured beside each other, between the same two servers.

The others rewrite nothing, take no account of what is written meanwhile, and check nothing afterwards. mysqldump runs
beside the target's server, in its container, with MySQL's own programs.
"""

import os
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from local import packages
from tests.bench.engine_parts import Part, command_of, in_turn, together
from tests.engine.containers import Container
from tests.engine.harness import Bench
from tests.engine.process import Clone
from tests.engine.servers import TESTER, Server
from tests.engine.sites import Site

_CPU_FILES = ("/sys/fs/cgroup/cpu.stat", "/sys/fs/cgroup/cpuacct/cpuacct.usage")


@dataclass
class Measured:
    """One run.

    Args:
        wall: Seconds.
        cpu: Seconds by who used them: tool, php, source, target.
        peak_mb: Most memory of the tool, MiB; 0 where it is not measured.
        steps: Seconds of the engine's steps.
    """

    wall: float
    cpu: dict[str, float]
    peak_mb: float = 0.0
    steps: dict[str, float] = field(default_factory=dict)


class Runs:
    """Copies of one site by several ways.

    Args:
        bench: Servers.
        site: What is copied.
        environment: More of the engine's environment.
    """

    def __init__(self, bench: Bench, site: Site) -> None:
        packages.ensure(("mydumper", "rsync"))
        self._bench = bench
        self._site = site
        self._containers = {
            "php": bench.web.container,
            "source": site.server.container,
            "target": bench.target.container,
        }

    def engine(self) -> Measured:
        """Our engine, over HTTP. The web server itself is the proxy that knows the site's name: nothing is between."""
        with self._bench.clone(self._bench.target) as clone:
            web = f"http://127.0.0.1:{self._bench.web.container.port}"
            started = self._start()
            outcome = clone.start(self._site.home, self._site.new_key(), web).wait()
            measured = self._end(started)
            if outcome.status:
                raise RuntimeError(f"the engine ended with {outcome.status}: {outcome.text}")
            measured.cpu["tool"], measured.peak_mb = outcome.seconds, outcome.peak_mb
            measured.steps = clone.report()["seconds"]
            return measured

    def dump_and_tar(self) -> Measured:
        """`mysqldump | mysql` and `tar | tar` at the same time."""
        return self._others(lambda clone: together(self._dump(clone), self._tar(clone)))

    def dump_then_tar(self) -> Measured:
        """The same, one after the other."""
        return self._others(lambda clone: in_turn(self._dump(clone), self._tar(clone)))

    def mydumper_and_rsync(self) -> Measured:
        """`mydumper`, then `myloader`, and `rsync` at the same time.

        myloader leaves the server's mode as it is, and WordPress's dates of zeros need another one.
        """
        target = self._bench.target
        ((mode,),) = target.run("SELECT @@GLOBAL.sql_mode")
        target.run("SET GLOBAL sql_mode = ''")
        try:
            return self._others(lambda clone: together(self._mydumper(clone), self._rsync(clone)))
        finally:
            target.run(f"SET GLOBAL sql_mode = '{mode.decode()}'")

    def _others(self, copy: Callable[[Clone], None]) -> Measured:
        with self._bench.clone(self._bench.target) as clone:
            clone.root.mkdir()
            started = self._start()
            copy(clone)
            measured = self._end(started)
            copied = clone.rows("SELECT COUNT(*) FROM wp_postmeta")
            there = self._site.server.run("SELECT COUNT(*) FROM wp_postmeta", database=self._site.account.database)
            if copied != there:
                raise RuntimeError("a copy by other tools is not complete")
            return measured

    def _dump(self, clone: Clone) -> Part:
        source, password = self._site.server, self._site.server.password
        dump = (
            f"mysqldump --host={source.container.name} --user={TESTER} --password={password} --single-transaction"
            f" --quick --no-tablespaces --set-gtid-purged=OFF {self._site.account.database}"
        )
        load = f"mysql --socket=/run/mysqld/mysqld.sock --user={TESTER} --password={clone.server.password}"
        pipe = f"set -o pipefail; {dump} | {load} {clone.account.database}"
        return command_of("docker", "exec", clone.server.container.name, "bash", "-c", pipe)

    def _mydumper(self, clone: Clone) -> Part:
        folder = clone.folder / "dump"
        dump = ["mydumper", *_login(self._site.server), "--database", self._site.account.database]
        dump += ["--outputdir", str(folder), "--threads", "4", "--rows", "100000", "--trx-consistency-only"]
        load = ["myloader", *_login(clone.server), "--database", clone.account.database]
        load += ["--source-db", self._site.account.database, "--directory", str(folder), "--threads", "4"]
        first, second = command_of(*dump), command_of(*load)
        return lambda: in_turn(first, second)

    def _tar(self, clone: Clone) -> Part:
        return command_of(
            "bash", "-c", 'set -o pipefail; tar -C "$0" -cf - . | tar -C "$1" -xf -', self._root, str(clone.root)
        )

    def _rsync(self, clone: Clone) -> Part:
        return command_of("rsync", "--archive", "--whole-file", f"{self._root}/", f"{clone.root}/")

    @property
    def _root(self) -> str:
        return str(self._site.root)

    def _start(self) -> tuple[float, float, dict[str, float]]:
        """What was written before is on the disk, so that no run pays for another one's writes."""
        os.sync()
        return time.monotonic(), _children(), {name: cpu(found) for name, found in self._containers.items()}

    def _end(self, started: tuple[float, float, dict[str, float]]) -> Measured:
        began, children, containers = started
        wall = time.monotonic() - began
        used = {name: cpu(found) - containers[name] for name, found in self._containers.items()}
        return Measured(wall, used | {"tool": _children() - children})


def cpu(container: Container) -> float:
    """CPU seconds of a container so far, by its control group."""
    text = container.run("sh", "-c", f"cat {' '.join(_CPU_FILES)} 2>/dev/null || true")
    words = dict(line.split() for line in text.splitlines() if " " in line)
    return int(words["usage_usec"]) / 1e6 if "usage_usec" in words else int(text.split()[0]) / 1e9


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _login(server: Server) -> list[str]:
    return [
        "--ssl",
        "--host=127.0.0.1",
        f"--port={server.container.port}",
        f"--user={TESTER}",
        f"--password={server.password}",
    ]
