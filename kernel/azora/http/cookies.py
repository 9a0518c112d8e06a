"""Reply fields that are secrets: those that travel as cookies are moved out of the body."""

from typing import Any

from azora.http.exchange import Headers, HttpRequest
from azora.messages import Message


def holds_secret(reply: type[Message] | None) -> bool:
    """Whether a reply has a field that is a secret, which must not be compressed with what others say."""
    return any(
        isinstance(field.json_schema_extra, dict)
        and field.json_schema_extra.get("format") == "password"
        for field in (reply.model_fields.values() if reply else ())
    )


class CookieFields:
    """The fields of one reply model that are marked `json_schema_extra={"cookie": <name>}`."""

    def __init__(self, reply: type[Message] | None) -> None:
        self._marks: dict[str, dict[str, Any]] = {}
        for name, field in reply.model_fields.items() if reply else ():
            extra = field.json_schema_extra
            if isinstance(extra, dict) and isinstance(extra.get("cookie"), str):
                self._marks[name] = extra
        self.names = frozenset(self._marks)

    def __bool__(self) -> bool:
        return bool(self._marks)

    def move(self, request: HttpRequest, reply: Message, headers: Headers) -> set[str]:
        """Add a Set-Cookie for each marked field, and name those fields: the body leaves them out."""
        for name, mark in self._marks.items():
            value = getattr(reply, name)
            if value is not None:
                max_age = mark.get("max_age")
                headers.append(
                    (
                        "Set-Cookie",
                        set_cookie(mark["cookie"], value, request.scheme == "https", max_age),
                    )
                )
        return set(self._marks)


def set_cookie(name: str, value: str, secure: bool, max_age: int | None = None) -> str:
    """A cookie that scripts cannot read and other sites cannot send; an empty value clears it."""
    pieces = [f"{name}={value}", "Path=/", "HttpOnly", "SameSite=Lax"]
    if not value:
        pieces.append("Max-Age=0")
    elif max_age is not None:
        pieces.append(f"Max-Age={max_age}")
    if secure:
        pieces.append("Secure")
    return "; ".join(pieces)
