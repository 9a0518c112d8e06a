"""The campus's own certificates: what browsers ask of them, and their renewal."""

import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from azora.tls.authority import LEAF_DAYS, RENEW_DAYS, Authority, names_of, read_certificate

NAMES = ["school.lan", "192.0.2.7", "::1", "localhost"]
NOW = datetime.now(UTC)


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path / "tls", "campus")


def extension(certificate, kind):
    return certificate.extensions.get_extension_for_class(kind).value


def test_the_certificate_bears_its_names_and_is_signed_by_the_root(authority):
    assert authority.ensure(NAMES, NOW)
    leaf, root = read_certificate(authority.certificate), read_certificate(authority.root)
    assert sorted(names_of(leaf)) == sorted(NAMES)
    leaf.verify_directly_issued_by(root)
    assert (
        extension(root, x509.BasicConstraints).ca and not extension(leaf, x509.BasicConstraints).ca
    )
    assert leaf.not_valid_after_utc - NOW <= timedelta(days=LEAF_DAYS)
    openssl = ["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname"]
    files = ["school.lan", "-CAfile", str(authority.root), str(authority.certificate)]
    assert b"OK" in subprocess.run([*openssl, *files], capture_output=True, check=True).stdout


def test_keys_and_folder_are_their_owners_alone(authority):
    authority.ensure(NAMES, NOW)
    assert authority.folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in authority.folder.iterdir()} == {0o600}


def test_what_is_good_is_left_as_it_is(authority):
    authority.ensure(NAMES, NOW)
    before = authority.certificate.read_bytes()
    assert not authority.ensure(NAMES[:2], NOW + timedelta(days=LEAF_DAYS - RENEW_DAYS - 1))
    assert authority.certificate.read_bytes() == before


@pytest.mark.parametrize(
    ("names", "later"),
    [(NAMES, timedelta(days=LEAF_DAYS - RENEW_DAYS + 1)), ([*NAMES, "new.lan"], timedelta())],
    ids=["it ends soon", "a name is new"],
)
def test_a_new_certificate_is_made_under_the_same_root_when(authority, names, later):
    authority.ensure(NAMES, NOW)
    root, before = authority.root.read_bytes(), authority.certificate.read_bytes()
    assert authority.ensure(names, NOW + later)
    assert authority.root.read_bytes() == root
    assert authority.certificate.read_bytes() != before
    assert set(names) <= set(names_of(read_certificate(authority.certificate)))
