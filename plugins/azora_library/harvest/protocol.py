"""OAI-PMH 2.0 from the harvester's side: what is asked, and what an answer says (openarchives.org/OAI)."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

from lxml import etree

from azora.errors import Invalid, Unavailable
from azora_library.exchange import dublincore, marcxml
from azora_library.exchange.records import Read, Refused, checked
from azora_library.exchange.xmlrecords import Element

if TYPE_CHECKING:
    from azora.outbound.fetch import Outbound

SPACE = "{http://www.openarchives.org/OAI/2.0/}"
BUSY = (429, 502, 503, 504)
LONGEST_WAIT = timedelta(days=1)
ACCEPT = {"Accept": "text/xml, application/xml"}


class Busy(Exception):
    """The repository asks to be asked again later."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"busy until {until:%H:%M}")
        self.until = until


class Record(NamedTuple):
    """One record of a list: what it says, or why it cannot be read, or that it is deleted."""

    identifier: str
    read: Read | Refused | None


class Listing(NamedTuple):
    """One answer to ListRecords. `token` leads on; `broken` says what is wrong with its XML."""

    records: list[Record]
    token: str | None
    at: str
    broken: str | None = None


class Refusal(Exception):
    """An error of the protocol, by its code."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(f"{code}: {words}")
        self.code = code


def ask(outbound: "Outbound", address: str, said: Mapping[str, str | None]) -> Element:
    """The answer's root. Raises Busy, Refusal, Unavailable, or Invalid for an address that is not fetched."""
    given = urlencode({name: value for name, value in said.items() if value})
    answer = outbound.get(f"{address}{'&' if '?' in address else '?'}{given}", ACCEPT)
    if answer.status in BUSY:
        raise Busy(_again(answer.headers.get("retry-after", "")))
    if not answer.ok:
        raise Invalid(f"The repository answers {answer.status}: is this its OAI-PMH address?")
    root, broken = _parsed(answer.body)
    for error in root.iter(f"{SPACE}error"):
        raise Refusal(error.get("code", ""), " ".join((error.text or "").split()))
    root.set("broken", broken or "")
    return root


def speaks_seconds(root: Element) -> bool:
    """Whether a repository that identified itself tells moments to the second."""
    return (root.findtext(f".//{SPACE}granularity") or "").strip().endswith("Z")


def listing(root: Element, prefix: str) -> Listing:
    """What an answer to ListRecords holds."""
    found = [_record(number, one, prefix) for number, one in enumerate(_records(root), 1)]
    token = (root.findtext(f".//{SPACE}resumptionToken") or "").strip()
    at = (root.findtext(f"{SPACE}responseDate") or "").strip()
    return Listing(found, token or None, at, root.get("broken") or None)


def _records(root: Element) -> list[Element]:
    return list(root.iterfind(f"{SPACE}ListRecords/{SPACE}record"))


def _record(number: int, record: Element, prefix: str) -> Record:
    header = record.find(f"{SPACE}header")
    identifier = "" if header is None else (header.findtext(f"{SPACE}identifier") or "").strip()
    if header is None or not identifier:
        return Record(f"record {number}", Refused(number, None, "has no identifier"))
    if header.get("status") == "deleted":
        return Record(identifier[:300], None)
    metadata = record.find(f"{SPACE}metadata")
    if metadata is None or not len(metadata):
        return Record(identifier[:300], Refused(number, identifier[:300], "brings no metadata"))
    return Record(identifier[:300], _read(number, metadata[0], identifier[:300], prefix))


def _read(number: int, element: Element, identifier: str, prefix: str) -> Read | Refused:
    """The record under the harvest's identifier, which stays when its own number changes."""
    if prefix == "oai_dc":
        return dublincore.read_element(number, element, identifier)
    found = marcxml.read_element(number, element)
    if isinstance(found, Refused):
        return Refused(number, identifier, found.reason)
    return checked(number, identifier, found.record.model_dump(mode="json", exclude={"key"}))


def _parsed(body: bytes) -> tuple[Element, str | None]:
    """The root, and what is wrong where only some of the answer is XML."""
    try:
        return _safe(etree.fromstring(body, _parser(recover=False))), None
    except etree.XMLSyntaxError as error:
        root = etree.fromstring(body, _parser(recover=True)) if body.strip() else None
        if root is None or root.tag != f"{SPACE}OAI-PMH":
            raise Unavailable(
                "The answer is no OAI-PMH: it is not XML.", code="fetch_failed"
            ) from None
        return _safe(root), str(error)[:200]


def _safe(root: Element) -> Element:
    if root.getroottree().docinfo.doctype:
        raise Invalid("The answer declares a document type, which OAI-PMH does not need.")
    return root


def _parser(*, recover: bool) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=recover
    )


def _again(words: str) -> datetime:
    """When `Retry-After` says to come back: seconds or a date; in a minute where it says neither."""
    now = datetime.now(UTC)
    try:
        then = (
            now + timedelta(seconds=int(words)) if words.isdigit() else parsedate_to_datetime(words)
        )
    except (ValueError, TypeError, OverflowError):
        then = now + timedelta(minutes=1)
    then = then if then.tzinfo else then.replace(tzinfo=UTC)
    return min(max(then, now), now + LONGEST_WAIT)
