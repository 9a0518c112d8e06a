"""File names as people give them, made harmless and kept readable."""

import re
import unicodedata

MAX_BYTES = 255
"""What file systems take, in UTF-8."""

_FORBIDDEN = re.compile(r'[<>:"|?*\x7f]')
_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
_MEDIA_TYPE = re.compile(
    r"^[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,100}(;[ -~]{0,100})?$"
)


def safe_name(name: str) -> str:
    """The last part of a path without control characters, separators and reserved names.

    Unicode stays, composed (NFC); the ending stays where the name must be cut.
    """
    last = re.split(r"[/\\]", name)[-1]
    visible = unicodedata.normalize("NFC", "".join(filter(_is_visible, last)))
    clean = re.sub(r"\s+", " ", _FORBIDDEN.sub("_", visible)).strip(" .")
    if _RESERVED.match(clean):
        clean = f"_{clean}"
    return _cut(clean) or "file"


def safe_media_type(media_type: str) -> str:
    """The media type where it is one, else `application/octet-stream`."""
    lowered = media_type.strip().lower()
    return lowered if _MEDIA_TYPE.match(lowered) else "application/octet-stream"


def _is_visible(char: str) -> bool:
    """Neither control nor surrogate, nor a mark that turns the direction of what follows."""
    return unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def _cut(name: str) -> str:
    encoded = name.encode()
    if len(encoded) <= MAX_BYTES:
        return name
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending.encode()) > 20:
        stem, dot, ending = name, "", ""
    room = MAX_BYTES - len(f"{dot}{ending}".encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip(" .") + dot + ending
