"""The ways into a process: its one address, with HTTPS where that is asked for, and the port that leads there."""

from typing import TYPE_CHECKING

from azora.http.exchange import HttpRequest, HttpResponse
from azora.http.router import Router
from azora.http.server import Respond, Server
from azora.tls.names import shown_address
from azora.tls.redirect import ToHttps
from azora.tls.settings import tls_settings

if TYPE_CHECKING:
    from azora.http.settings import HttpSettings
    from azora.settings import CampusSettings
    from azora.tls.certificates import Certificates

ROOT_PATH = "/ca.crt"
"""Where a campus that makes its own certificates offers the root that devices are to trust."""


class Doors:
    """Listens at `host:port` or `unix:/path` from the moment it is made."""

    def __init__(
        self, respond: Respond, limits: "HttpSettings", campus: "CampusSettings", address: str
    ) -> None:
        self.certificates = None if address.startswith("unix:") else _certificates(campus)
        self._server = Server(respond, limits, address, self.certificates)
        self._plain: Server | None = None
        plain = tls_settings(campus).redirect_port
        if self.certificates and plain is not None:
            host, _, port = self.address.rpartition(":")
            self._plain = Server(ToHttps(int(port)), limits, f"{host}:{plain}")

    @property
    def address(self) -> str:
        """Where it listens, with the real port: `127.0.0.1:8000` or `unix:/path`."""
        return self._server.address

    @property
    def url(self) -> str:
        """What somebody on the network would type."""
        return f"{'https' if self.certificates else 'http'}://{shown_address(self.address)}"

    @property
    def redirect_address(self) -> str | None:
        """Where plain HTTP is sent on to HTTPS."""
        return self._plain.address if self._plain else None

    def stop(self, grace: float) -> None:
        """Accept no more, let requests finish for at most `grace` seconds, then close all."""
        if self._plain:
            self._plain.stop(0.0)
        self._server.stop(grace)


def _certificates(campus: "CampusSettings") -> "Certificates | None":
    """Those that the settings ask for, or None for plain HTTP, which need not load what makes them."""
    tls = tls_settings(campus)
    if not tls.enabled:
        return None
    from azora.tls.certificates import Certificates

    return Certificates(campus, tls)


def add_root(router: Router, campus: "CampusSettings") -> None:
    """Offer the root of the campus's own certificates, for devices to trust."""
    tls = tls_settings(campus)
    if not (tls.enabled and tls.made):
        return
    path = campus.data_dir / "tls" / "ca.crt"

    def root(_request: HttpRequest) -> HttpResponse:
        name = ("Content-Disposition", 'attachment; filename="azora-campus.crt"')
        kind = ("Content-Type", "application/x-x509-ca-cert")
        return HttpResponse(200, path.read_bytes(), [kind, name, ("Cache-Control", "no-store")])

    router.add("GET", ROOT_PATH, root)
