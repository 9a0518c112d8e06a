"""The moment at which a restored campus takes the place of what was there: before it the old, then the new.

Everything lies ready below `restoring/`. Its file `ready` lists what goes where; whoever owns the
folder next carries the list out to its end, however often somebody was killed over it.
"""

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import orjson

STAGE, READY, ASIDE = "restoring", "ready", "replaced-"


@dataclass
class Moves:
    """What goes where: (source, target), or (None, target) for what is only set aside."""

    aside: str
    moves: list[tuple[str | None, str]] = field(default_factory=list)

    def put(self, source: Path, target: Path) -> None:
        self.moves.append((str(source), str(target)))

    def set_aside(self, target: Path) -> None:
        self.moves.append((None, str(target)))


def switch(data_dir: Path, moves: Moves) -> None:
    """Say that everything is ready, and do it."""
    stage = data_dir / STAGE
    os.sync()
    part = stage / f".{READY}"
    part.write_bytes(orjson.dumps({"aside": moves.aside, "moves": moves.moves}))
    part.rename(stage / READY)
    os.sync()
    finish_restore(data_dir)


def finish_restore(data_dir: Path) -> bool:
    """Carry out a switch that was begun; whether there was one. The caller owns the folder."""
    stage = data_dir / STAGE
    ready = stage / READY
    if not ready.exists():
        return False
    plan = orjson.loads(ready.read_bytes())
    for source, target in plan["moves"]:
        if source is None or Path(source).exists():
            _set_aside(data_dir, Path(target), data_dir / plan["aside"])
        if source is not None and Path(source).exists():
            _moved(Path(source), Path(target))
    os.sync()
    ready.unlink()
    shutil.rmtree(stage)
    return True


def _set_aside(data_dir: Path, target: Path, aside: Path) -> None:
    """Once only: what lies at the target after that is what was put there."""
    inside = target.is_relative_to(data_dir)
    place = aside / (target.relative_to(data_dir) if inside else f"keys/{target.name}")
    if target.exists() and not place.exists():
        _moved(target, place)


def _moved(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.move(source, target)
