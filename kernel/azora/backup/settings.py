"""What a campus may set about its backups."""

from pathlib import Path

from pydantic import Field, SecretStr, field_validator

from azora.cron import check_cron
from azora.errors import PluginError
from azora.settings.model import Settings


class BackupSettings(Settings):
    """Settings of `azora backup`; in the environment `AZORA_BACKUP_…`."""

    to: str | None = Field(
        None, description="Where backups go: a folder, or `s3://bucket/prefix?endpoint=…&region=…`."
    )
    access_key: str | None = Field(
        None, description="Access key of the bucket; without it boto3 looks in its usual places."
    )
    secret_key: SecretStr | None = Field(None, description="Secret key of the bucket.")
    passphrase: SecretStr | None = Field(
        None,
        description="Opens backups. The first backup and a restore need it, later backups do not.",
    )
    key_file: Path | None = Field(
        None,
        description="A file with an age identity that opens backups, in place of a passphrase.",
    )
    cron: str | None = Field(
        None, description="When a running campus backs itself up, in UTC: `30 1 * * *`."
    )
    before_upgrade: bool = Field(
        True,
        description="Back the databases up, beside the data, before they are migrated to a newer version.",
    )
    hold: float | None = Field(
        None,
        ge=0,
        description="Seconds for which handlers may finish before a backup, once the queues of a broker "
        "are empty; without it as long as the slowest handler may take.",
    )
    keep_daily: int = Field(7, ge=1, description="Days of which the last backup is kept.")
    keep_weekly: int = Field(5, ge=0, description="Weeks of which the last backup is kept.")
    keep_monthly: int = Field(12, ge=0, description="Months of which the last backup is kept.")

    @field_validator("cron")
    @classmethod
    def _is_cron(cls, cron: str | None) -> str | None:
        try:
            if cron is not None:
                check_cron(cron)
        except PluginError as error:
            raise ValueError(error.detail) from None
        return cron
