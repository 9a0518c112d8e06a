"""Requests as attackers and broken programs send them, each with what is right to answer.

After RFC 9112 and the known ways to make two servers disagree about where a request ends: CL.TE, TE.CL,
TE.TE, chunks that spill, line ends that are none. Every refused case is followed by a whole request that
would write a note; nobody may ever find that note.
"""

from dataclasses import dataclass

SMUGGLED = (
    b"POST /api/notes/notes HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer azt_author\r\n"
    b'Content-Type: application/json\r\nContent-Length: 15\r\n\r\n{"title":"got"}'
)
GET = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
JSON = b"Host: x\r\nContent-Type: application/json\r\n"
CHUNKED = JSON + b"Transfer-Encoding: chunked\r\n\r\n"
SAY = b'{"say":"hi"}'


@dataclass(frozen=True)
class Case:
    """What is sent, and the statuses of all that comes back until the server closes or waits."""

    name: str
    sent: bytes
    statuses: tuple[int, ...]

    @property
    def refused(self) -> bool:
        return self.statuses == (400,)


def post(headers: bytes, body: bytes = b"") -> bytes:
    return b"POST /api/notes/echo HTTP/1.1\r\n" + headers + b"\r\n" + body


def get(target: bytes = b"/healthz", version: bytes = b"HTTP/1.1", headers: bytes = b"") -> bytes:
    return b"GET " + target + b" " + version + b"\r\nHost: x\r\n" + headers + b"\r\n"


def chunked(body: bytes) -> bytes:
    return b"POST /api/notes/echo HTTP/1.1\r\n" + CHUNKED + body


