"""Somebody outside: an HTTP server that takes webhooks, checks their signatures, and fails when told to."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks import Webhook


class Receiver:
    """`answers` are the statuses of the next requests, 204 when there are none; `taken` is what came."""

    def __init__(self):
        self.taken, self.refused, self.answers, self.secret = [], 0, [], None
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = receiver.answers.pop(0) if receiver.answers else 204
                if status == 204:
                    receiver.taken.append((json.loads(body), dict(self.headers), body))
                else:
                    receiver.refused += 1
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}/hook"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def verified(self, place, secret):
        """What the library of Standard Webhooks makes of a taken request. Raises where it is not signed right."""
        _, headers, body = self.taken[place]
        return Webhook(secret).verify(body, {name.lower(): text for name, text in headers.items()})

    def events(self):
        return [body["id"] for body, _, _ in self.taken]

    def close(self):
        self._server.shutdown()
        self._server.server_close()
