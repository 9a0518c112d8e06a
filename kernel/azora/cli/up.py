"""`azora up` starts a campus; `azora run` is what a pod runs: some of its plugins, as one process."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from azora.cli.output import AsJson, DataDir, console, print_json

if TYPE_CHECKING:
    from azora.registry import Registry
    from azora.settings.campus import CampusSettings

Host = Annotated[str | None, typer.Option(help="Address to listen on (AZORA_HOST).")]
Port = Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")]
Tls = Annotated[bool, typer.Option("--tls", help="Serve HTTPS (AZORA_TLS_ENABLED).")]
Certificate = Annotated[
    str | None, typer.Option(help="Its certificate in PEM; without it one is made.")
]
Key = Annotated[str | None, typer.Option(help="The certificate's private key in PEM.")]
Broker = Annotated[str | None, typer.Option(help="amqp://… of RabbitMQ (AZORA_BROKER_URL).")]
Database = Annotated[str | None, typer.Option(help="postgresql://… (AZORA_DATABASE_URL).")]


def up(
    host: Host = None,
    port: Port = None,
    data: DataDir = None,
    tls: Tls = False,
    certificate: Certificate = None,
    key: Key = None,
    empty: Annotated[
        bool,
        typer.Option("--empty", help="No demo data; the first administrator names themselves."),
    ] = False,
    processes: Annotated[
        bool, typer.Option("--processes", help="A process per plugin, over the broker.")
    ] = False,
    broker: Broker = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Start the whole campus here: migrate, seed, serve until Ctrl-C."""
    from azora.cli.campus import campus_settings, locked
    from azora.errors import Invalid
    from azora.whereabouts import remember

    began = time.perf_counter()
    given = {"host": host, "port": port, "broker_url": broker, "database_url": database}
    settings = campus_settings(data, **given, tls=_https(tls, certificate, key))
    if processes and not settings.broker_url:
        raise Invalid("--processes needs a broker: --broker amqp://user:password@host/vhost")
    with locked(settings, always=True):
        remember(settings)
        if processes:
            from azora.processes.supervisor import Supervisor

            Supervisor(settings, demo=not empty, announce=_announcer(began, as_json)).run()
        else:
            _serve_embedded(settings, began, empty=empty, as_json=as_json)


def run(
    plugins: Annotated[list[str], typer.Argument(help="The plugins of this process.")],
    host: Host = None,
    port: Port = None,
    data: DataDir = None,
    tls: Tls = False,
    certificate: Certificate = None,
    key: Key = None,
    broker: Broker = None,
    database: Database = None,
) -> None:
    """Run some plugins as one process of a campus, as a pod does. Migrations are another's work."""
    from azora.campus import prepare_campus
    from azora.cli.campus import campus_settings, control_path, locked
    from azora.loader import load_registry
    from azora.processes.notify import ServiceManager
    from azora.processes.serving import ServingProcess

    given = {"host": host, "port": port, "broker_url": broker, "database_url": database}
    settings = campus_settings(data, **given, tls=_https(tls, certificate, key))
    registry = load_registry()
    with locked(settings):
        prepare_campus(settings, registry)
        address = f"{settings.host}:{settings.port}"
        process = ServingProcess(
            settings, registry, plugins, address, control_path(settings.data_dir)
        )
        process.start_when_migrated()
        process.serve(ServiceManager())


def _https(tls: bool, certificate: str | None, key: str | None) -> dict[str, Any] | None:
    """The section `tls` as the command line gives it; None where it says nothing."""
    given = {"enabled": tls or bool(certificate), "certificate": certificate, "key": key}
    return {name: value for name, value in given.items() if value} or None


def _serve_embedded(
    settings: "CampusSettings", began: float, *, empty: bool, as_json: bool
) -> None:
    with _progress(as_json) as step:
        step("Loading plugins")
        from azora.campus import prepare_campus
        from azora.cli.campus import control_path
        from azora.loader import load_registry
        from azora.processes.notify import ServiceManager
        from azora.processes.serving import ServingProcess
        from azora.processes.upgrade import upgrade

        registry = load_registry()
        prepare_campus(settings, registry)
        address = f"{settings.host}:{settings.port}"
        process = ServingProcess(settings, registry, None, address, control_path(settings.data_dir))
        step("Preparing the databases")
        upgrade(process.runtime, lambda name, applied: step(f"{name}: {len(applied)} migrations"))
        step("Starting")
        process.start(demo=not empty)
    _announcer(began, as_json)(settings, registry, process.url)
    process.serve(ServiceManager())


def _announcer(began: float, as_json: bool) -> Any:
    """Says, once the campus answers, where it is and what to try next."""

    def announce(settings: "CampusSettings", registry: "Registry", url: str) -> None:
        seconds = time.perf_counter() - began
        if as_json:
            facts = {"url": url, "data_dir": settings.data_dir, "ready_seconds": round(seconds, 3)}
            if first := _first_run(settings, url):
                facts["first_run"] = first
            print_json({**facts, "plugins": [*registry.plugins], "refused": registry.refused})
            return
        out = console()
        out.print(f"[bold green]✓[/] Azora is ready at [bold]{url}[/]  [dim]({seconds:.1f} s)[/]")
        if first := _first_run(settings, url):
            out.print(f"  Set it up      [bold]{first}[/]  [dim](once)[/]", soft_wrap=True)
        password = settings.data_dir / "first-password"
        if password.exists():
            email, once = password.read_text().split("\n")[:2]
            out.print(f"  Sign in as     {email}")
            out.print(f"  with password  [bold]{once}[/]  [dim](once; then choose your own)[/]")
        _tell_of_the_root(settings, out)
        out.print(f"  Look around    {url}/api/docs")
        out.print("  Try            azora plugins · azora call library.search query=history")
        for name, reason in registry.refused.items():
            out.print(f"  [red]Refused[/]        {name}: {reason}", markup=True)
        out.print("  [dim]Ctrl-C stops it; nothing is lost.[/]")

    return announce


def _first_run(settings: "CampusSettings", url: str) -> str | None:
    """The address at which the first administrator of an empty campus names themselves, until then."""
    key = settings.data_dir / "first-run"
    if not key.exists():
        return None
    return f"{settings.public_url or url}/first-run?token={key.read_text().strip()}"


def _tell_of_the_root(settings: "CampusSettings", out: Any) -> None:
    """What devices are to trust, where the campus makes its certificates itself."""
    from azora.http.doors import ROOT_PATH
    from azora.tls.authority import fingerprint, read_certificate
    from azora.tls.settings import tls_settings

    tls = tls_settings(settings)
    if tls.enabled and tls.made:
        root = settings.data_dir / "tls" / "ca.crt"
        out.print(f"  Trust          {root}  [dim](or {ROOT_PATH} in a browser)[/]")
        out.print(f"  fingerprint    {fingerprint(read_certificate(root))}")


@contextmanager
def _progress(as_json: bool) -> Iterator[Any]:
    """A line that says what is being done, where somebody looks."""
    out = console(error=True)
    if as_json or not out.is_terminal:
        yield lambda words: None
        return
    with out.status("Starting Azora") as status:
        yield lambda words: status.update(f"{words} …")
