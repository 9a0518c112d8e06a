"""A small certificate authority of the campus's own, for a school's network without a public name.

Its root is trusted once on each device; the server's certificate is made anew before it ends, and
when the names change, without anybody's help.
"""

import ipaddress
import os
import socket
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

ROOT_DAYS = 3650
LEAF_DAYS = 397
"""Browsers refuse certificates that are good for longer."""
RENEW_DAYS = 30
_EARLY = timedelta(hours=1)
"""Clocks of devices that are a little behind."""

Key = ec.EllipticCurvePrivateKey


class Authority:
    """The root and the server's certificate in one folder that only its owner can read."""

    def __init__(self, folder: Path, campus: str) -> None:
        self.folder = folder
        self.root = folder / "ca.crt"
        self.certificate = folder / "server.crt"
        self.key = folder / "server.key"
        self._root_key = folder / "ca.key"
        self._campus = campus

    def ensure(self, names: Iterable[str], now: datetime | None = None) -> bool:
        """Make what is missing, ends soon, or does not bear these names; whether anything was made."""
        now = now or datetime.now(UTC)
        wanted = sorted(set(names))
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not (self.root.exists() and self._root_key.exists()):
            self._make_root(now)
        elif self.certificate.exists() and self.key.exists() and self._serves(wanted, now):
            return False
        self._make_leaf(wanted, now)
        return True

    def _serves(self, wanted: list[str], now: datetime) -> bool:
        leaf = read_certificate(self.certificate)
        until = leaf.not_valid_after_utc - timedelta(days=RENEW_DAYS)
        return now < until and set(wanted) <= set(names_of(leaf))

    def _make_root(self, now: datetime) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name(f"Azora {self._campus} on {socket.gethostname()}"[:64])
        usage = _usage(key_cert_sign=True, crl_sign=True)
        root = (
            _draft(name, name, key, now, ROOT_DAYS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .sign(key, hashes.SHA256())
        )
        _write(self._root_key, _pem_key(key))
        _write(self.root, _pem(root))

    def _make_leaf(self, names: list[str], now: datetime) -> None:
        root = read_certificate(self.root)
        root_key = serialization.load_pem_private_key(self._root_key.read_bytes(), None)
        assert isinstance(root_key, Key)
        key = ec.generate_private_key(ec.SECP256R1())
        authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
        server = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        leaf = (
            _draft(_name("Azora"), root.subject, key, now, LEAF_DAYS)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(digital_signature=True), critical=True)
            .add_extension(server, critical=False)
            .add_extension(authority, critical=False)
            .add_extension(x509.SubjectAlternativeName(map(_general, names)), critical=False)
            .sign(root_key, hashes.SHA256())
        )
        _write(self.key, _pem_key(key))
        _write(self.certificate, _pem(leaf) + _pem(root))


def read_certificate(path: Path) -> x509.Certificate:
    """The first certificate of a PEM file. Raises ValueError where there is none."""
    return x509.load_pem_x509_certificate(path.read_bytes())


def names_of(certificate: x509.Certificate) -> list[str]:
    """The host names and addresses that a certificate is for."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    addresses = map(str, found.get_values_for_type(x509.IPAddress))
    return [*found.get_values_for_type(x509.DNSName), *addresses]


def fingerprint(certificate: x509.Certificate) -> str:
    """The SHA-256 fingerprint as browsers show it: `AB:CD:…`."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def _draft(
    subject: x509.Name, issuer: x509.Name, key: Key, now: datetime, days: int
) -> x509.CertificateBuilder:
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _EARLY)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(identifier, critical=False)
    )


def _usage(**wanted: bool) -> x509.KeyUsage:
    parts = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
        "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{part: wanted.get(part, False) for part in parts})


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _pem_key(key: Key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _write(path: Path, content: bytes) -> None:
    """Put a file in place whole, readable by its owner alone."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
