"""HTTPS as real clients see it, in both bodies: versions, redirects, cookies, slow and rude handshakes."""

import json
import re
import socket
import ssl
import subprocess
import sys

import pytest

from azora.testing.campus import BODIES
from azora.testing.servers import wait_until


@pytest.fixture(scope="module", params=BODIES)
def secure(request, new_module_campus):
    """A campus that serves HTTPS under a certificate of its own making."""
    return new_module_campus(request.param, tls=True)


@pytest.fixture
def session(secure):
    """One TLS connection that trusts the campus's root."""
    context = ssl.create_default_context(cafile=str(secure.root))
    with (
        socket.create_connection(("127.0.0.1", secure.port), 10) as raw,
        context.wrap_socket(raw, server_hostname="localhost") as peer,
    ):
        yield peer


def s_client(campus, *options):
    """What OpenSSL's own client says of the campus."""
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{campus.port}", *options]
    done = subprocess.run(
        [*command, "-CAfile", str(campus.root)], input=b"", capture_output=True, timeout=20
    )
    return (done.stdout + done.stderr).decode()


def test_a_client_that_trusts_the_root_is_served_under_each_name(secure):
    for name in ("localhost", "127.0.0.1"):
        answer = secure.client()
        answer.url = f"https://{name}:{secure.port}"
        assert answer.get("/readyz").json() == {"status": "ready"}


def test_a_client_that_does_not_trust_it_is_not_served(secure):
    client = secure.client()
    client.verify = True
    with pytest.raises(OSError, match="certificate verify failed"):
        client.get("/readyz")


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_todays_versions_are_spoken_with_forward_secrecy(secure, version):
    said = s_client(secure, version, "-brief")
    assert "Verification: OK" in said
    assert re.search(r"Ciphersuite: (TLS_AES_|TLS_CHACHA20|ECDHE-ECDSA-(AES|CHACHA20))", said), said


@pytest.mark.parametrize(
    "options",
    [
        ("-tls1",),
        ("-tls1_1",),
        ("-tls1_2", "-cipher", "AES128-SHA"),
        ("-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA"),
    ],
    ids=" ".join,
)
def test_yesterdays_are_refused(secure, options):
    willing = [] if "-cipher" in options else ["-cipher", "ALL:@SECLEVEL=0"]
    assert "Cipher is (NONE)" in s_client(secure, *options, *willing)


def test_a_browser_that_comes_without_tls_is_sent_on(secure):
    plain = secure.client()
    plain.url = f"http://127.0.0.1:{secure.port}"
    sent = plain.get("/library?query=mhudi", allow_redirects=False)
    assert sent.status_code == 307
    assert sent.headers["Location"] == f"{secure.url}/library?query=mhudi"


def test_a_program_that_comes_without_tls_is_told_so(secure):
    plain = secure.client()
    plain.url = f"http://127.0.0.1:{secure.port}"
    refused = plain.get("/api/library/search")
    assert (refused.status_code, refused.json()["code"]) == (403, "https_required")


def test_session_cookies_travel_over_tls_alone(secure):
    signed_in = secure.sign_in()
    assert {cookie.secure for cookie in signed_in.cookies} == {True}
    assert signed_in.get("/account").status_code == 200


def test_browsers_are_not_told_to_insist_on_a_certificate_that_they_may_not_trust(secure):
    assert "Strict-Transport-Security" not in secure.http.get("/").headers


def test_the_root_can_be_fetched_and_is_the_one_in_the_folder(secure):
    answer = secure.http.get("/ca.crt")
    assert answer.headers["Content-Type"] == "application/x-x509-ca-cert"
    assert answer.content == secure.root.read_bytes()


def test_many_requests_share_a_connection(session):
    for _ in range(3):
        session.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        received = b""
        while not received.endswith(b"}"):
            received += session.recv(65536)
        assert received.startswith(b"HTTP/1.1 200 OK")


def test_a_large_upload_and_its_download_come_through_whole(secure):
    content = bytes(range(256)) * 8192
    librarian = secure.as_account("library.manage")
    made = librarian.post(
        "/api/library/resources",
        data={"title": "Large", "type": "DOCUMENT"},
        files={"file": ("large.bin", content, "application/octet-stream")},
    )
    assert made.status_code == 201, made.text
    path = f"/api/library/resources/{made.json()['id']}/file"
    assert secure.http.get(path).content == content


def test_a_handshake_that_never_comes_keeps_nobody_waiting(secure):
    silent = [socket.create_connection(("127.0.0.1", secure.port), 10) for _ in range(50)]
    for peer in silent[::2]:
        peer.sendall(b"\x16\x03\x01\x02\x00")  # the beginning of a record that never ends
    try:
        assert secure.http.get("/readyz", timeout=5).status_code == 200
    finally:
        for peer in silent:
            peer.close()


@pytest.mark.parametrize(
    "said", [b"\x16\x03\x01\x00\x05nonsense" * 20, b"\x16" * 1000, b"\x00\r\n\r\n"]
)
def test_rude_bytes_end_one_connection_and_nothing_else(secure, said):
    with socket.create_connection(("127.0.0.1", secure.port), 10) as peer:
        peer.sendall(said)
        peer.shutdown(socket.SHUT_WR)
        while peer.recv(65536):
            pass
    assert secure.http.get("/readyz").status_code == 200


def test_the_start_tells_the_address_and_what_to_trust(tmp_path):
    command = [sys.executable, "-m", "azora.command", "up", "--json", "--tls", "--port", "0"]
    with subprocess.Popen(
        [*command, "--data", str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as started:
        assert started.stdout is not None
        told = ""
        while not told.endswith("\n}\n"):
            told += started.stdout.readline()
        started.terminate()
    assert re.fullmatch(r"https://127\.0\.0\.1:\d+", json.loads(told)["url"])


def test_a_port_for_plain_http_leads_to_https(new_campus):
    from azora.testing.servers import free_port

    plain = free_port()
    campus = new_campus(tls=True, environment={"AZORA_TLS_REDIRECT_PORT": str(plain)})
    client = campus.client()
    client.url = f"http://127.0.0.1:{plain}"
    sent = client.get("/library", allow_redirects=False)
    assert sent.headers["Location"] == f"{campus.url}/library"
    assert wait_until(lambda: client.get("/api/library/search").status_code == 403)
