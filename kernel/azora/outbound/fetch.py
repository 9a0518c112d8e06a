"""Fetching what somebody names by its address: never from inside, never for long, never without end.

An address may come from anybody who fills in a form, so it is taken as hostile: http and https alone,
public machines alone, each redirect looked at anew, an answer bounded in time and in size.
"""

import ssl
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple, cast
from urllib.parse import urljoin

from azora.errors import DeadlineExceeded, Invalid, Unavailable
from azora.outbound.addresses import Inside, Resolve, reachable, system_resolver

if TYPE_CHECKING:
    import urllib3
    from urllib3.util import Url

    from azora.outbound.settings import OutboundSettings
    from azora.settings import CampusSettings

REDIRECTS = 5
_MOVED = frozenset({301, 302, 303, 307, 308})
_PORTS = {"http": 80, "https": 443}
_PIECE = 65_536


class Answer(NamedTuple):
    """What came back, whatever its status. `address` is where it came from in the end."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    address: str

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def media_type(self) -> str:
        """The media type without its parameters, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class Outbound:
    """Asks other machines on behalf of a campus. Green: others go on while an answer is awaited."""

    def __init__(
        self, settings: "OutboundSettings", agent: str, resolve: Resolve = system_resolver
    ) -> None:
        self._settings = settings
        self._inside = Inside.of(settings.inside)
        self._agent = agent
        self._resolve = resolve

    def get(
        self,
        address: str,
        headers: Mapping[str, str] | None = None,
        *,
        timeout: float | None = None,
        max_answer: int | None = None,
    ) -> Answer:
        """The answer to a GET, after redirects; headers of yours go to the first machine alone.

        Raises Invalid for an address that is none or is not public (`address_refused`), Unavailable
        where nobody answers or too much comes, DeadlineExceeded.
        """
        limit = max_answer or self._settings.max_answer
        return self._within(
            address, timeout, lambda: self._follow(address, dict(headers or {}), limit)
        )

    def post(
        self,
        address: str,
        body: bytes,
        headers: Mapping[str, str],
        *,
        timeout: float | None = None,
        max_answer: int = 10_000,
    ) -> Answer:
        """The answer to a POST, which follows no redirect: what is sent is for this address alone.

        Raises as `get` does. Where it was sent and no answer came, it may have been taken all the same.
        """
        return self._within(
            address, timeout, lambda: self._ask(_parsed(address), headers, max_answer, body)
        )

    def _within(self, address: str, timeout: float | None, work: Callable[[], Answer]) -> Answer:
        from eventlet import Timeout

        seconds = timeout or self._settings.timeout
        late = Timeout(seconds)
        try:
            return work()
        except Timeout as mine:
            if mine is not late:
                raise
            raise DeadlineExceeded(
                f"{_host(address)} did not answer within {seconds:g} seconds."
            ) from None
        finally:
            late.cancel()

    def _follow(self, address: str, headers: dict[str, str], limit: int) -> Answer:
        origin = None
        for _ in range(REDIRECTS + 1):
            url = _parsed(address)
            origin = origin or (url.scheme, url.host, url.port)
            mine = headers if origin == (url.scheme, url.host, url.port) else _public_part(headers)
            answer = self._ask(url, mine, limit)
            if answer.status not in _MOVED or "location" not in answer.headers:
                return answer
            address = urljoin(address, answer.headers["location"])
        raise Unavailable(f"{_host(address)} sends on and on.", code="fetch_failed")

    def _ask(
        self, url: "Url", headers: Mapping[str, str], limit: int, body: bytes | None = None
    ) -> Answer:
        import urllib3

        host = str(url.host)
        problem: Exception | None = None
        for place in self._places(url):
            pool = self._pool(url, place)
            try:
                response = pool.urlopen(
                    "GET" if body is None else "POST",
                    url.request_uri,
                    body=body,
                    headers=self._headers(url, headers),
                    redirect=False,
                    retries=False,
                    preload_content=False,
                )
                return Answer(
                    response.status,
                    {name.lower(): value for name, value in response.headers.items()},
                    b"" if response.status in _MOVED else b"".join(_pieces(response, host, limit)),
                    url.url,
                )
            except (urllib3.exceptions.HTTPError, OSError) as error:
                problem = error
            finally:
                pool.close()
        raise Unavailable(f"{host} could not be asked: {_reason(problem)}.", code="fetch_failed")

    def _places(self, url: "Url") -> list[str]:
        """The addresses of the machine that may be asked. Raises Invalid where none is."""
        host = str(url.host).strip("[]")
        try:
            found = reachable(host, _port(url), self._inside, self._resolve)
        except OSError:
            raise Unavailable(f"No machine is called {host}.", code="fetch_failed") from None
        if not found:
            raise refused(
                f"{host} is inside this network. Only public addresses may be fetched; an operator may "
                "name others in AZORA_OUTBOUND_INSIDE."
            )
        return found

    def _pool(self, url: "Url", place: str) -> "urllib3.HTTPConnectionPool":
        """A connection to that very address, which for TLS still must be who the name says."""
        import urllib3

        timeout = urllib3.Timeout(connect=min(10.0, self._settings.timeout), read=None)
        if url.scheme == "http":
            return urllib3.HTTPConnectionPool(place, _port(url), timeout=timeout)
        trusted = ssl.create_default_context(cafile=self._settings.ca_file)
        name = str(url.host).strip("[]")
        return urllib3.HTTPSConnectionPool(
            place, _port(url), timeout=timeout, ssl_context=trusted, server_hostname=name
        )

    def _headers(self, url: "Url", headers: Mapping[str, str]) -> dict[str, str]:
        return {
            "User-Agent": self._agent,
            "Accept-Encoding": "gzip",
            "Connection": "close",
            **headers,
            "Host": url.netloc or "",
        }


