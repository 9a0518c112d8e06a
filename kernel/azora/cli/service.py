"""`azora service`: a systemd unit that starts the campus with the machine, walled in."""

import os
import pwd
import shlex
import sys
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from azora.cli.output import console

if TYPE_CHECKING:
    from azora.settings.campus import CampusSettings

NAME = "azora"
FOLDER = Path("/etc/systemd/system")
STATE = Path("/var/lib/azora")
ENVIRONMENT = Path("/etc/azora/environment")

_FILES = ("--certificate", "--key")

UNIT = """\
[Unit]
Description=Azora, the campus {campus}
Wants=network-online.target
After=network-online.target postgresql.service rabbitmq-server.service redis-server.service

[Service]
Type=notify
NotifyAccess=all
ExecStart={command}
EnvironmentFile=-{environment}
Environment=AZORA_DATA_DIR={data}
WorkingDirectory={data}
{account}
Restart=on-failure
RestartSec=2
TimeoutStartSec=300
TimeoutStopSec={patience}
WatchdogSec=60
KillMode=mixed
UMask=0077
LimitNOFILE=65536

# It writes into its own folder and nowhere else, and sees little of the machine.
ProtectSystem=strict
{writes}ProtectHome={home}
PrivateTmp=yes
PrivateDevices=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
ProtectProc=invisible
ProcSubset=pid
NoNewPrivileges=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RemoveIPC=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
{capabilities}

[Install]
WantedBy=multi-user.target
"""

User = Annotated[str | None, typer.Option(help="Account to run as; without it systemd makes one.")]
Options = Annotated[
    list[str] | None, typer.Argument(help="What `azora up` is given: -- --tls --host 0.0.0.0")
]


def service(
    options: Options = None,
    user: User = None,
    data: Annotated[Path, typer.Option(help="The campus's folder.")] = STATE,
    write: Annotated[bool, typer.Option("--write", help=f"Write it into {FOLDER}.")] = False,
) -> None:
    """Print a systemd unit for this campus, or write it and say what to type next."""
    from azora.cli.campus import campus_settings

    settings = campus_settings(str(data))
    text = unit(settings, options or [], user)
    if not write:
        sys.stdout.write(text)
        return
    path = FOLDER / f"{NAME}.service"
    _put(path, text)
    out = console()
    out.print(f"[green]✓[/] {path} is written. Settings of its own go into {ENVIRONMENT}. Next:")
    for line in (
        "systemctl daemon-reload",
        f"systemctl enable --now {NAME}",
        f"systemctl status {NAME}",
        f"journalctl -u {NAME} -f",
    ):
        out.print(f"  {line}")


def unit(settings: "CampusSettings", options: list[str], user: str | None) -> str:
    """The unit's text. Raises Invalid where it could not work."""
    data = settings.data_dir
    own = STATE in (data, *data.parents)
    given = [int(after) for option, after in pairwise(options) if option == "--port"]
    port = [settings.port, *given][-1]
    command = [sys.executable, "-m", "azora.command", "up", *_absolute(options)]
    return UNIT.format(
        campus=settings.campus_id,
        command=shlex.join(command).replace("%", "%%"),
        environment=ENVIRONMENT,
        data=data,
        account=_account(user, data, own=own),
        patience=int(settings.shutdown_grace * 2) + 10,
        writes="" if own else f"ReadWritePaths={data}\n",
        home="read-only" if _in_home(data, Path(sys.prefix)) else "yes",
        capabilities=_capabilities(privileged=port < 1024 or "--tls" in options),
    )


def _absolute(options: list[str]) -> list[str]:
    """The options with their files' whole paths: systemd starts elsewhere."""
    before = ["", *options]
    return [
        str(Path(value).absolute()) if option in _FILES else value
        for option, value in zip(before, options, strict=False)
    ]


def _account(user: str | None, data: Path, *, own: bool) -> str:
    """Who it runs as: an account of the machine, or one that systemd makes for as long as it runs."""
    from azora.errors import Invalid

    within = data.relative_to(STATE.parent) if own else ""
    state = f"StateDirectory={within}\nStateDirectoryMode=0700"
    if user is None:
        if not own:
            raise Invalid(
                f"an account that systemd makes keeps its data below {STATE}: give --user"
            )
        return f"DynamicUser=yes\n{state}"
    try:
        pwd.getpwnam(user)
    except KeyError:
        raise Invalid(f"this machine has no account {user}: adduser --system {user}") from None
    return f"User={user}\n{state}" if own else f"User={user}"


def _capabilities(*, privileged: bool) -> str:
    if not privileged:
        return "CapabilityBoundingSet="
    return "CapabilityBoundingSet=CAP_NET_BIND_SERVICE\nAmbientCapabilities=CAP_NET_BIND_SERVICE"


def _in_home(*paths: Path) -> bool:
    homes = (Path("/home"), Path("/root"))
    return any(home in path.parents for path in paths for home in homes)


def _put(path: Path, text: str) -> None:
    from azora.errors import ServiceError

    try:
        path.write_text(text)
        os.chmod(path, 0o644)
    except OSError as error:
        raise ServiceError(
            f"{path} cannot be written ({error.strerror}): run this as root, or pipe the unit there.",
            code="unit_not_written",
        ) from None
