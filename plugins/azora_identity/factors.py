"""The second factor in the tables: a secret shared with a phone, and codes for when that is lost.

The secret is sealed with a key that only identity's process can derive; whoever copies the database
alone cannot make codes with it.
"""

import base64
import secrets
import time
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet

from azora.ids import uuid7
from azora_identity.domain import (
    ADMINISTRATOR,
    RECOVERY_CODE,
    TOTP,
    TOTP_BEGUN,
    Session,
    digest,
)
from azora_identity.models import AuthenticatorRow, GrantRow

if TYPE_CHECKING:
    from azora.actor import ActorKeyring
    from azora_identity.settings import IdentitySettings

CODES = 10
STEP = 30
"""Seconds for which one code of the phone counts."""
_DRIFT = (0, -1, 1)
"""Steps by which the clock of a phone may be off."""


def sealing_key(actors: "ActorKeyring") -> Fernet:
    """What seals and opens the secrets of phones."""
    return Fernet(base64.urlsafe_b64encode(actors.secret("plugin:identity", "second factor")))


def confirmed(account_id: str) -> AuthenticatorRow | None:
    """The account's second factor, where it has one."""
    return _one(account_id, TOTP)


def begun(account_id: str) -> AuthenticatorRow | None:
    """A second factor whose secret was shown, and whose first code is awaited."""
    return _one(account_id, TOTP_BEGUN)


def due(account_id: str, session: Session, settings: "IdentitySettings") -> tuple[bool, bool]:
    """Whether a session must be confirmed, and whether a second factor must be set up first."""
    factor = confirmed(account_id)
    if factor is not None:
        return factor.created <= session.created and TOTP not in session.methods, False
    return False, required(account_id, settings)


def required(account_id: str, settings: "IdentitySettings") -> bool:
    """Whether the campus asks this account for a second factor."""
    if settings.second_factor != "administrators":
        return settings.second_factor == "everybody"
    held = (GrantRow.account == account_id) & (GrantRow.role == ADMINISTRATOR)
    return bool(GrantRow.select().where(held).exists())


def begin(account_id: str, sealed: str) -> None:
    """Keep a new secret until its first code comes, in the open transaction."""
    _remove(account_id, TOTP_BEGUN)
    _add(account_id, TOTP_BEGUN, sealed)


def turn_on(row: AuthenticatorRow, counter: int) -> None:
    """Ask for codes from now on."""
    changes = {"kind": TOTP, "counter": counter, "created": time.time()}
    AuthenticatorRow.update(changes).where(AuthenticatorRow.id == row.id).execute()


def turn_off(account_id: str) -> bool:
    """Forget the second factor with its recovery codes; whether there was one."""
    return bool(_remove(account_id, TOTP, TOTP_BEGUN, RECOVERY_CODE))


def accepts(row: AuthenticatorRow, secret: str, code: str, now: float) -> int | None:
    """The moment that a code stands for, unless it is wrong, of another time, or was used already."""
    import pyotp  # loaded where somebody has a second factor

    totp = pyotp.TOTP(secret)
    for drift in _DRIFT:
        counter = int(now) // STEP + drift
        matches = secrets.compare_digest(totp.generate_otp(counter), code)
        if matches and counter > (row.counter or 0):
            return counter
    return None


def use(row: AuthenticatorRow, counter: int) -> bool:
    """Take a code's moment, so that nobody uses it again; False where somebody just did."""
    fresh = AuthenticatorRow.counter.is_null() | (AuthenticatorRow.counter < counter)
    taken = AuthenticatorRow.update(counter=counter).where((AuthenticatorRow.id == row.id) & fresh)
    return bool(taken.execute())


def use_recovery_code(account_id: str, code: str) -> bool:
    """Take one of the account's recovery codes; False where it is none, or was used."""
    mine = (AuthenticatorRow.account == account_id) & (AuthenticatorRow.kind == RECOVERY_CODE)
    secret = AuthenticatorRow.secret == digest(_plain(code))
    return bool(AuthenticatorRow.delete().where(mine & secret).execute())


def renew_recovery_codes(account_id: str) -> list[str]:
    """New codes in place of those before; only their digests are kept."""
    _remove(account_id, RECOVERY_CODE)
    codes = [f"{secrets.token_hex(4)}-{secrets.token_hex(4)}" for _ in range(CODES)]
    for code in codes:
        _add(account_id, RECOVERY_CODE, digest(_plain(code)))
    return codes


def recovery_codes_left(account_id: str) -> int:
    mine = (AuthenticatorRow.account == account_id) & (AuthenticatorRow.kind == RECOVERY_CODE)
    return int(AuthenticatorRow.select().where(mine).count())


def _plain(code: str) -> str:
    return code.replace("-", "").replace(" ", "").lower()


def _one(account_id: str, kind: str) -> AuthenticatorRow | None:
    mine = AuthenticatorRow.account == account_id
    return AuthenticatorRow.get_or_none(mine & (AuthenticatorRow.kind == kind))


def _add(account_id: str, kind: str, secret: str) -> None:
    values: dict[str, Any] = {"account": account_id, "kind": kind, "secret": secret}
    AuthenticatorRow.create(id=uuid7(), created=time.time(), **values)


def _remove(account_id: str, *kinds: str) -> int:
    mine = AuthenticatorRow.account == account_id
    return int(AuthenticatorRow.delete().where(mine & AuthenticatorRow.kind.in_(kinds)).execute())
