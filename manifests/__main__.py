"""`python -m manifests`: write anew all that is generated here and in charts/, after a change of its source."""

import subprocess
import sys

from manifests.made import ROOT, files

from azora_operator.crds import write

if __name__ == "__main__":
    write(ROOT / "manifests" / "crds")
    describe = [sys.executable, "-m", "azora.command", "describe", "--all", "manifests/plugins"]
    subprocess.run(describe, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    for path, text in files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
