"""OAI-PMH 2.0: the words of the protocol. What is asked, checked; what is answered, as XML."""

import base64
import binascii
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from lxml import etree

from azora_library.exchange.oai_records import Window, moment, stored

OAI = "http://www.openarchives.org/OAI/2.0/"
IDENTIFIER = "http://www.openarchives.org/OAI/2.0/oai-identifier"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
SCHEMA = f"{OAI} {OAI}OAI-PMH.xsd"
SECONDS = "%Y-%m-%dT%H:%M:%SZ"

Element = Any
Arguments = dict[str, list[str]]

_LISTS = ({"metadataPrefix"}, {"from", "until", "set"})
ARGUMENTS: dict[str, tuple[set[str], set[str]]] = {
    "Identify": (set(), set()),
    "ListMetadataFormats": (set(), {"identifier"}),
    "ListSets": (set(), set()),
    "GetRecord": ({"identifier", "metadataPrefix"}, set()),
    "ListIdentifiers": _LISTS,
    "ListRecords": _LISTS,
}
"""What each verb needs, and what else it takes."""
RESUMABLE = ("ListSets", "ListIdentifiers", "ListRecords")
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold."""


class Refusal(Exception):
    """An error by its code in the protocol."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class Listing(NamedTuple):
    """A list on its way: its records, in which form, and how many were given before."""

    window: Window
    prefix: str
    given: int = 0


def checked(arguments: Arguments) -> tuple[str, dict[str, str]]:
    """The verb and its arguments. Raises Refusal in the order that the protocol gives."""
    verbs = arguments.get("verb", [])
    if len(verbs) != 1 or verbs[0] not in ARGUMENTS:
        raise Refusal("badVerb", "Name one of the six verbs: " + ", ".join(ARGUMENTS) + ".")
    [verb] = verbs
    given = {name: values for name, values in arguments.items() if name != "verb" and values}
    if any(_UNWRITABLE.search(text) for name in given for text in (name, *given[name])):
        raise Refusal("badArgument", "An argument holds a character that XML cannot.")
    if repeated := sorted(name for name, values in given.items() if len(values) > 1):
        raise Refusal("badArgument", f"{repeated[0]} is given twice.")
    said = {name: values[0] for name, values in given.items()}
    needed, further = ARGUMENTS[verb]
    if "resumptionToken" in said and verb in RESUMABLE:
        if len(said) > 1:
            raise Refusal("badArgument", "resumptionToken stands alone.")
        return verb, said
    if unknown := sorted(said.keys() - needed - further):
        raise Refusal("badArgument", f"{verb} takes no {unknown[0]}.")
    if missing := sorted(needed - said.keys()):
        raise Refusal("badArgument", f"{verb} needs {missing[0]}.")
    return verb, said


def listing(said: dict[str, str], now: datetime) -> Listing:
    """The list that the arguments ask for, or that the token continues."""
    if token := said.get("resumptionToken"):
        return _continued(token)
    since, until = (_bound(said, name) for name in ("from", "until"))
    if since and until and len(said["from"]) != len(said["until"]):
        raise Refusal("badArgument", "from and until differ in granularity.")
    end = now
    if until and until < now:
        whole = timedelta(days=1) if len(said["until"]) == 10 else timedelta(seconds=1)
        end = min(now, until + whole)
    if since and until and since > until:
        raise Refusal("badArgument", "from is later than until.")
    category = category_of(said["set"]) if "set" in said else None
    return Listing(Window(since, end, category), said["metadataPrefix"])


def token(listing: Listing, after: tuple[datetime, str], given: int) -> str:
    """What continues a list behind a record: all that the list is, so that nothing is kept here."""
    window = listing.window
    said = [
        listing.prefix, window.since and stored(window.since), stored(window.before),
        window.category, [stored(after[0]), after[1]], given,
    ]  # fmt: skip
    return base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")


def _continued(text: str) -> Listing:
    try:
        said = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        prefix, since, before, category, (stamp, id), given = said
        if (
            not all(isinstance(one, str) for one in (prefix, before, stamp, id))
            or type(given) is not int
            or _UNWRITABLE.search(f"{prefix}{category}{id}")
        ):
            raise ValueError(text)
        after = (stored(moment(stamp)), id)
        window = Window(since and moment(since), moment(before), category and str(category), after)
        return Listing(window, prefix, given)
    except (ValueError, TypeError, AttributeError, binascii.Error, OverflowError):
        raise Refusal("badResumptionToken", "This is no token of ours: begin again.") from None


def _bound(said: dict[str, str], name: str) -> datetime | None:
    text = said.get(name)
    if text is None:
        return None
    try:
        form = "%Y-%m-%d" if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else SECONDS
        return datetime.strptime(text, form).replace(tzinfo=UTC)
    except ValueError:
        raise Refusal(
            "badArgument", f"{name} is no date like 2026-01-31 or 2026-01-31T12:00:00Z."
        ) from None


def set_spec(category: str) -> str:
    """A category as the name of a set: letters and digits stand, the rest by their numbers."""
    plain = re.sub(r"[^A-Za-z0-9_.-]", lambda found: f"~{ord(found.group()):x}~", category)
    return f"category:{plain}"


def category_of(spec: str) -> str:
    """The category that a set stands for. Raises Refusal for what is none of ours."""
    if not spec.startswith("category:"):
        raise Refusal("noRecordsMatch", "There is no such set.")
    try:
        name = re.sub(r"~([0-9a-f]{1,6})~", lambda found: chr(int(found[1], 16)), spec[9:])
    except (ValueError, OverflowError):
        name = ""
    if not name or _UNWRITABLE.search(name):
        raise Refusal("noRecordsMatch", "There is no such set.")
    return name


def answer(address: str, arguments: dict[str, str], *parts: Element) -> str:
    """The document that holds these parts."""
    top = etree.Element(f"{{{OAI}}}OAI-PMH", nsmap={None: OAI, "xsi": XSI})
    top.set(f"{{{XSI}}}schemaLocation", SCHEMA)
    add(top, "responseDate", datetime.now(UTC).strftime(SECONDS))
    request = add(top, "request", address)
    for name, value in arguments.items():
        request.set(name, value)
    top.extend(parts)
    return etree.tostring(top, encoding="unicode", xml_declaration=False)  # type: ignore[no-any-return]


def error(refusal: Refusal) -> Element:
    found = element("error", code=refusal.code)
    found.text = str(refusal)
    return found


def element(name: str, text: str | None = None, **attributes: str) -> Element:
    made = etree.Element(f"{{{OAI}}}{name}", nsmap={None: OAI}, **attributes)
    made.text = text
    return made


def add(parent: Element, name: str, text: str | None = None, **attributes: str) -> Element:
    """A further child of an element, in the protocol's namespace."""
    made = etree.SubElement(parent, f"{{{OAI}}}{name}", **attributes)
    made.text = text
    return made
