"""The next page as an RFC 8288 Link, beside the cursor in the body."""

from urllib.parse import quote, urlencode

from azora.contract import Operation
from azora.http.edge import parse_query
from azora.http.exchange import HttpRequest
from azora.messages import ListReply, ListRequest, Message


def is_list(operation: Operation) -> bool:
    """Whether the operation answers in pages."""
    return (
        operation.reply is not None
        and issubclass(operation.reply, ListReply)
        and issubclass(operation.request, ListRequest)
    )


def link(request: HttpRequest, reply: Message) -> str | None:
    """`<…>; rel="next"` for a page that has a following one."""
    cursor = getattr(reply, "next", None)
    if not cursor:
        return None
    query = [(name, value) for name, value in parse_query(request.query) if name != "cursor"]
    target = f"{quote(request.path, safe='/%')}?{urlencode([*query, ('cursor', cursor)])}"
    return f'<{target}>; rel="next"'
