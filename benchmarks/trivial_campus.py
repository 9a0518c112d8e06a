"""A campus of twenty trivial plugins, started as `azora up` starts one.

`python -m benchmarks.trivial_campus DATA_DIR PORT`
"""

from azora import command  # noqa: F401 – patches first, as the `azora` command does

# isort: split

import sys
from pathlib import Path

from azora.campus import prepare_campus
from azora.cli.campus import control_path
from azora.loader import load_registry
from azora.processes.serving import ServingProcess
from azora.processes.upgrade import upgrade
from azora.settings import load_campus_settings
from benchmarks.plugins import module_of, trivial

PLUGINS = 20


def main(data: str, port: str) -> None:
    settings = load_campus_settings(data_dir=Path(data), port=int(port))
    plugins = [module_of(trivial(number)) for number in range(PLUGINS)]
    registry = load_registry(plugins, installed=False)
    prepare_campus(settings, registry)
    address = f"{settings.host}:{settings.port}"
    process = ServingProcess(settings, registry, None, address, control_path(settings.data_dir))
    upgrade(process.runtime)
    process.start(demo=True)
    process.serve()


main(*sys.argv[1:])
