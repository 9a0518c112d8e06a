"""Who can open a backup: an age identity, kept under a passphrase beside the backups, or in a file.

The campus itself keeps only the public half, so that it can write backups, scheduled ones too, that
nobody who takes the machine can read.
"""

import hashlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
import pyrage

from azora.backup.places import Place
from azora.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from azora.backup.settings import BackupSettings

LABEL, LOCKED = "azora-backups.json", "key.age"
_PUBLIC, _OWN_LOCKED = "backup.public", "backup.age"


@dataclass(frozen=True)
class Secrets:
    """What somebody brings to open backups with."""

    passphrase: str | None = None
    key_file: Path | None = None

    @classmethod
    def given(cls, settings: "BackupSettings", *, ask: bool = False) -> "Secrets":
        """From the settings, or else from who sits at the terminal, where `ask` says so."""
        if settings.key_file is None and settings.passphrase is None and ask:
            return cls(_asked("Passphrase of the backups: "))
        passphrase = settings.passphrase
        return cls(passphrase.get_secret_value() if passphrase else None, settings.key_file)


def fingerprint(recipient: pyrage.x25519.Recipient) -> str:
    """A name for a key that tells nothing about it."""
    return hashlib.sha256(f"azora backup {recipient}".encode()).hexdigest()[:16]


def public_key(keys: Path, place: Place, settings: "BackupSettings") -> pyrage.x25519.Recipient:
    """The key that backups of this campus are written for; made, with its label, for the first one.

    Raises Conflict where the place holds backups under another key.
    """
    public = keys / _PUBLIC
    if not public.exists():
        _make(keys, settings)
    recipient = pyrage.x25519.Recipient.from_str(public.read_text().strip())
    label = place.read(LABEL)
    if label is None:
        if (keys / _OWN_LOCKED).exists():
            place.write(LOCKED, (keys / _OWN_LOCKED).read_bytes())
        place.write(LABEL, orjson.dumps({"format": 1, "key": fingerprint(recipient)}))
    elif orjson.loads(label)["key"] != fingerprint(recipient):
        raise Conflict(
            f"{place.address} holds the backups of another campus, or under another key. "
            "Nothing was written; choose another place with --to.",
            code="backup.other_key",
        )
    return recipient


def private_key(place: Place, secrets: Secrets) -> pyrage.x25519.Identity:
    """The key that opens the backups of a place.

    Raises NotFound where there are none, Invalid where what was brought does not open them.
    """
    label = place.read(LABEL)
    if label is None:
        raise NotFound(f"There are no backups at {place.address}.", code="backup.none")
    if secrets.key_file is not None:
        identity = _read(secrets.key_file)
    else:
        identity = _unlocked(place, secrets.passphrase)
    if fingerprint(identity.to_public()) != orjson.loads(label)["key"]:
        raise _does_not_open("This key file")
    return identity


def _make(keys: Path, settings: "BackupSettings") -> None:
    """A key pair: the private half goes under the passphrase or into the key file, the public stays."""
    keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    if settings.key_file is not None:
        if not settings.key_file.exists():
            _write(settings.key_file, f"{pyrage.x25519.Identity.generate()}\n".encode())
        identity = _read(settings.key_file)
    else:
        passphrase = Secrets.given(settings).passphrase or _chosen()
        identity = pyrage.x25519.Identity.generate()
        _write(keys / _OWN_LOCKED, pyrage.passphrase.encrypt(f"{identity}\n".encode(), passphrase))
    _write(keys / _PUBLIC, f"{identity.to_public()}\n".encode())


def _unlocked(place: Place, passphrase: str | None) -> pyrage.x25519.Identity:
    locked = place.read(LOCKED)
    if locked is None:
        raise Invalid(
            "These backups are opened with a key file: --key-file FILE.", code="backup.key_needed"
        )
    try:
        opened = pyrage.passphrase.decrypt(locked, passphrase or _asked("Passphrase: "))
    except pyrage.DecryptError:
        raise _does_not_open("The passphrase") from None
    return pyrage.x25519.Identity.from_str(opened.decode().strip())


def _does_not_open(what: str) -> Invalid:
    return Invalid(
        f"{what} does not open these backups. Nothing was changed.", code="backup.wrong_key"
    )


def _read(key_file: Path) -> pyrage.x25519.Identity:
    """The identity of a file as `age-keygen` writes it, comments and all."""
    try:
        lines = key_file.read_text("utf-8").splitlines()
        return pyrage.x25519.Identity.from_str(
            next(line.strip() for line in lines if line.startswith("AGE-SECRET-KEY-"))
        )
    except (OSError, ValueError, StopIteration, pyrage.IdentityError):
        raise Invalid(
            f"{key_file} holds no age identity. Nothing was changed.", code="backup.no_key"
        ) from None


def _write(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)


def _asked(question: str) -> str:
    import getpass

    if not sys.stdin.isatty():
        raise Invalid(
            "Nothing says how backups are opened. Set AZORA_BACKUP_PASSPHRASE, or give --key-file.",
            code="backup.no_passphrase",
        )
    return getpass.getpass(question)


def _chosen() -> str:
    """A new passphrase, typed twice. Whoever loses it loses the backups."""
    chosen = _asked("Choose a passphrase for the backups (without it nobody can restore): ")
    if len(chosen) < 8 or _asked("Once more: ") != chosen:
        raise Invalid(
            "The passphrases differ, or have fewer than 8 characters. Nothing was changed.",
            code="backup.passphrase_refused",
        )
    return chosen
