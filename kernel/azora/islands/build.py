"""Builds the islands of one plugin: its packages as locked, bundled by esbuild into `static/built/`.

`static/built/islands.json` says which file is which island, and of which sources they were made.
"""

import hashlib
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from azora.islands.node import Npm

HERE = Path(__file__).parent
BUILT = Path("static", "built")
LIST = "islands.json"
_OPTIONS = (
    "--bundle", "--splitting", "--format=esm", "--minify", "--target=es2022", "--charset=utf8",
    "--legal-comments=eof", "--entry-names=[name]-[hash]", "--chunk-names=[name]-[hash]",
    "--asset-names=[name]-[hash]", "--loader:.wasm=file", "--loader:.woff2=file", "--log-level=error",
)  # fmt: skip
_INSTALL = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


class BuildError(Exception):
    """What npm or esbuild could not do."""


def fresh(plugin: Path) -> bool:
    """Whether what is built was made of the present sources."""
    written = plugin / BUILT / LIST
    return written.is_file() and json.loads(written.read_text())["of"] == _sources(plugin)


def build(plugin: Path, npm: Npm) -> list[str]:
    """Build every island of the plugin in this folder; the names of those that are there now."""
    source = plugin / "islands"
    for folder in (HERE, source):
        _install(folder, npm)
    with tempfile.TemporaryDirectory(dir=plugin, prefix=".built-") as temporary:
        made = Path(temporary)
        names = _bundle(source, made, npm) | _copied(source, made)
        written = {"of": _sources(plugin), "islands": names}
        (made / LIST).write_text(json.dumps(written, indent=1, sort_keys=True))
        shutil.rmtree(plugin / BUILT, ignore_errors=True)
        (plugin / BUILT).parent.mkdir(exist_ok=True)
        shutil.copytree(made, plugin / BUILT)
    return sorted(names)


def _install(folder: Path, npm: Npm) -> None:
    """The packages exactly as locked, unless they are there already."""
    lock = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    mark = folder / "node_modules" / ".azora"
    if not mark.is_file() or mark.read_text() != lock:
        _done(npm.run("npm", *_INSTALL, folder=folder))
        mark.parent.mkdir(exist_ok=True)
        mark.write_text(lock)


def _bundle(source: Path, made: Path, npm: Npm) -> dict[str, str]:
    """Each module of the folder as a file whose name bears its content, and its style sheet if any."""
    entries = sorted(file.name for file in source.glob("*.js"))
    about = made / "about.json"
    esbuild = str(HERE / "node_modules" / ".bin" / "esbuild")
    where = (f"--outdir={made}", f"--metafile={about}")
    _done(npm.run(esbuild, *entries, *_OPTIONS, *where, folder=source))
    names = {}
    for file, output in json.loads(about.read_text())["outputs"].items():
        if entry := output.get("entryPoint"):
            names[Path(entry).stem] = Path(file).name
            if style := output.get("cssBundle"):
                names[f"{Path(entry).stem}.css"] = Path(style).name
    about.unlink()
    return names


def _copied(source: Path, made: Path) -> dict[str, str]:
    """Folders of packages that an island reads as they are: `"azora": {"copy": {name: path}}`."""
    wanted: dict[str, str] = _package(source).get("azora", {}).get("copy", {})
    names = {}
    for name, path in wanted.items():
        version = _package(source / "node_modules" / path.partition("/")[0])["version"]
        names[name] = f"{name}-{version}"
        shutil.copytree(source / "node_modules" / path, made / names[name])
    return names


def _package(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "package.json").read_text())


def _sources(plugin: Path) -> str:
    """A digest of all that the islands are made of."""
    digest = hashlib.sha256((HERE / "package-lock.json").read_bytes())
    for file in sorted(plugin.glob("islands/*.*")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _done(finished: Any) -> None:
    if finished.returncode:
        said = (finished.stderr or finished.stdout).strip().splitlines()
        raise BuildError(" ".join(said[:3]))
