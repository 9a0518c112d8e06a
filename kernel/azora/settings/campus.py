"""Everything that the kernel itself is told, in one described class."""

from pathlib import Path
from typing import Literal

from pydantic import Field, PrivateAttr, SecretStr, field_validator

from azora.settings.layers import Layers
from azora.settings.model import Address, Bytes, Live, Seconds, Settings, Share

Level = Literal["debug", "info", "warning", "error"]


class CampusSettings(Settings):
    """What every process of a campus is told. The gateway's own settings are the section `http`."""

    campus_id: str = Field(
        "campus",
        pattern="^[a-z0-9][a-z0-9-]{0,62}$",
        description="Name of this campus in actors, traces, logs and reports.",
    )
    name: Live[str] = Field(
        "", max_length=80, description="What the campus is called on its pages; without it Azora."
    )
    language: Live[Literal["en", "zu"]] = Field(
        "en", description="The language of pages where a reader's browser asks for none of ours."
    )
    profile: Literal["development", "production"] = Field(
        "development",
        description="`production` refuses what is only good on a laptop, and logs JSON.",
    )
    data_dir: Path = Field(
        Path(".azora"),
        description="Where databases, files, keys and the control socket of a campus live.",
    )
    keys_dir: Path | None = Field(
        None,
        description="Where the keys that sign actors live; without it `keys` in the data directory.",
    )

    host: str = Field("127.0.0.1", description="Address on which the campus listens.")
    port: int = Field(
        8000, ge=0, le=65535, description="Port on which the campus listens; 0 takes a free one."
    )
    public_url: str | None = Field(
        None,
        pattern="^https?://[^/]+$",
        description="Address that browsers use, where a proxy stands in front.",
    )

    database_url: Address | None = Field(
        None,
        pattern="^postgres(ql)?://",
        description="`postgresql://…`, a schema per plugin; without it each plugin has a SQLite file.",
    )
    database_urls: dict[str, Address] = Field(
        {}, description="Databases of single plugins, given as `AZORA_<PLUGIN>_DATABASE_URL`."
    )
    additive_migrations: bool = Field(
        False,
        description="Refuse migrations after which the version that runs could not go on, for where both run side by side.",
    )
    broker_url: Address | None = Field(
        None,
        pattern="^amqps?://",
        description="`amqp://…` of RabbitMQ; without it calls and events stay in the process.",
    )
    rpc: Literal["azora", "nameko"] = Field(
        "azora",
        description="How calls go over RabbitMQ: `azora`, or `nameko` for stock Nameko's RPC, which is slower. "
        "Processes of both kinds understand each other.",
    )
    canary_share: Share | None = Field(
        None,
        description="Makes a process a canary: it serves this share of the calls of its plugins, from 0 to 1, "
        "and takes no events and starts no jobs. Over RabbitMQ alone.",
    )
    redis_url: Address | None = Field(
        None,
        description="`redis://…` for what several processes share: rate limits, sessions, caches.",
    )
    files: str = Field(
        "disk",
        pattern="^(disk|s3://.+)$",
        description="`disk`, or `s3://bucket/prefix?endpoint=https://…&region=…`.",
    )
    files_access_key: str | None = Field(
        None,
        description="Access key of the object store; without it boto3 looks in its usual places.",
    )
    files_secret_key: SecretStr | None = Field(None, description="Secret key of the object store.")

    max_workers: int = Field(
        64, ge=1, le=10_000, description="Calls that one plugin of one process works on at once."
    )
    max_upload: Bytes = Field(
        1_073_741_824, description="Largest file in bytes that may be stored."
    )
    warn_free_disk: int = Field(
        1_000_000_000,
        ge=0,
        description="Free bytes on the disk below which the campus warns its keepers.",
    )
    min_free_disk: int = Field(
        100_000_000,
        ge=0,
        description="Bytes that stay free on the disk: uploads are refused before they are used.",
    )
    call_timeout: Live[Seconds] = Field(
        30.0, description="Seconds that a call may take where nobody named a deadline."
    )
    call_attempts: Live[int] = Field(
        3, ge=1, le=10, description="How often an idempotent call is tried."
    )
    breaker_failures: int = Field(
        5, ge=1, description="Failures in a row after which an operation is left alone for a while."
    )
    breaker_pause: Seconds = Field(
        5.0, description="Seconds before a failing operation is tried again."
    )
    shutdown_grace: Seconds = Field(
        10.0, description="Seconds that calls in flight are given at shutdown."
    )
    max_event: Live[Bytes] = Field(
        256_000,
        description="Largest event in bytes that a plugin may tell; what is larger belongs into a file.",
    )
    event_retention_days: Seconds = Field(
        7.0,
        description="Days for which a repeated event is recognised, and a delivered one can be looked at.",
    )

    event_log_days: Seconds = Field(
        400.0,
        description="Days for which the log of all events keeps one, where a plugin keeps that log.",
    )

    audit_retention_days: Live[Seconds] = Field(
        730.0, description="Days for which the audit trail keeps what administrators did."
    )
    audit_address_days: Live[Seconds] = Field(
        90.0, description="Days for which it keeps the network address they did it from."
    )

    jobs: Literal["process", "elsewhere"] = Field(
        "process",
        description="Who starts jobs: each process that hosts their plugin, once for each due time in the whole campus; or elsewhere whoever runs `azora job`, as CronJobs do.",
    )

    log_level: Live[Level] = Field("info", description="The least that is logged.")
    log_levels: Live[dict[str, Level]] = Field(
        {}, description="Levels of single plugins and libraries: `library=debug,kombu=warning`."
    )
    log_format: Literal["auto", "json", "console"] = Field(
        "auto",
        description="`json`, `console` for people, or `auto`: console on a terminal in development.",
    )
    log_file: Path | None = Field(
        None,
        description="File for the log; without it standard error, as systemd and containers take it.",
    )
    log_file_size: Bytes = Field(
        50_000_000, description="Bytes after which the log file is put aside as `.1`."
    )
    log_file_days: Seconds = Field(
        7.0, description="Days after which it is put aside, whatever its size."
    )
    log_files_kept: int = Field(
        10, ge=0, le=1000, description="How many log files put aside are kept."
    )
    metrics: bool = Field(True, description="Serve Prometheus metrics at /metrics.")
    otlp_endpoint: str | None = Field(
        None,
        pattern="^https?://",
        description="OTLP/HTTP collector of traces, as `http://localhost:4318`; else none leaves.",
    )
    otlp_headers: SecretStr | None = Field(
        None, description="Headers for the collector: `name=value,name=value`."
    )
    trace_sample: Share = Field(
        0.1, description="Share of traces that is exported; those with an error always are."
    )
    sentry_dsn: SecretStr | None = Field(
        None, description="Where errors are reported: Sentry, or a server that speaks its protocol."
    )

    _layers: Layers = PrivateAttr(default_factory=Layers)

    @field_validator("data_dir", "keys_dir", "log_file")
    @classmethod
    def _absolute(cls, path: Path | None) -> Path | None:
        return path and path.expanduser().absolute()

    @property
    def keys_folder(self) -> Path:
        return self.keys_dir or self.data_dir / "keys"

    @property
    def in_production(self) -> bool:
        return self.profile == "production"

    def database_url_of(self, plugin: str) -> str | None:
        """The database of one plugin: its own URL, else everybody's, else None (a SQLite file)."""
        return self.database_urls.get(plugin, self.database_url)
