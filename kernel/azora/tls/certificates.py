"""What the server shows of itself: a context for each handshake, made anew when the files change."""

import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from cryptography import x509

from azora.errors import AzoraError
from azora.observe.logs import get_logger
from azora.tls.authority import Authority, fingerprint, names_of, read_certificate
from azora.tls.names import served_names
from azora.tls.settings import TlsSettings, tls_settings

if TYPE_CHECKING:
    from azora.settings import CampusSettings

LOOK = 5.0
"""Seconds after which the files are looked at again, at the next handshake."""
CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"

SOON_DAYS = 14
"""A certificate of the keeper's that ends within so many days is worth a warning."""

Severity = Literal["ok", "note", "warning", "problem"]
Stamp = tuple[tuple[int, int, int], ...]


class Certificates:
    """The certificate in use. A renewed one is taken without a restart; a broken one is not taken."""

    def __init__(self, campus: "CampusSettings", tls: TlsSettings) -> None:
        self.settings = tls
        self.authority = Authority(campus.data_dir / "tls", campus.campus_id) if tls.made else None
        self._names = served_names(campus, tls)
        self._looked = time.monotonic()
        self._renew()
        try:
            self._stamp = self._stamps()
            self._context = make_context(self.certificate, self.key)
        except (OSError, ssl.SSLError) as error:
            raise AzoraError(
                f"{self.certificate} and {self.key} are no certificate with its key: {error}",
                code="certificate_unusable",
            ) from None

    @property
    def certificate(self) -> Path:
        return (
            self.authority.certificate if self.authority else cast(Path, self.settings.certificate)
        )

    @property
    def key(self) -> Path:
        return self.authority.key if self.authority else cast(Path, self.settings.key)

    def context(self) -> ssl.SSLContext:
        """The context of the next handshake."""
        now = time.monotonic()
        if now - self._looked > LOOK:
            self._looked = now
            self._look()
        return self._context

    def shown(self) -> x509.Certificate:
        """The certificate that clients see."""
        return read_certificate(self.certificate)

    def _look(self) -> None:
        log = get_logger("kernel")
        try:
            self._renew()
            stamp = self._stamps()
            if stamp == self._stamp:
                return
            self._context = make_context(self.certificate, self.key)
        except (OSError, ValueError) as error:
            log.error("certificate_not_taken", file=str(self.certificate), reason=str(error))
            return
        self._stamp = stamp
        log.info("certificate_taken", until=self.shown().not_valid_after_utc.isoformat())

    def _renew(self) -> None:
        if self.authority is not None:
            self.authority.ensure(self._names)

    def _stamps(self) -> Stamp:
        found = [path.stat() for path in (self.certificate, self.key)]
        return tuple((one.st_mtime_ns, one.st_size, one.st_ino) for one in found)


def report(campus: "CampusSettings") -> Iterator[tuple[str, Severity, str, str]]:
    """(name, severity, detail, advice) of the certificate for `azora doctor`; nothing for plain HTTP."""
    tls = tls_settings(campus)
    if not tls.enabled:
        return
    folder = campus.data_dir / "tls"
    path = tls.certificate or folder / "server.crt"
    try:
        certificate = read_certificate(path)
    except (OSError, ValueError) as error:
        advice = "" if tls.made else "Give a certificate in PEM (AZORA_TLS_CERTIFICATE)."
        yield str(path), "note" if tls.made else "problem", f"is not there: {error}", advice
        return
    days = (certificate.not_valid_after_utc - datetime.now(UTC)).days
    detail = f"for {', '.join(names_of(certificate))}; ends in {days} days"
    worth: Severity = "ok" if tls.made or days > SOON_DAYS else "warning"
    if days < 0:
        worth = "problem"
    yield str(path), worth, detail, "" if worth == "ok" else "Renew it; no restart is needed."
    if tls.made and (folder / "ca.crt").exists():
        shown = fingerprint(read_certificate(folder / "ca.crt"))
        yield str(folder / "ca.crt"), "ok", f"the root that devices trust; SHA-256 {shown}", ""


def make_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """TLS 1.2 and 1.3, forward secrecy and authenticated ciphers alone. Raises OSError or SSLError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(CIPHERS)
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    context.options |= ssl.OP_CIPHER_SERVER_PREFERENCE
    context.set_alpn_protocols(["http/1.1"])
    context.load_cert_chain(certificate, key, password=_no_password)
    return context


def _no_password() -> bytes:
    """OpenSSL would ask at the terminal for the password of a key that has one."""
    raise ssl.SSLError("the key has a password; give one without")
