"""Captions: WebVTT as the browser plays it. SubRip, which most people have, is turned into it."""

import re

LARGEST = 2_000_000
_SUBRIP_TIME = re.compile(r"(\d{1,2}:\d{2}:\d{2}),(\d{3})")
_TIMES = re.compile(
    r"^(?:\d{2,}:)?[0-5]\d:[0-5]\d\.\d{3}[ \t]+-->[ \t]+(?:\d{2,}:)?[0-5]\d:[0-5]\d\.\d{3}"
)


class UnreadableCaptions(ValueError):
    """The file holds no captions; the words say why."""


def webvtt(content: bytes) -> bytes:
    """The captions as WebVTT (W3C), from that or from SubRip. Raises UnreadableCaptions."""
    if len(content) > LARGEST:
        raise UnreadableCaptions("Captions are smaller than 2 MB.")
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        raise UnreadableCaptions("Captions are text in UTF-8.") from None
    if not text.startswith("WEBVTT"):
        text = "WEBVTT\n\n" + _SUBRIP_TIME.sub(r"\1.\2", text)
    arrows = [line for line in text.split("\n") if "-->" in line]
    if not arrows:
        raise UnreadableCaptions("The file has no captions: it is neither WebVTT nor SubRip.")
    for line in arrows:
        if not _TIMES.match(line.strip()):
            raise UnreadableCaptions(f"This is not a time of a caption: {line.strip()[:60]}")
    return text.encode()
