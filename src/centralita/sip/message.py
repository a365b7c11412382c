"""SIP requests and responses (RFC 3261 §7): header fields stay text until somebody asks for a value.

Names inside are lower case and long (``call-id``, never ``i``); the wire form is restored when a message is encoded.
The parser that makes these from bytes, with its limits, is :mod:`centralita.sip.parser`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

#: Compact forms (RFC 3261 §7.3.3 and the IANA registry) and their long names.
COMPACT_FORMS = {
    "a": "accept-contact",
    "b": "referred-by",
    "c": "content-type",
    "d": "request-disposition",
    "e": "content-encoding",
    "f": "from",
    "i": "call-id",
    "j": "reject-contact",
    "k": "supported",
    "l": "content-length",
    "m": "contact",
    "o": "event",
    "r": "refer-to",
    "s": "subject",
    "t": "to",
    "u": "allow-events",
    "v": "via",
    "x": "session-expires",
}

_IRREGULAR = {
    "call-id": "Call-ID",
    "cseq": "CSeq",
    "www-authenticate": "WWW-Authenticate",
    "min-se": "Min-SE",
    "mime-version": "MIME-Version",
    "rack": "RAck",
    "rseq": "RSeq",
    "sip-etag": "SIP-ETag",
    "sip-if-match": "SIP-If-Match",
}


class _WireNames(dict[str, str]):
    """Canonical name → name as written on the wire, remembered after the first use (bounded)."""

    def __missing__(self, name: str) -> str:
        wire = _IRREGULAR.get(name) or "-".join(part.capitalize() for part in name.split("-"))
        if len(self) < 512:
            self[name] = wire
        return wire


class _CanonicalNames(dict[str, str]):
    """Name as received → canonical name, remembered after the first use (bounded: a stranger chooses the names)."""

    def __missing__(self, name: str) -> str:
        lower = name.lower()
        canonical = COMPACT_FORMS.get(lower, lower)
        if len(self) < 2048:
            self[name] = canonical
        return canonical


WIRE_NAMES = _WireNames()
CANONICAL_NAMES = _CanonicalNames()


class Headers:
    """Header fields of one message, in order within each name. Names are canonical (lower case, long)."""

    __slots__ = ("fields",)

    def __init__(self, fields: dict[str, list[str]] | None = None) -> None:
        self.fields: dict[str, list[str]] = {} if fields is None else fields

    def get(self, name: str) -> str | None:
        """The first field of that name as written, or None."""
        values = self.fields.get(name)
        return values[0] if values else None

    def all(self, name: str) -> list[str]:
        """Every field of that name as written, not split at commas; do not change the list."""
        return self.fields.get(name, [])

    def values(self, name: str) -> list[str]:
        """Every value of that name, fields split at commas that stand outside quotes and angle brackets."""
        return [value for line in self.fields.get(name, ()) for value in split_commas(line)]

    def set(self, name: str, value: str) -> None:
        """Make this the only field of that name."""
        self.fields[name] = [value]

    def add(self, name: str, value: str) -> None:
        """Append a field of that name."""
        self.fields.setdefault(name, []).append(value)

    def prepend(self, name: str, value: str) -> None:
        """Put a field before the others of that name (Via, Record-Route)."""
        self.fields.setdefault(name, []).insert(0, value)

    def remove(self, name: str) -> None:
        """Drop all fields of that name, if any."""
        self.fields.pop(name, None)

    def has_token(self, name: str, token: str) -> bool:
        """Whether a comma-separated list of tokens holds this one, whatever its case (Supported, Require, Allow)."""
        return any(token.lower() == value.lower() for value in self.values(name))

    def copy(self) -> Headers:
        return Headers({name: list(values) for name, values in self.fields.items()})

    def __contains__(self, name: str) -> bool:
        return name in self.fields

    def __iter__(self) -> Iterator[tuple[str, str]]:
        for name, values in self.fields.items():
            for value in values:
                yield name, value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Headers) and self.fields == other.fields

    __hash__ = None  # type: ignore[assignment]  # mutable

    def __repr__(self) -> str:
        return f"Headers({self.fields!r})"


class Request:
    """A SIP request. ``uri`` is the Request-URI as written."""

    __slots__ = ("body", "headers", "method", "uri")

    def __init__(self, method: str, uri: str, headers: Headers, body: bytes = b"") -> None:
        self.method = method
        self.uri = uri
        self.headers = headers
        self.body = body

    def encode(self) -> bytes:
        return _encode(f"{self.method} {self.uri} SIP/2.0", self.headers, self.body)

    def __repr__(self) -> str:
        return f"<Request {self.method} {self.uri}>"


class Response:
    """A SIP response."""

    __slots__ = ("body", "headers", "reason", "status")

    def __init__(self, status: int, reason: str, headers: Headers, body: bytes = b"") -> None:
        self.status = status
        self.reason = reason
        self.headers = headers
        self.body = body

    def encode(self) -> bytes:
        return _encode(f"SIP/2.0 {self.status} {self.reason}", self.headers, self.body)

    def __repr__(self) -> str:
        return f"<Response {self.status} {self.reason}>"


Message = Request | Response


def _encode(start_line: str, headers: Headers, body: bytes) -> bytes:
    wire = WIRE_NAMES
    lines = [start_line]
    for name, values in headers.fields.items():
        if name != "content-length":
            label = wire[name]
            lines.extend([f"{label}: {value}" for value in values])
    lines.append(f"Content-Length: {len(body)}\r\n\r\n")
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + body


def split_commas(line: str) -> Iterable[str]:
    """Split a header field at its commas, those within quotes or angle brackets left alone.

    >>> list(split_commas('"Pérez, Ana" <sip:1@a>, <sip:2@b>'))
    ['"Pérez, Ana" <sip:1@a>', '<sip:2@b>']
    """
    if "," not in line:
        return [line.strip()]
    if '"' not in line and "<" not in line:
        return [part.strip() for part in line.split(",") if part.strip()]
    return _split_outside_quotes(line)


def _split_outside_quotes(line: str) -> list[str]:
    parts: list[str] = []
    start = 0
    quoted = escaped = False
    depth = 0
    for index, char in enumerate(line):
        if escaped:
            escaped = False
        elif quoted:
            if char == "\\":
                escaped = True
            elif char == '"':
                quoted = False
        elif char == '"':
            quoted = True
        elif char == "<":
            depth = 1
        elif char == ">":
            depth = 0
        elif char == "," and not depth:
            parts.append(line[start:index].strip())
            start = index + 1
    parts.append(line[start:].strip())
    return [part for part in parts if part]
