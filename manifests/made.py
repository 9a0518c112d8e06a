"""What is made from the manifests and never edited: install.yaml, and the files and schemas of the charts."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from manifests.values import Values, schema

Object = dict[str, Any]
ROOT = Path(__file__).parents[1]
HERE, CHARTS = ROOT / "manifests", ROOT / "charts"

_HEADER = "# Made by `python -m manifests` from {}: edit that, not this.\n"


def files() -> dict[Path, str]:
    """Every file that is made, by its path."""
    return {
        HERE / "install.yaml": _install(),
        HERE / "plugins" / "kustomization.yaml": _listed(plugins()),
        **_copies(sorted((HERE / "crds").glob("azora*.yaml")), CHARTS / "azora-crds" / "files"),
        **_copies(plugins(), CHARTS / "azora" / "files" / "plugins"),
        HERE / "cluster-wide" / "clusterrole.yaml": _everywhere(HERE / "rbac" / "role.yaml"),
        **_copies(
            [HERE / "rbac" / "role.yaml", HERE / "rbac" / "lease.yaml"], CHARTS / "azora" / "files"
        ),
        CHARTS / "azora" / "values.schema.json": json.dumps(schema(Values), indent=2) + "\n",
    }


def plugins() -> list[Path]:
    """The manifest of each plugin of this release."""
    return sorted(
        set((HERE / "plugins").glob("*.yaml")) - {HERE / "plugins" / "kustomization.yaml"}
    )


def leftovers() -> set[Path]:
    """Files beside those that are made, which nothing makes any more."""
    found = [*(CHARTS / "azora").glob("files/**/*.yaml"), *CHARTS.glob("azora-crds/files/*")]
    return set(found) - set(files())


def base(folder: Path = HERE) -> Iterator[Object]:
    """The objects of the kustomize base, in its order."""
    listed = yaml.safe_load((folder / "kustomization.yaml").read_text())
    assert listed.keys() == {"apiVersion", "kind", "resources"}, f"{folder} only lists resources"
    for name in listed["resources"]:
        if (folder / name).is_dir():
            yield from base(folder / name)
        else:
            yield from yaml.safe_load_all((folder / name).read_text())


def _install() -> str:
    return _HEADER.format("manifests/") + yaml.safe_dump_all(base(), sort_keys=False)


def _everywhere(role: Path) -> str:
    """The rights of a Role in every namespace."""
    text = role.read_text().replace("kind: Role\n", "kind: ClusterRole\n")
    return _HEADER.format(role.relative_to(ROOT)) + text.replace("in its own namespace", "in all")


def _listed(paths: list[Path]) -> str:
    """A kustomization of files that lie beside it."""
    whole = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": [path.name for path in paths],
    }
    return _HEADER.format("the plugins of this release") + yaml.safe_dump(whole, sort_keys=False)


def _copies(sources: list[Path], target: Path) -> dict[Path, str]:
    """Helm reads no file outside its chart: each copy says where it comes from."""
    return {
        target / path.name: _HEADER.format(path.relative_to(ROOT)) + path.read_text()
        for path in sources
    }
