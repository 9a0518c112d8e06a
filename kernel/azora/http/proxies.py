"""Who the client is when proxies stand in between: only what our own proxies say is believed."""

from typing import TYPE_CHECKING

from azora.http.exchange import HttpRequest
from azora.http.security import is_https

if TYPE_CHECKING:
    from azora.http.settings import HttpSettings
    from azora.settings.campus import CampusSettings


class Proxies:
    """Unwraps X-Forwarded-For and -Proto of the proxies that the settings count.

    A Unix socket is opened by our own front alone, so that is one more.
    """

    def __init__(self, campus: "CampusSettings", settings: "HttpSettings") -> None:
        self._trusted = settings.trusted_proxies
        self._https = is_https(campus)

    def unwrap(self, request: HttpRequest) -> None:
        """Set `remote` and `scheme` to those of the client."""
        if self._https:
            request.scheme = "https"
        trusted = self._trusted + (request.remote == "")
        if not trusted:
            return
        if forwarded := request.headers.get("x-forwarded-for"):
            chain = [piece.strip() for piece in forwarded.split(",")]
            request.remote = chain[max(0, len(chain) - trusted)]
        if request.headers.get("x-forwarded-proto", "").lower() == "https":
            request.scheme = "https"
