"""Passwords: Argon2id hashes that follow the settings, and a refusal of what is easily guessed.

Hashing takes tens of milliseconds by design, so it runs in a thread while the campus goes on.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from azora.threads import in_thread
from azora_identity.domain import new_secret, normal_password
from azora_identity.refusal import refusal

if TYPE_CHECKING:
    from azora_identity.settings import IdentitySettings

FEWEST_GUESSES = 8.0
"""Decimal logarithm of the guesses that a password must withstand (zxcvbn's score 3)."""

ESTIMATED_LENGTH = 72
"""Characters that the estimate looks at: its work grows with the square of the length."""


class Passwords:
    """Hashes and verifies with one set of Argon2id parameters."""

    def __init__(self, settings: "IdentitySettings") -> None:
        self._hasher = PasswordHasher(
            time_cost=settings.password_time_cost,
            memory_cost=settings.password_memory_kib,
            parallelism=settings.password_parallelism,
        )
        self._min_length = settings.password_min_length
        self._nobodys = ""

    def hash(self, password: str) -> str:
        return in_thread(self._hasher.hash, normal_password(password))

    def matches(self, stored: str | None, password: str) -> bool:
        """Whether the password is the stored one. Without one it takes as long, and is False."""
        if stored is None:
            self._nobodys = self._nobodys or self.hash(new_secret())
        right = in_thread(self._verify, stored or self._nobodys, normal_password(password))
        return right and stored is not None

    def is_stale(self, stored: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(stored)

    def check_strength(self, password: str, personal: Sequence[str]) -> None:
        """Raise Invalid for a password that is too short, common, or made of the person's own words."""
        if len(normal_password(password)) < self._min_length:
            raise refusal(
                "new_password",
                "string_too_short",
                f"Use at least {self._min_length} characters. Several words make a good password.",
                min_length=self._min_length,
            )
        if in_thread(_guesses, normal_password(password), list(personal)) < FEWEST_GUESSES:
            raise refusal(
                "new_password",
                "identity.password_too_common",
                "This password is too common or too easily guessed. "
                "Several unrelated words make a good one.",
            )

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False


def _guesses(password: str, personal: list[str]) -> float:
    from zxcvbn import zxcvbn  # 14 MB of word lists, needed only when a password is set

    known = [
        word
        for words in personal
        for word in (words, *words.replace("@", " ").replace(".", " ").split())
    ]
    return float(zxcvbn(password[:ESTIMATED_LENGTH], user_inputs=known)["guesses_log10"])
