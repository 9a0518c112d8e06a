"""The rules of identity, without any I/O: secrets, permissions, back-off, session limits.

An account's id is the id of its actor (`user:<uuid>`): one name for a person everywhere.
"""

import hashlib
import ipaddress
import re
import secrets
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field

ADMINISTRATOR, MEMBER, GUEST = "administrator", "member", "guest"

EVERYTHING = "*"
CHANGE_PASSWORD = "identity.change_password"  # noqa: S105 – a name, no secret
USE_ACCOUNT = "identity.use_account"
CONFIRM_SIGN_IN = "identity.confirm_sign_in"
USE_SECOND_FACTOR = "identity.use_second_factor"
ACT_AS = "identity.act_as"
ACTING = "acting:"
"""Begins the method of a session in which an administrator acts as its owner; their id follows."""
OWN_ACCOUNT = frozenset({CHANGE_PASSWORD, USE_ACCOUNT, USE_SECOND_FACTOR})
"""What everybody who has an account may do, whatever their roles."""

TOKEN_PREFIX = "azt_"  # noqa: S105 – a name, no secret
TOUCH_EVERY = 60.0
"""Seconds between two notes of a credential's use: a write for each request would be waste."""

PASSWORD, ONE_TIME_PASSWORD = "password", "one_time_password"
TOTP, TOTP_BEGUN, RECOVERY_CODE = "totp", "totp_begun", "recovery_code"
"""Kinds of authenticator. Another way to prove who one is joins as another kind."""

BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "Windows": "Windows",
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Mac OS": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}
"""What a User-Agent header says, the more telling word first, and how people call it."""

_LEGIBLE = "abcdefghjkmnpqrstuvwxyz23456789"
_UNSAFE_IN_PATH = re.compile(r"[\x00-\x20\x7f\\]")


@dataclass(frozen=True)
class Session:
    """Somebody signed in on some device. `digest` is of the secret that the device keeps.

    Times are in seconds since 1970; `methods` are the kinds of authenticator that were shown.
    """

    id: str
    digest: str
    account_id: str
    methods: tuple[str, ...]
    created: float
    last_used: float
    address: str = ""
    agent: str = ""


@dataclass(frozen=True)
class SessionLimits:
    """How long a session may rest, and how long it may last at all, in seconds."""

    idle: float
    absolute: float

    def ends(self, session: Session) -> float:
        return min(session.last_used + self.idle, session.created + self.absolute)

    def over(self, session: Session, now: float) -> bool:
        return now >= self.ends(session)


@dataclass(frozen=True)
class BackOff:
    """Growing pauses after failures: `free` ones cost nothing, then `first` seconds, doubled up to `longest`.

    After `forget` quiet seconds the failures are forgotten.
    """

    free: int
    first: float = 1.0
    longest: float = 900.0
    forget: float = 86_400.0

    def remembered(self, failures: int, last: float, now: float) -> int:
        return 0 if now - last >= self.forget else failures

    def wait(self, failures: int, last: float, now: float) -> float:
        """Seconds until the next attempt may be made."""
        excess = self.remembered(failures, last, now) - self.free
        if excess < 0:
            return 0.0
        pause = min(self.first * 2.0 ** min(excess, 60), self.longest)
        return min(max(0.0, last + pause - now), pause)


@dataclass(frozen=True)
class Holder:
    """Whom a credential speaks for, and what they may do."""

    permissions: frozenset[str]
    must_change_password: bool = False
    must_confirm: bool = False
    must_set_up: bool = False
    acting: bool = False
    scopes: frozenset[str] | None = field(default=None)

    def effective(self) -> frozenset[str]:
        """The permissions of the actor: of a one-time password little, of a token its scopes at most."""
        if self.must_change_password:
            return frozenset({CHANGE_PASSWORD})
        if self.must_confirm:
            return frozenset({CONFIRM_SIGN_IN})
        if self.must_set_up:
            return frozenset({USE_SECOND_FACTOR})
        if self.acting:
            return self.permissions - OWN_ACCOUNT
        held = self.permissions | OWN_ACCOUNT
        return held if self.scopes is None else narrowed(self.scopes, held)


def covers(held: Collection[str], wanted: Collection[str]) -> bool:
    """Whether whoever holds these permissions may hand out, or act against, those."""
    return EVERYTHING in held or set(wanted) <= set(held)


def narrowed(scopes: Collection[str], held: Collection[str]) -> frozenset[str]:
    """What is left of the held permissions within the scopes."""
    if EVERYTHING in scopes:
        return frozenset(held)
    return frozenset(scopes) if EVERYTHING in held else frozenset(scopes) & frozenset(held)


def new_secret() -> str:
    """256 random bits as URL-safe text: nobody guesses it, so a plain digest protects it at rest."""
    return secrets.token_urlsafe(32)


def new_api_token() -> str:
    return TOKEN_PREFIX + new_secret()


def new_one_time_password() -> str:
    """A random password of about 99 bits that a person can read aloud and type."""
    return "-".join("".join(secrets.choice(_LEGIBLE) for _ in range(5)) for _ in range(4))


def digest(secret: str) -> str:
    """What is stored of a random secret: its SHA-256 in hex."""
    return hashlib.sha256(secret.encode()).hexdigest()


def normal_email(text: str) -> str:
    """The form in which e-mail addresses are compared and stored."""
    return unicodedata.normalize("NFC", text).strip().casefold()


def normal_password(text: str) -> str:
    """The password as every keyboard types it: canonically composed (RFC 8265), otherwise untouched."""
    return unicodedata.normalize("NFC", text)


def network_of(address: str | None) -> str:
    """The network that an address belongs to: enough to see an attack, too little to name a person."""
    return _network(address, 24, 48)


def subscriber_of(address: str | None) -> str:
    """The address of one subscriber: of IPv6 the /64, within which they choose freely."""
    return _network(address, 32, 64)


def device_of(agent: str) -> str:
    """Browser and system behind a User-Agent header, as `Firefox, Linux`; of others the first word."""
    browser = next((name for word, name in BROWSERS.items() if f"{word}/" in agent), "")
    system = next((name for word, name in SYSTEMS.items() if word in agent), "")
    return ", ".join(filter(None, (browser, system))) or agent.partition("/")[0][:40]


def safe_path(path: str) -> str:
    """The path if it leads to a page of this campus, else the home page: no open redirect."""
    if not path.startswith("/") or path.startswith("//") or _UNSAFE_IN_PATH.search(path):
        return "/"
    return "/" if path.partition("?")[0] in ("/sign-in", "/sign-out") else path


def _network(address: str | None, bits: int, bits_of_ipv6: int) -> str:
    try:
        ip = ipaddress.ip_address(address or "")
    except ValueError:
        return ""
    return str(ipaddress.ip_network((ip, bits if ip.version == 4 else bits_of_ipv6), strict=False))
