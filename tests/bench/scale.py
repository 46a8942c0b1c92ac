"""How many clones kro and the controller bear: `python -m tests.bench.scale`.

100, 300 and 1,000 `WordPressClone` objects are made at once on simulated nodes, followed until the status of each says
Ready and that its import has ended, then deleted until nothing is left. Beside them the parts of one clone, and of the
least and the greatest count, as plain manifests. Numbers go to build/bench/scale.json.
"""

import argparse
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from tests.bench import scale_plane
from tests.bench.control_plane import ControlPlane
from tests.bench.scale_flags import FLAGS, restart_kro
from tests.bench.scale_growth import growth_of, growth_of_memory
from tests.bench.scale_imports import Imports
from tests.bench.scale_objects import Clones, api_of, until
from tests.bench.scale_plain import Plain, template_of
from tests.bench.scale_run import PATIENCE, Run
from tests.bench.scale_single import compare
from tests.bench.scale_table import write_docs

RESULT = Path(__file__).resolve().parents[2] / "build" / "bench" / "scale.json"


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--counts", default="100,300,1000", help="how many clones at once, one measurement for each")
    parser.add_argument("--kro", default="", help="flags for kro, beside the deployed ones or in their place")
    parser.add_argument("--flags", action="store_true", help="the least count also with other flags of kro's")
    parser.add_argument("--rounds", type=int, default=5, help="of the single clone; the median counts")
    parser.add_argument("--write-docs", action="store_true", help="put the table into docs/benchmarks.md")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))  # with all that has to be removed
    counts = sorted(int(word) for word in options.counts.split(","))
    nodes = -(-counts[-1] // scale_plane.PODS_ON_A_NODE)
    with scale_plane.running(nodes, options.kro.split()) as plane:
        result = measure(plane, counts, options.rounds, flags=options.flags)
    print(json.dumps(result, indent=2))
    if options.write_docs:
        write_docs(result)


def measure(plane: ControlPlane, counts: list[int], rounds: int, *, flags: bool) -> dict[str, Any]:
    """A single clone beside plain manifests, then each count in turn; what is known so far is written after each."""
    api = api_of(plane.kubeconfig())
    clones = Clones(api, scale_plane.NAMESPACE)
    database = plane.port(scale_plane.DATABASE_PORT)
    result: dict[str, Any] = {"processors": os.cpu_count(), "counts": [], "plain": [], "flags": []}

    def run(count: int, place: list[dict[str, Any]], **facts: str) -> None:
        found = Run(plane, clones, count, {"count": count, **facts})
        place.append(found.facts)
        found.measure(lambda: write(result))

    with Imports(api, scale_plane.NAMESPACE, database, plane.files / "ca.crt").running():
        result["single"] = compare(plane, rounds)
        plain = Plain(plane, api, clones, template_of(plane))
        until(lambda: not clones.are_left(), lambda: f"nothing is left: {clones.left()}", PATIENCE)
        for count in (*counts, counts[0]):  # the least one again: the machine is not the same at the end
            run(count, result["counts"])
            if count in (counts[0], counts[-1]):
                result["plain"].append(plain.measure(count))
        result["growth"] = {**growth_of(result["counts"]), **growth_of_memory(result["counts"])}
        result["plain_growth"] = growth_of(result["plain"])
        for name, given in FLAGS.items() if flags else ():
            restart_kro(plane, given)
            run(counts[0], result["flags"], kro=name)
    write(result)
    return result


def write(result: dict[str, Any]) -> None:
    """Put the numbers into the file."""
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
