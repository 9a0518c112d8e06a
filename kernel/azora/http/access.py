"""Who asks, and whether they may: credentials become an actor before any body is read."""

from typing import TYPE_CHECKING

from azora.context import Context
from azora.contract import Operation
from azora.errors import NotAllowed, NotAuthenticated
from azora.http.exchange import HttpProblem, HttpRequest

if TYPE_CHECKING:
    from azora.runtime import Runtime

SESSION_COOKIE = "azora_session"
_REJECTED = [("WWW-Authenticate", 'Bearer realm="azora", error="invalid_token"')]


def identify(runtime: "Runtime", request: HttpRequest, context: Context) -> None:
    """Put the signed actor behind the session cookie or bearer token into the context.

    A bearer token that nobody knows is refused with 401; a session that has ended is no session.
    """
    authorization = request.headers.get("authorization")
    if authorization:
        scheme, _, credential = authorization.partition(" ")
        if scheme.lower() != "bearer" or not credential.strip():
            raise HttpProblem(
                401,
                "unsupported_credentials",
                "Send `Authorization: Bearer <token>`.",
                headers=_REJECTED,
            )
        token = runtime.resolve(credential.strip())
        if token is None:
            raise HttpProblem(
                401, "invalid_token", "The token is unknown, expired or revoked.", headers=_REJECTED
            )
        request.bearer = True
    elif session := request.cookies.get(SESSION_COOKIE):
        token = runtime.resolve(session)
        if token is not None:
            request.session = session
    else:
        return
    if token is not None:
        context.actor = runtime.actors.verify(token)
        context.token = token


def admit(operation: Operation, request: HttpRequest) -> None:
    """Turn away whoever lacks the permission before reading what they send."""
    require(operation.permission, request)


def require(permission: str | None, request: HttpRequest) -> None:
    """Raise NotAuthenticated or NotAllowed unless the actor holds the permission, where one is named."""
    if permission is None:
        return
    actor = request.context.actor
    if actor is None:
        raise NotAuthenticated("Sign in first, or send an API token.")
    if not actor.may(permission):
        raise NotAllowed(f"This needs the permission {permission}.")
