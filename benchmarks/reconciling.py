"""How quickly, and in what memory, an operator rolls out a thousand plugins, and starts over them.

`python -m benchmarks.reconciling [--plugins 1000]`, as root, on a machine that has built the cluster of the
tests. The plugins have no pods, so this is the operator's work and that of the API server.
"""

import argparse
import os
import platform

from tests.cluster import building
from tests.cluster.cluster import Cluster
from tests.cluster.operators import MANIFESTS

from benchmarks.many_plugins import Figures, Peer, Subject, measure
from benchmarks.run import busyness
from benchmarks.sections import write_section

SUBJECTS = {"Azora's operator": Subject, "kopf with its defaults": Peer}
BARS = {"rolled_out": 120.0, "first_mb": 300.0, "settled": 10.0, "writes": 0}


def main() -> None:
    """Measure once, print the figures, and write them into the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plugins", type=int, default=1000)
    parser.add_argument("--no-page", action="store_true", help="leave docs/benchmarks.md as it is")
    given = parser.parse_args()
    text = section(given.plugins, *_measured(given.plugins))
    print(text)
    if not given.no_page:
        write_section("reconciling", text)


def section(plugins: int, found: dict[str, Figures], busy: float) -> str:
    """The part of the page that tells of it."""
    on = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    rows = "\n".join(f"| {name} | {_row(each)} |" for name, each in found.items())
    return f"""\
## The operator over many plugins

{plugins:,} AzoraPlugins without pods, each with a Deployment, a ConfigMap, a ServiceAccount and a NetworkPolicy,
looked after by one operator and then by the other, in the same run; Kubernetes runs beside it, on {on}, busy with
other things ×{busy:.1f} (`python -m benchmarks.reconciling`).

| | first roll-out, s | peak memory, MB | started again, s | peak memory, MB | writes |
|---|---:|---:|---:|---:|---:|
{rows}
| what we promise | ≤ {BARS["rolled_out"]:.0f} | ≤ {BARS["first_mb"]:.0f} | ≤ {BARS["settled"]:.0f} | | {BARS["writes"]} |

A first roll-out ends when every plugin is Ready, which takes a look at its Deployment; that of kopf, which
knows nothing of them, when all children are there. It makes the same children by the same functions, in handlers
of creation, change and resumption as its tutorial has them. Started again over what is as it should be, an
operator has settled when it has looked at every plugin; the writes are those that the API server counts.
"""


def _row(figures: Figures) -> str:
    times = f"{figures.rolled_out:.1f} | {figures.first_mb:.0f} | {figures.settled:.1f}"
    return f"{times} | {figures.again_mb:.0f} | {figures.writes:,}"


def _measured(plugins: int) -> tuple[dict[str, Figures], float]:
    """The figures of each, and by how much others slowed the machine."""
    binaries = building.built()
    if binaries is None:
        raise SystemExit("The cluster is not built: python -m tests.cluster.building")
    found: dict[str, Figures] = {}
    busy = busyness()
    for name, make in SUBJECTS.items():
        print(f"measuring {name}", flush=True)
        found[name] = _alone(Cluster(binaries), make, plugins)
        print(f"{name}: {found[name]}", flush=True)
    return found, max(busy, busyness())


def _alone(cluster: Cluster, make: type[Subject], plugins: int) -> Figures:
    """The figures of one operator on a cluster of its own."""
    try:
        cluster.start()
        cluster.kubectl("apply", "--kustomize", str(MANIFESTS / "crds"))
        cluster.kubectl.wait("condition=Established", "crd", "--all")
        return measure(cluster, cluster.kubectl.within("many"), make, plugins)
    finally:
        cluster.close()


if __name__ == "__main__":
    main()