LENGTHS = {
    "CL.TE": post(JSON + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\nG"),
    "TE.CL": post(JSON + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", b"5c\r\n"),
    "CL.TE with no body": post(JSON + b"Content-Length: 0\r\nTransfer-Encoding: chunked\r\n"),
    "two lengths": post(JSON + b"Content-Length: 2\r\nContent-Length: 12\r\n", SAY),
    "the same length twice": post(JSON + b"Content-Length: 12\r\nContent-Length: 12\r\n", SAY),
    "a list of lengths": post(JSON + b"Content-Length: 12, 12\r\n", SAY),
    "a negative length": post(JSON + b"Content-Length: -12\r\n", SAY),
    "a length with a plus": post(JSON + b"Content-Length: +12\r\n", SAY),
    "a hexadecimal length": post(JSON + b"Content-Length: 0xc\r\n", SAY),
    "a length with an underscore": post(JSON + b"Content-Length: 1_2\r\n", SAY),
    "a length with a space inside": post(JSON + b"Content-Length: 1 2\r\n", SAY),
    "a length of nothing": post(JSON + b"Content-Length: \r\n", SAY),
    "a length with a vertical tab": post(JSON + b"Content-Length: 12\x0b\r\n", SAY),
    "a length in other digits": post(JSON + "Content-Length: \u0661\u0662\r\n".encode(), SAY),
    "a length beyond 64 bits": post(JSON + b"Content-Length: 99999999999999999999\r\n", SAY),
    "a length behind a space": post(JSON + b"Content-Length : 12\r\n", SAY),
    "a folded length": post(JSON + b"Content-Length:\r\n 12\r\n", SAY),
}
CODINGS = {
    "TE.TE": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: x",
    "TE.TE the other way round": b"Transfer-Encoding: x\r\nTransfer-Encoding: chunked",
    "TE.TE in two cases": b"Transfer-Encoding: chunked\r\ntransfer-encoding: identity",
    "chunked is not the last": b"Transfer-Encoding: chunked, identity",
    "chunked twice": b"Transfer-Encoding: chunked, chunked",
    "an unknown coding": b"Transfer-Encoding: xchunked",
    "another unknown coding": b"Transfer-Encoding: chunkedx",
    "a coding alone": b"Transfer-Encoding: gzip",
    "identity": b"Transfer-Encoding: identity",
    "no coding": b"Transfer-Encoding: ",
    "a quoted coding": b'Transfer-Encoding: "chunked"',
    "a parameter": b"Transfer-Encoding: chunked;q=1",
    "a vertical tab": b"Transfer-Encoding:\x0bchunked",
    "a form feed": b"Transfer-Encoding: chunked\x0c",
    "a NUL": b"Transfer-Encoding: chunked\x00",
    "a space before the colon": b"Transfer-Encoding : chunked",
    "a tab before the colon": b"Transfer-Encoding\t: chunked",
    "a folded coding": b"Transfer-Encoding:\r\n chunked",
    "folded further": b"Transfer-Encoding: x\r\n , chunked",
    "behind a bare line feed": b"X: x\nTransfer-Encoding: chunked",
    "behind a bare carriage return": b"X: x\rTransfer-Encoding: chunked",
    "a line feed before the colon": b"Transfer-Encoding\n: chunked",
}
CHUNKS = {
    "a size that is none": b"zz\r\n" + SAY + b"\r\n0\r\n\r\n",
    "no size": b"\r\n" + SAY + b"\r\n0\r\n\r\n",
    "a negative size": b"-c\r\n" + SAY + b"\r\n0\r\n\r\n",
    "a size with a plus": b"+c\r\n" + SAY + b"\r\n0\r\n\r\n",
    "a size with 0x": b"0xc\r\n" + SAY + b"\r\n0\r\n\r\n",
    "a size behind a space": b" c\r\n" + SAY + b"\r\n0\r\n\r\n",
    "a size with an underscore": b"0_c\r\n" + SAY + b"\r\n0\r\n\r\n",
    "a size beyond 64 bits": b"fffffffffffffffff\r\n" + SAY + b"\r\n0\r\n\r\n",
    "a size that wraps to nothing": b"10000000000000000\r\n" + SAY + b"\r\n0\r\n\r\n",
    "a chunk that spills": b"c\r\n" + SAY + b"spill\r\n0\r\n\r\n",
    "a chunk without its end": b"c\r\n" + SAY + b"0\r\n\r\n",
    "a size that a line feed ends": b"c\n" + SAY + b"\r\n0\r\n\r\n",
    "a chunk that a line feed ends": b"c\r\n" + SAY + b"\n0\r\n\r\n",
    "an extension that a line feed ends": b"c;a\n" + SAY + b"\r\n0\r\n\r\n",
    "an extension with a carriage return": b"c;a=\rb\r\n" + SAY + b"\r\n0\r\n\r\n",
    "an extension with a NUL": b"c;a=\x00\r\n" + SAY + b"\r\n0\r\n\r\n",
    "a trailer without a colon": b"c\r\n" + SAY + b"\r\n0\r\nnonsense\r\n\r\n",
    "a folded trailer": b"c\r\n" + SAY + b"\r\n0\r\nX: 1\r\n 2\r\n\r\n",
    "a trailer with a NUL": b"c\r\n" + SAY + b"\r\n0\r\nX: \x00\r\n\r\n",
    "an end that a line feed ends": b"c\r\n" + SAY + b"\r\n0\n\n",
}
HEADS = {
    "line feeds alone": b"GET /healthz HTTP/1.1\nHost: x\n\n",
    "a line feed behind a header": b"GET /healthz HTTP/1.1\r\nHost: x\n\r\n",
    "a line feed behind the request line": b"GET /healthz HTTP/1.1\nHost: x\r\n\r\n",
    "carriage returns alone": b"GET /healthz HTTP/1.1\rHost: x\r\r",
    "a folded header": get(headers=b"X: 1\r\n 2\r\n"),
    "a header folded by a tab": get(headers=b"X: 1\r\n\t2\r\n"),
    "a space before the first header": b"GET /healthz HTTP/1.1\r\n Host: x\r\n\r\n",
    "a space before the colon": get(headers=b"X : 1\r\n"),
    "a space in a name": get(headers=b"X Y: 1\r\n"),
    "an empty name": get(headers=b": 1\r\n"),
    "no colon": get(headers=b"X\r\n"),
    "a NUL in a value": get(headers=b"X: a\x00b\r\n"),
    "a NUL in a name": get(headers=b"X\x00: a\r\n"),
    "a carriage return in a value": get(headers=b"X: a\rb\r\n"),
    "an escape in a value": get(headers=b"X: \x1b[0m\r\n"),
    "letters that are no ASCII in a name": get(headers="\u00fc: 1\r\n".encode()),
    "a bracket in a name": get(headers=b"X[0]: 1\r\n"),
    "no host": b"GET /healthz HTTP/1.1\r\n\r\n",
    "an empty host": b"GET /healthz HTTP/1.1\r\nHost: \r\n\r\n",
    "two hosts": get(headers=b"Host: y\r\n"),
    "two hosts in two cases": get(headers=b"hOST: x\r\n"),
    "a list of hosts": b"GET /healthz HTTP/1.1\r\nHost: x, y\r\n\r\n",
    "a host with a path": b"GET /healthz HTTP/1.1\r\nHost: x/y\r\n\r\n",
    "a host with a name before": b"GET /healthz HTTP/1.1\r\nHost: a@x\r\n\r\n",
    "two credentials": get(headers=b"Authorization: Bearer a\r\nAuthorization: Bearer b\r\n"),
    "no target": b"GET HTTP/1.1\r\nHost: x\r\n\r\n",
    "a space in the target": get(b"/a b"),
    "a tab before the target": b"GET\t/healthz HTTP/1.1\r\nHost: x\r\n\r\n",
    "a NUL in the target": get(b"/\x00"),
    "letters that are no ASCII in the target": get("/\u00fc".encode()),
    "no path": get(b"healthz"),
    "authority-form": get(b"x:80"),
    "another scheme": get(b"ftp://x/healthz"),
    "an absolute target without a host": get(b"http:///healthz"),
    "asterisk-form of a GET": get(b"*"),
    "a target with a name before the host": get(b"http://a@x/healthz"),
    "CONNECT": b"CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n",
    "a method in small letters": b"get /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
    "a method that is none": b"G(T /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
    "a method that nobody knows": b"FETCH /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
    "a version in small letters": get(version=b"http/1.1"),
    "a version with three parts": get(version=b"HTTP/1.1.1"),
    "a version of two digits": get(version=b"HTTP/1.10"),
    "a version with a space behind": get(version=b"HTTP/1.1 "),
    "another protocol": get(version=b"ICY/1.1"),
    "HTTP/2 without asking": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "a proxy's preface": b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n" + GET,
    "nonsense": b"nonsense\r\n\r\n",
    "chunks in HTTP/1.0": b"POST /api/notes/echo HTTP/1.0\r\n" + CHUNKED + b"0\r\n\r\n",
}
TAKEN = {
    "one request": (GET, (200,)),
    "an empty line before": (b"\r\n" + GET, (200,)),
    "three at once": (GET + get(b"/api/none") + GET, (200, 404, 200)),
    "a head and its body": (post(JSON + b"Content-Length: 12\r\n", SAY), (201,)),
    "white space round a length": (post(JSON + b"Content-Length: \t12 \t\r\n", SAY), (201,)),
    "chunks": (chunked(b"5\r\n" + SAY[:5] + b"\r\n7\r\n" + SAY[5:] + b"\r\n0\r\n\r\n"), (201,)),
    "a coding in capitals": (
        post(JSON + b"TRANSFER-ENCODING: Chunked\r\n", b"C\r\n" + SAY + b"\r\n0\r\n\r\n"),
        (201,),
    ),
    "leading noughts of a size": (chunked(b"000c\r\n" + SAY + b"\r\n000\r\n\r\n"), (201,)),
    "an extension": (chunked(b'c;a="b";c\r\n' + SAY + b"\r\n0;d=e\r\n\r\n"), (201,)),
    "a trailer": (chunked(b"c\r\n" + SAY + b"\r\n0\r\nX: 1\r\n\r\n"), (201,)),
    "an empty body where one is due": (post(JSON), (201,)),
    "an absolute target": (get(b"http://x/healthz"), (200,)),
    "an absolute target with a port": (get(b"HTTP://x:80/healthz"), (200,)),
    "asterisk-form": (b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", (204,)),
    "a body that nobody reads, then a request": (
        post(JSON + b"Content-Length: %d\r\n" % len(GET), GET).replace(b"/echo", b"/none") + GET,
        (404, 200),
    ),
    "a header of the same name twice": (get(headers=b"X: 1\r\nX: 2\r\n"), (200,)),
    "another header that sounds alike": (get(headers=b"Transfer_Encoding: chunked\r\n"), (200,)),
    "letters that are no ASCII in a value": (get(headers=b"X: \xfc\r\n"), (200,)),
    "an expectation that is met": (
        post(JSON + b"Expect: 100-continue\r\nContent-Length: 12\r\n", SAY),
        (201,),
    ),
    "two spaces before the target": (b"GET  /healthz HTTP/1.1\r\nHost: x\r\n\r\n", (200,)),
    "no version": (b"GET /healthz\r\nHost: x\r\n\r\n" + GET, (505,)),
    "HTTP/0.9": (get(version=b"HTTP/0.9") + GET, (505,)),
    "HTTP/3": (get(version=b"HTTP/3.0") + GET, (400,)),
    "HTTP/1.0 says no host": (b"GET /healthz HTTP/1.0\r\n\r\n", (200,)),
}


def cases() -> list[Case]:
    """All of them. What is refused is refused once, and nothing behind it is answered."""
    refused = {f"length: {name}": sent for name, sent in LENGTHS.items()}
    for name, line in CODINGS.items():
        body = b"c\r\n" + SAY + b"\r\n0\r\n\r\n"
        refused[f"coding: {name}"] = post(JSON + line + b"\r\n", body)
        refused[f"coding with a length: {name}"] = post(
            JSON + b"Content-Length: 3\r\n" + line + b"\r\n", body
        )
    refused |= {f"chunk: {name}": chunked(body) for name, body in CHUNKS.items()}
    refused |= {f"head: {name}": sent for name, sent in HEADS.items()}
    return [
        *(Case(name, sent + SMUGGLED, (400,)) for name, sent in refused.items()),
        *(Case(f"taken: {name}", *expected) for name, expected in TAKEN.items()),
    ]
