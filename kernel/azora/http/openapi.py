"""The OpenAPI 3.1 document of this process, derived from its operations alone."""

from typing import TYPE_CHECKING, Any

from azora.http.openapi_kernel import ABOUT, TAG, describe_kernel
from azora.http.openapi_operation import describe_operation
from azora.http.openapi_schemas import Schemas

if TYPE_CHECKING:
    from azora.http.gateway import Gateway

Document = dict[str, Any]

_ABOUT = (
    "Every operation of this campus. Errors are RFC 9457 problems with a stable `code`: see "
    "[error codes](/api/errors). Lists are paged by cursor; `fields=` trims replies; `ETag`, "
    "`If-None-Match` and `If-Match` work wherever a reply carries a tag; an `Idempotency-Key` makes a "
    "repeated change one change; `RateLimit` headers tell what is left."
)


def describe_api(gateway: "Gateway") -> Document:
    """The document. Schemas are named `<plugin>.<Class>`."""
    from azora import __version__
    from azora.http.gateway import api_path

    schemas = Schemas()
    paths: dict[str, Document] = describe_kernel(schemas)
    tags = {TAG: ABOUT}
    for endpoint in gateway.endpoints:
        hosted = endpoint.bound.hosted
        tags[hosted.name] = hosted.plugin.summary
        path = paths.setdefault(api_path(endpoint), {})
        path[endpoint.operation.verb.lower()] = describe_operation(endpoint, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Azora OS", "version": __version__, "description": _ABOUT,
                 "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "servers": [{"url": "/", "description": "This campus"}],
        "tags": [{"name": name, "description": words} for name, words in sorted(tags.items())],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": schemas.components(),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "An API token."},
                "session": {"type": "apiKey", "in": "cookie", "name": "azora_session",
                            "description": "The session of a signed-in browser."},
            },
        },
    }  # fmt: skip