def open_outbound(campus: "CampusSettings") -> Outbound:
    """What the settings of a campus let it ask, under its name and address."""
    import azora
    from azora.settings import load_section

    home = f" (+{campus.public_url})" if campus.public_url else ""
    settings = cast("OutboundSettings", load_section("outbound", campus))
    return Outbound(settings, f"Azora/{azora.__version__}{home}")


def refused(words: str) -> Invalid:
    """What to say of an address that is not fetched, whoever asks."""
    return Invalid(words, code="address_refused")


def _parsed(address: str) -> "Url":
    from urllib3.exceptions import LocationParseError
    from urllib3.util import parse_url

    try:
        url = parse_url(address.strip())
    except LocationParseError:
        raise refused("This is no address of the web.") from None
    if url.scheme not in _PORTS or not url.host or url.auth:
        raise refused("An address begins with https:// or http://, and holds no name or password.")
    return url._replace(fragment=None)


def _pieces(response: "urllib3.BaseHTTPResponse", host: str, limit: int) -> Iterator[bytes]:
    """The unpacked body. Raises Unavailable as soon as it is longer than the limit."""
    size = 0
    for piece in response.stream(_PIECE, decode_content=True):
        size += len(piece)
        if size > limit:
            raise Unavailable(
                f"{host} answers more than {limit:,} bytes: it was not read to the end.",
                code="fetch_failed",
            )
        yield piece


def _public_part(headers: Mapping[str, str]) -> dict[str, str]:
    """Of a caller's headers what another machine may see."""
    return {name: value for name, value in headers.items() if name.lower().startswith("accept")}


def _port(url: "Url") -> int:
    return url.port or _PORTS[str(url.scheme)]


def _host(address: str) -> str:
    return str(_parsed(address).host)


def _reason(error: Exception | None) -> str:
    """Why a connection failed, without the objects that libraries put into their messages."""
    import urllib3

    if isinstance(error, urllib3.exceptions.SSLError) or "CERTIFICATE" in str(error):
        return "its certificate is not to be trusted"
    if isinstance(error, urllib3.exceptions.NewConnectionError | OSError):
        return "nobody answers there"
    return "its answer broke off or is not HTTP"
