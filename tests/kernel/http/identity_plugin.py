"""The smallest identity: three credentials that never change."""

import time

from azora import NotAuthenticated, Plugin, Reply, Request, Service, hookimpl, operation

TOKENS = {"author": "azt_author", "reader": "azt_reader", "keeper": "azt_keeper"}
SESSION = "session-of-author"
_MAY = {
    "azt_author": ("user:author", ["notes.read", "notes.write"]),
    "session-of-author": ("user:author", ["notes.read", "notes.write"]),
    "azt_reader": ("user:reader", ["notes.read"]),
    "azt_keeper": ("user:keeper", ["*"]),
}


class Credential(Request):
    token: str


class SignedActor(Reply):
    token: str
    expires: float


class Identity(Service):
    @operation("POST /authenticate", public=True, http=False, idempotent=True)
    def authenticate(self, request: Credential) -> SignedActor:
        if request.token not in _MAY:
            raise NotAuthenticated("unknown")
        actor, permissions = _MAY[request.token]
        return SignedActor(
            token=self.hosted.runtime.actors.sign(actor, set(permissions), 60.0),
            expires=time.time() + 60,
        )


def identity_plugin():
    class Module:
        __name__ = "azora_identity_of_a_test"

        @hookimpl
        def describe(self):
            return Plugin(name="identity", summary="Knows three people", services=[Identity])

    return "identity", Module()
