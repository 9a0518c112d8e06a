"""A certificate of the keeper's own: taken, renewed without a restart, and never exchanged for a broken one."""

import socket
import ssl
from datetime import UTC, datetime, timedelta

import pytest
from tests.kernel.hosting import running

from azora.cli.campus import campus_settings
from azora.doctor import findings
from azora.errors import AzoraError
from azora.http import Gateway
from azora.loader import load_registry
from azora.settings import SettingsError, load_campus_settings
from azora.tls import certificates
from azora.tls.authority import Authority, fingerprint, read_certificate
from azora.tls.settings import tls_settings


@pytest.fixture
def own(tmp_path):
    """A certificate and key as a keeper would bring them, from another authority."""
    authority = Authority(tmp_path / "bought", "elsewhere")
    authority.ensure(["localhost"])
    return authority


def given(own, **more):
    return {"enabled": True, "certificate": str(own.certificate), "key": str(own.key), **more}


@pytest.fixture
def serve(tmp_path, own, monkeypatch):
    """Starts a server with these settings; the address where it listens."""
    monkeypatch.setattr(certificates, "LOOK", 0.0)
    opened = []

    def start(**settings):
        campus = running(tmp_path, tls=given(own), **settings)
        gateway = Gateway(campus.__enter__())
        opened.append((campus, gateway))
        return gateway.listen("127.0.0.1:0").address

    yield start
    for campus, gateway in opened:
        gateway.stop(1.0)
        campus.__exit__(None, None, None)


def seen(address, own, ask=b""):
    """The fingerprint of the certificate that a client is shown, and the answer to what it asks."""
    host, _, port = address.rpartition(":")
    context = ssl.create_default_context(cafile=str(own.root))
    with (
        socket.create_connection((host, int(port)), 5) as raw,
        context.wrap_socket(raw, server_hostname="localhost") as peer,
    ):
        shown = ssl.DER_cert_to_PEM_cert(peer.getpeercert(binary_form=True))
        peer.sendall(ask)
        return shown.replace("\n", ""), peer.recv(65536) if ask else b""


def test_a_renewed_certificate_is_served_without_a_restart(serve, own):
    address = serve()
    before, _ = seen(address, own)
    own.ensure(["localhost", "renewed.lan"])
    assert seen(address, own)[0] != before


def test_a_connection_outlives_the_certificate_that_it_began_with(serve, own):
    host, _, port = serve().rpartition(":")
    context = ssl.create_default_context(cafile=str(own.root))
    with (
        socket.create_connection((host, int(port)), 5) as raw,
        context.wrap_socket(raw, server_hostname="localhost") as peer,
    ):
        own.ensure(["localhost", "renewed.lan"])
        seen(f"{host}:{port}", own)
        peer.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert peer.recv(65536).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("content", [b"", b"no certificate"])
def test_a_broken_certificate_is_not_taken(serve, own, content):
    address = serve()
    before, _ = seen(address, own)
    whole = own.certificate.read_bytes()
    own.certificate.write_bytes(content)
    assert seen(address, own)[0] == before
    own.certificate.write_bytes(whole)
    assert seen(address, own)[0] == before


def test_browsers_are_told_to_insist_where_the_campus_has_a_public_name(serve, own):
    ask = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
    assert b"Strict-Transport-Security" not in seen(serve(), own, ask)[1]
    assert b"Strict-Transport-Security" in seen(serve(public_url="https://localhost"), own, ask)[1]


def test_what_is_no_certificate_is_refused_before_anything_listens(tmp_path, own):
    own.key.write_text("no key")
    with running(tmp_path, tls=given(own)) as runtime, pytest.raises(AzoraError, match="no certif"):
        Gateway(runtime).listen("127.0.0.1:0")


def test_a_certificate_without_its_key_is_refused(tmp_path):
    campus = load_campus_settings(data_dir=tmp_path, tls={"certificate": "cert.pem"})
    with pytest.raises(SettingsError, match="belong together"):
        tls_settings(campus)


def test_the_doctor_says_until_when_a_certificate_is_good(tmp_path, own):
    settings = campus_settings(str(tmp_path / "data"), tls=given(own))
    found = {one.name: one for one in findings(settings, load_registry()) if one.area == "tls"}
    assert "for localhost; ends in 396 days" in found[str(own.certificate)].detail
    own.ensure(["localhost", "new"], datetime.now(UTC) - timedelta(days=390))
    found = {one.name: one for one in findings(settings, load_registry()) if one.area == "tls"}
    assert found[str(own.certificate)].severity == "warning"


def test_the_fingerprint_is_written_as_browsers_show_it(own):
    pairs = fingerprint(read_certificate(own.root)).split(":")
    assert len(pairs) == 32 and all(len(pair) == 2 for pair in pairs)
