"""What a campus may set about accounts, passwords, sessions and tokens."""

from typing import Literal

from pydantic import Field, SecretStr

from azora import Settings
from azora.settings import Live
from azora_identity.domain import BackOff, SessionLimits


class IdentitySettings(Settings):
    """Settings of `identity`; in the environment `AZORA_IDENTITY_…`."""

    sign_up: Literal["closed"] = Field(
        "closed", description="How accounts come to be. `closed`: an administrator creates them."
    )
    administrator_email: str = Field(
        "admin@campus.local",
        max_length=254,
        description="E-mail address of the first administrator.",
    )
    administrator_password: SecretStr | None = Field(
        None,
        min_length=12,
        description="One-time password of the first administrator, for a campus in which nobody has an account yet. Without it one is made with the demo data, or they name themselves.",
    )

    password_min_length: int = Field(
        12, ge=8, le=64, description="Shortest password, in characters."
    )
    password_memory_kib: int = Field(
        19_456, ge=8, le=4_194_304, description="Memory of one Argon2id hash, in KiB."
    )
    password_time_cost: int = Field(2, ge=1, le=100, description="Passes of one Argon2id hash.")
    password_parallelism: int = Field(1, ge=1, le=16, description="Lanes of one Argon2id hash.")
    one_time_password_hours: Live[float] = Field(
        72,
        gt=0,
        le=720,
        description="Hours for which a one-time password is good, if nobody uses it.",
    )

    second_factor: Live[Literal["optional", "administrators", "everybody"]] = Field(
        "optional",
        description="Who must confirm each sign-in with a code of their phone, besides who likes to.",
    )

    session_store: Literal["database", "memory", "redis"] = Field(
        "database",
        description="Where sessions are kept. `memory` forgets them at a restart; `redis` is the campus's.",
    )
    session_idle_minutes: float = Field(
        720, ge=5, description="Minutes after which an unused session ends."
    )
    session_days: float = Field(7, gt=0, le=90, description="Days after which every session ends.")
    token_max_days: Live[int] = Field(
        365, ge=1, description="Longest life of an API token, in days."
    )

    account_free_failures: Live[int] = Field(
        5, ge=1, description="Failed sign-ins of one account before it must pause."
    )
    address_free_failures: Live[int] = Field(
        50, ge=1, description="Failed sign-ins from one network address before it must pause."
    )
    longest_pause_seconds: Live[float] = Field(
        900, ge=1, description="Longest pause between two sign-ins, in seconds."
    )

    @property
    def session_limits(self) -> SessionLimits:
        return SessionLimits(self.session_idle_minutes * 60, self.session_days * 86_400)

    @property
    def account_back_off(self) -> BackOff:
        return BackOff(self.account_free_failures, longest=self.longest_pause_seconds)

    @property
    def address_back_off(self) -> BackOff:
        return BackOff(self.address_free_failures, longest=self.longest_pause_seconds)
