"""The `azora` command: its own commands, and `azora <plugin> …` for what plugins register."""

import sys
from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperGroup

from azora.cli import (
    audit,
    backup,
    call,
    demo,
    describe,
    doctor,
    events,
    job,
    migrate,
    new,
    orphans,
    plugins,
    restore,
    service,
    settings,
    up,
)
from azora.cli.output import complain


class Commands(TyperGroup):
    """Azora's commands; a name that is none of them is looked for among the plugins."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        return super().get_command(ctx, cmd_name) or _plugin_group(cmd_name)


app = typer.Typer(
    cls=Commands,
    help="Azora OS: a self-hosted campus.",
    epilog="Plugins bring commands of their own: azora <plugin> --help",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("up")(up.up)
app.command("run")(up.run)
app.command("call")(call.call)
app.command("job")(job.job)
app.command("describe")(describe.describe)
app.command("openapi")(describe.openapi)
app.command("asyncapi")(describe.asyncapi)
app.command("contracts")(describe.contracts)
app.command("migrate")(migrate.migrate)
app.command("doctor")(doctor.doctor)
app.command("orphans")(orphans.orphans)
app.command("settings")(settings.settings)
app.command("service")(service.service)
app.command("new")(new.new)
app.command("restore")(restore.restore)
app.add_typer(backup.app, name="backup")
app.add_typer(plugins.app, name="plugins")
app.add_typer(events.app, name="events")
app.add_typer(audit.app, name="audit")
app.add_typer(demo.app, name="demo")


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code. A user's error is one line, never a traceback."""
    from azora.errors import AzoraError

    try:
        code = app(
            list(arguments) if arguments is not None else sys.argv[1:], standalone_mode=False
        )
        return code if isinstance(code, int) else 0
    except AzoraError as error:
        return complain(error)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if not hasattr(error, "exit_code"):
            raise
        getattr(error, "show", lambda: None)()
        return int(error.exit_code)


def _plugin_group(name: str) -> Any:
    """The commands of one plugin, or None where it is not installed or brings none."""
    from azora.cli.extending import commands_of
    from azora.loader import load_registry

    registry = load_registry()
    return commands_of(registry, name) if name in registry.plugins else None
