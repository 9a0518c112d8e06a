"""The `azora` command's entry, and the one place that monkey-patches: before anything else loads."""

# ruff: noqa: E402
import gc
import os
import warnings

gc.set_threshold(50_000, 20, 20)  # loading makes many objects and hardly any garbage

os.environ.setdefault("EVENTLET_NO_GREENDNS", "yes")
warnings.filterwarnings("ignore", message="\\s*Eventlet is deprecated")

import eventlet

eventlet.monkey_patch()

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit with its code: 0 done, 1 refused or failed, 2 misused, 130 interrupted."""
    from azora.cli.app import run

    raise SystemExit(run(arguments))


if __name__ == "__main__":
    main()
