"""A small web of our own on the loopback interface: pages, redirects, slow and endless answers."""

import gzip
import socket
import ssl
from contextlib import contextmanager, suppress

import eventlet
from eventlet import wsgi


class Web:
    """Answers by path; what was asked stands in `asked` as (path, headers)."""

    def __init__(self):
        self.asked = []
        listener = eventlet.listen(("127.0.0.1", 0))
        self.port = listener.getsockname()[1]
        self._server = eventlet.spawn(wsgi.server, listener, self._answer, log_output=False)

    def close(self):
        self._server.kill()

    def _answer(self, environ, start):
        path = environ["PATH_INFO"]
        headers = {name: value for name, value in environ.items() if name.startswith("HTTP_")}
        self.asked.append((path, headers))
        return getattr(self, path.strip("/").partition("/")[0])(environ, start)

    def page(self, environ, start):
        start("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [b"<title>A page</title>"]

    def to(self, environ, start):
        """/to/<where>: a redirect there, as the query says it."""
        start("302 Found", [("Location", environ["QUERY_STRING"])])
        return [b""]

    def round(self, environ, start):
        start("302 Found", [("Location", "/round")])
        return [b""]

    def gone(self, environ, start):
        start("404 Not Found", [("Content-Type", "text/plain")])
        return [b"no"]

    def endless(self, environ, start):
        start("200 OK", [("Content-Type", "text/plain")])
        return (b"x" * 10_000 for _ in range(1_000_000))

    def bomb(self, environ, start):
        """A million zeros in a thousand bytes."""
        start("200 OK", [("Content-Encoding", "gzip")])
        return [gzip.compress(bytes(1_000_000))]

    def slow(self, environ, start):
        start("200 OK", [("Content-Type", "text/plain")])

        def drip():
            while True:
                eventlet.sleep(0.05)
                yield b"."

        return drip()


@contextmanager
def replying(reply, context=None):
    """A port that answers anything with these bytes; by TLS where a context is given."""
    listener = eventlet.listen(("127.0.0.1", 0))

    def answer(connection: socket.socket, _address):
        with suppress(OSError):
            if context:
                connection = context.wrap_socket(connection, server_side=True)
            connection.recv(10_000)
            connection.sendall(reply)
        connection.close()

    server = eventlet.spawn(eventlet.serve, listener, answer)
    try:
        yield listener.getsockname()[1]
    finally:
        server.kill()


def server_context(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.certificate, authority.key)
    return context
