"""Counts failed sign-ins per account and per network address, and makes the next attempt wait.

An attempt is counted before the password is looked at and forgiven when it was right, so that a
thousand guesses at once count as a thousand. Whether the account exists makes no difference.
"""

import math
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from azora import LimitReached
from azora_identity.domain import BackOff, digest, subscriber_of
from azora_identity.models import FailuresRow

if TYPE_CHECKING:
    from azora_identity.settings import IdentitySettings


class Throttle:
    """The failures of one account at one address. Its methods run in an open transaction."""

    def __init__(self, settings: "IdentitySettings", email: str, address: str | None) -> None:
        self._settings = settings
        self._account = digest(f"account:{email}")
        subscriber = subscriber_of(address)
        self._address = digest(f"address:{subscriber}") if subscriber else None

    def take(self) -> None:
        """Count an attempt. Raises LimitReached, with the seconds to wait, when it comes too early."""
        now = time.time()
        for key, back_off in self._keys():
            row = _locked(key)
            if wait := back_off.wait(row.failures, row.last, now):
                raise LimitReached(
                    "There were too many failed sign-ins. Wait a little and try again.",
                    code="identity.too_many_failures",
                    retry_after=math.ceil(wait),
                )
            failures = back_off.remembered(row.failures, row.last, now) + 1
            FailuresRow.update(failures=failures, last=now).where(FailuresRow.key == key).execute()

    def forgive(self) -> None:
        """The attempt was right: the account starts afresh, its address loses this one count.

        The address keeps the rest, or an attacker's own account would wash it clean.
        """
        FailuresRow.delete().where(FailuresRow.key == self._account).execute()
        if self._address:
            counted = (FailuresRow.key == self._address) & (FailuresRow.failures > 0)
            FailuresRow.update(failures=FailuresRow.failures - 1).where(counted).execute()

    def _keys(self) -> Iterator[tuple[str, BackOff]]:
        yield self._account, self._settings.account_back_off
        if self._address:
            yield self._address, self._settings.address_back_off


def forget_old(now: float) -> None:
    """Delete what no longer counts."""
    FailuresRow.delete().where(FailuresRow.last < now - BackOff(0).forget).execute()


def _locked(key: str) -> FailuresRow:
    """The row of a key, made where it is missing, and nobody else's until the transaction ends."""
    FailuresRow.insert(key=key, failures=0, last=0.0).on_conflict_ignore().execute()
    FailuresRow.update(key=key).where(FailuresRow.key == key).execute()
    return FailuresRow.get_by_id(key)
