"""From bytes to messages (RFC 3261 §7, §18.3): framing of datagrams and streams, and the limits that bound them.

What is checked here is what every receiver relies on: the start line, and that Via, From, To, Call-ID and CSeq are there
once, well formed and agree. So the topmost Via, From and To of a message that came through can always be parsed. All
other header fields stay text for those who need them. Each limit is a security limit: who sends, chooses the sizes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from centralita.sip.address import NameAddress
from centralita.sip.errors import ParseError
from centralita.sip.grammar import TOKEN, is_token
from centralita.sip.message import CANONICAL_NAMES, Headers, Message, Request, Response, split_commas
from centralita.sip.uri import Uri
from centralita.sip.via import Via


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that is taken from one sender in one message, in bytes where nothing else is said."""

    max_message: int = 65_535
    """A datagram."""
    max_head: int = 32_768
    """Start line and header fields."""
    max_line: int = 8_192
    """One header field, folded lines together."""
    max_uri: int = 2_048
    max_headers: int = 256
    """Header fields of one message."""
    max_body: int = 65_535


class KeepAlive(Enum):
    """CRLF keep-alive of RFC 5626 §4.4.1 on a stream."""

    PING = "ping"
    """A double CRLF, to be answered with a single one."""
    PONG = "pong"
    """A single CRLF."""


DEFAULT_LIMITS = Limits()

_METHODS = frozenset(
    {
        "ACK",
        "BYE",
        "CANCEL",
        "INFO",
        "INVITE",
        "MESSAGE",
        "NOTIFY",
        "OPTIONS",
        "PRACK",
        "PUBLISH",
        "REFER",
        "REGISTER",
        "SUBSCRIBE",
        "UPDATE",
    }
)
_REQUIRED = ("via", "from", "to", "call-id", "cseq")
#: Fields that a message has at most once (RFC 3261 §7.3.1, table 2) and that decide what becomes of it.
_SINGLE = frozenset(
    {
        "from",
        "to",
        "call-id",
        "cseq",
        "content-length",
        "max-forwards",
        "content-type",
        "expires",
        "min-expires",
        "min-se",
        "session-expires",
    }
)
#: Everything below a space but TAB, and DEL.
_CONTROLS = bytes(code for code in (*range(32), 127) if code != 9)
_bare_control = re.compile(rb"[^\\][\x00-\x08\x0b\x0c\x0e-\x1f\x7f]").search
_fold = re.compile(r"[ \t]*+\r\n[ \t]++")
_ONE_TO_NINE = frozenset("123456789")
_LARGEST_CSEQ = 2**31 - 1  # RFC 3261 §8.1.1.5
# Wider than RFC 3261's word ["@" word]: real ones hold about anything.
_CALL_ID_FORBIDDEN = re.compile(r"[ \t,;]").search

# The shapes that nearly all messages have, accepted in one match. What does not match is not refused but parsed in
# full, which decides; so both must never accept what Via.parse or NameAddress.parse would refuse.
_PORT = r"(?::(?:[1-5][0-9]{4}|6[0-4][0-9]{3}|[1-9][0-9]{0,3}))?"
_BRANCH, _RPORT, _RECEIVED = rf";branch={TOKEN}", r";rport(?:=[0-9]++)?", r";received=[0-9A-Fa-f.:]++"
_is_common_via = re.compile(
    rf"SIP/2\.0/[A-Z]{{2,8}}+ [A-Za-z0-9._\-]{{1,255}}+{_PORT}"
    rf"(?:{_BRANCH}(?:{_RPORT}(?:{_RECEIVED})?|{_RECEIVED}(?:{_RPORT})?)?"
    rf"|{_RPORT}{_BRANCH}(?:{_RECEIVED})?|{_RECEIVED}(?:{_RPORT})?{_BRANCH})(?:;alias)?"
).fullmatch
_is_common_address = re.compile(
    r'(?:"[^"\\]*+"|[A-Za-z0-9\-.!%*_+`\'~ ]*+) ?+'
    rf"<sips?+:(?:[A-Za-z0-9\-_.!~*'()&=+$]++@)?[A-Za-z0-9._\-]{{1,255}}+{_PORT}>(?:;tag={TOKEN})?"
).fullmatch

#: What is left of a Via by which its sender still knows the answer (RFC 3261 §18.2.2: it goes where it came from).
_match_recoverable_via = re.compile(
    r"SIP */ *[0-9.]{1,5}+ */ *([A-Za-z]{2,8}+) +((?:\[[0-9A-Fa-f:.]{2,45}+\]|[A-Za-z0-9._\-]{1,255}+)(?::[1-9][0-9]{0,3})?)"
    r"(?![^ \t;])",
    re.IGNORECASE,
).match
_find_branch = re.compile(rf";branch={TOKEN}").search


def parse_message(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Message:
    """Parse one datagram. Raises ParseError.

    What follows the Content-Length is cut off, a body shorter than it says is refused (RFC 3261 §18.3).
    """
    if len(data) > limits.max_message:
        raise ParseError("message too large", 513)
    if data[:1] in (b"\r", b"\n"):
        data = data.lstrip(b"\r\n")  # RFC 3261 §7.5
    end = data.find(b"\r\n\r\n")
    if end < 0:
        raise _answerable("no empty line ends the header fields", 400, data.rstrip(b"\r\n"))
    message, length = _parse_head(data[:end], limits)
    body = data[end + 4 :]
    if length is not None:
        if length > len(body):
            raise _answerable("the body is shorter than Content-Length", 400, data[:end])
        body = body[:length]
    if len(body) > limits.max_body:
        raise _answerable("body too large", 413, data[:end])
    message.body = body
    return message


class StreamParser:
    """Finds the messages in the bytes of one connection. Keeps at most one incomplete message of limited size."""

    __slots__ = ("_buffer", "_failed", "_limits", "_pending", "_scanned")

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        self._limits = limits
        self._buffer = bytearray()
        self._scanned = 0
        self._pending: tuple[Message | ParseError, int] | None = None
        self._failed = False

    @property
    def buffered(self) -> int:
        """Bytes of the incomplete message that are kept."""
        return len(self._buffer)

    def feed(self, data: bytes) -> list[Request | Response | KeepAlive | ParseError]:
        """Take what the connection delivered, in pieces of any size; give what it completes, in order.

        A malformed message is given as the ParseError that says how to answer. After one that is ``fatal`` the
        connection has to be closed: all further bytes are ignored.
        """
        found: list[Request | Response | KeepAlive | ParseError] = []
        if self._failed:
            return found
        self._buffer += data
        while self._buffer:
            item = self._next()
            if item is None:
                break
            found.append(item)
            if isinstance(item, ParseError) and item.fatal:
                self._failed = True
                self._buffer.clear()
        return found

    def _next(self) -> Request | Response | KeepAlive | ParseError | None:
        """The next complete item, taken out of the buffer, or None where more bytes are needed."""
        buffer = self._buffer
        if self._pending is None:
            if buffer[0] in b"\r\n":
                return self._keep_alive()
            end = buffer.find(b"\r\n\r\n", self._scanned)
            if end < 0 or end > self._limits.max_head:
                return self._incomplete_head()
            head = bytes(buffer[:end])
            del buffer[: end + 4]
            self._scanned = 0
            self._pending = self._take_head(head)
        item, length = self._pending
        if isinstance(item, ParseError) and item.fatal:
            return item
        if len(buffer) < length:
            return None
        if not isinstance(item, ParseError):
            item.body = bytes(buffer[:length])
        del buffer[:length]
        self._pending = None
        return item

    def _keep_alive(self) -> KeepAlive | ParseError | None:
        """Between messages: CRLF CRLF is a ping; one CRLF, known as such when something else follows, a pong."""
        buffer = self._buffer
        if not b"\r\n\r\n".startswith(buffer[:4]):
            if buffer[:2] != b"\r\n":
                return ParseError("stray line break", fatal=True)
            del buffer[:2]
            return KeepAlive.PONG
        if len(buffer) < 4:
            return None
        del buffer[:4]
        return KeepAlive.PING

    def _incomplete_head(self) -> ParseError | None:
        buffer, limits = self._buffer, self._limits
        if len(buffer) > limits.max_head:
            error = _answerable("header fields too large", 513, bytes(buffer[: limits.max_head]))
            error.fatal = True
            return error
        if len(buffer) > limits.max_line and b"\r\n" not in buffer[: limits.max_line]:
            return ParseError("no line ends", fatal=True)
        self._scanned = max(0, len(buffer) - 3)
        return None

    def _take_head(self, head: bytes) -> tuple[Message | ParseError, int]:
        """The message or its error, and the octets of body to come. Fatal where that number cannot be known."""
        try:
            message, length = _parse_head(head, self._limits)
        except ParseError as malformed:
            known = _body_length(head, self._limits)
            malformed.fatal = known is None
            return malformed, known or 0
        if length is None:
            error = _answerable("Content-Length is required on a stream", 400, head)  # RFC 3261 §18.3
        elif length > self._limits.max_body:
            error = _answerable("body too large", 413, head)
        else:
            return message, length
        error.fatal = True
        return error, 0


def _parse_head(head: bytes, limits: Limits) -> tuple[Message, int | None]:
    """Parse start line and header fields. Gives the message without its body, and its Content-Length."""
    try:
        if len(head) > limits.max_head:
            raise ParseError("header fields too large", 513)
        start, fields = _fields(_lines(head, limits))
        if start[:8].upper() == "SIP/2.0 ":
            return _response(start, fields), _check(fields, None)
        message = _request(start, fields, limits)
        return message, _check(fields, message.method)
    except ParseError as error:
        error.request = error.request or _salvage(head)
        raise


def _lines(head: bytes, limits: Limits) -> list[str]:
    """The start line and the header fields, folds still in them. Raises ParseError."""
    lines = head.decode("utf-8", "surrogateescape").split("\r\n")
    breaks = len(lines) - 1
    if breaks >= limits.max_headers:
        raise ParseError("too many header fields", 513)
    if len(head) - len(head.translate(None, _CONTROLS)) != 2 * breaks:
        if head.count(b"\n") != breaks or head.count(b"\r") != breaks:
            # Never passed on: a line break of one kind here is one of another kind elsewhere.
            raise ParseError("a line break that is not CRLF")
        if _bare_control(head.replace(b"\\\\", b"  ")):
            raise ParseError("control characters")
    if len(head) > limits.max_line:
        if b"\r\n " in head or b"\r\n\t" in head:
            lines = _unfold(lines)
        if any(len(line) > limits.max_line for line in lines):
            raise ParseError("a header field too large", 513)
    return lines


def _fields(lines: list[str]) -> tuple[str, dict[str, list[str]]]:
    """The start line and the header fields by canonical name, unfolded. Raises ParseError."""
    fields: dict[str, list[str]] = {}
    canonical = CANONICAL_NAMES.get
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        key = canonical(name)
        if key is None:
            if line[:1] in (" ", "\t"):
                return _fields(_unfold(lines))  # no line is folded any more then
            key = _header_name(name)
        if not colon:
            raise ParseError("a header field without a colon")
        if key not in fields:
            fields[key] = [value.strip(" \t")]
        elif key in _SINGLE:
            raise ParseError(f"{key} is given twice")
        else:
            fields[key].append(value.strip(" \t"))
    return lines[0], fields


def _unfold(lines: list[str]) -> list[str]:
    return _fold.sub(" ", "\r\n".join(lines)).split("\r\n")


def _header_name(name: str) -> str:
    """The canonical name of one not seen before. Raises ParseError."""
    name = name.rstrip(" \t")
    if not is_token(name):
        raise ParseError("malformed header name")
    return CANONICAL_NAMES[name]


def _request(start: str, fields: dict[str, list[str]], limits: Limits) -> Request:
    parts = start.split(" ")
    if len(parts) != 3:  # RFC 3261 §7.1: exactly one space between the three
        raise ParseError("malformed request line")
    method, uri, version = parts
    if method not in _METHODS and not is_token(method):
        raise ParseError("malformed method")
    if version != "SIP/2.0" and version.upper() != "SIP/2.0":
        raise ParseError("unsupported SIP version", 505 if version[:4].upper() == "SIP/" else 400)
    if len(uri) > limits.max_uri:
        raise ParseError("the Request-URI is too long", 414)
    target = Uri.parse(uri)
    if target.scheme not in ("sip", "sips", "tel"):
        raise ParseError("unsupported URI scheme", 416)
    if target.headers:
        raise ParseError("header fields within the Request-URI")  # RFC 3261 §19.1.1: not allowed there
    return Request(method, uri, Headers(fields))


def _response(start: str, fields: dict[str, list[str]]) -> Response:
    status, _, reason = start[8:].partition(" ")
    if len(status) != 3 or not (status.isascii() and status.isdigit()) or not "100" <= status < "700":
        raise ParseError("malformed status line")
    return Response(int(status), reason, Headers(fields))


def _check(fields: dict[str, list[str]], method: str | None) -> int | None:
    """Check the fields that every receiver relies on; ``method`` is None for a response. Gives Content-Length."""
    try:
        via, from_, to = fields["via"][0], fields["from"][0], fields["to"][0]
        call_id, cseq = fields["call-id"][0], fields["cseq"][0]
    except KeyError as missing:
        raise ParseError(f"no {missing.args[0]}") from None
    if not _is_common_via(via) and not Via.parse_many([via]):
        raise ParseError("empty Via")
    for value in (from_, to):
        if not _is_common_address(value):
            NameAddress.parse(value)
    if not call_id or _CALL_ID_FORBIDDEN(call_id):
        raise ParseError("malformed Call-ID")
    number, _, named = cseq.partition(" ")
    if (
        number[:1] not in _ONE_TO_NINE
        or len(number) > 9
        or not (number.isascii() and number.isdigit())
        or named not in _METHODS
    ):
        number, named = _cseq(cseq)
        fields["cseq"] = [f"{number} {named}"]  # nobody else has to know of its other shapes
    if method is not None:
        if named != method:
            raise ParseError("CSeq names another method")
        if "max-forwards" in fields:
            _number(fields["max-forwards"][0], 255, "Max-Forwards")
    if "content-length" not in fields:
        return None
    return _number(fields["content-length"][0], 2**32 - 1, "Content-Length")


def _cseq(value: str) -> tuple[str, str]:
    parts = value.split()
    if len(parts) != 2 or not is_token(parts[1]):
        raise ParseError("malformed CSeq")
    return str(_number(parts[0], _LARGEST_CSEQ, "CSeq")), parts[1]


def _number(text: str, largest: int, name: str) -> int:
    if text.isdigit() and text.isascii() and len(text) <= 20:
        value = int(text)
        if value <= largest:
            return value
    raise ParseError(f"malformed {name}")


def _body_length(head: bytes, limits: Limits) -> int | None:
    """The octets of body behind a malformed head, or None where they cannot be told for sure."""
    found = _CONTENT_LENGTH.findall(head)
    if len(found) != 1 or len(found[0]) > 9 or int(found[0]) > limits.max_body:
        return None
    return int(found[0])


_CONTENT_LENGTH = re.compile(
    rb"\r\n(?:content-length|l)[ \t]*+:[ \t]*+([0-9]++)[ \t]*+(?=\r\n|\Z)", re.IGNORECASE
)


def _answerable(reason: str, status: int, head: bytes) -> ParseError:
    return ParseError(reason, status, _salvage(head))


def _salvage(head: bytes) -> Request | None:
    """What of a malformed request is needed to answer it; None where it must not or cannot be answered."""
    if head.count(b"\r") != head.count(b"\r\n") or head.count(b"\n") != head.count(b"\r\n"):
        return None
    text = _fold.sub(" ", head.decode("utf-8", "surrogateescape"))
    start, *lines = text.split("\r\n")
    method, _, uri = start.partition(" ")
    if not is_token(method) or method == "ACK" or not uri:
        return None
    fields: dict[str, list[str]] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        name = name.rstrip(" \t")
        if colon and is_token(name):
            key = CANONICAL_NAMES[name]
            if key == "via" or (key in _REQUIRED and key not in fields):
                fields.setdefault(key, []).append(value.strip(" \t"))
    vias = _salvage_vias(fields.get("via", []))
    if not vias:
        return None
    fields["via"] = vias
    return Request(method, uri.strip(" ").partition(" ")[0], Headers(fields))


def _salvage_vias(lines: list[str]) -> list[str]:
    """The Via values to answer to: of a malformed topmost one the sent-by and branch, of the others those well formed."""
    vias: list[str] = []
    for value in (value for line in lines for value in split_commas(line)):
        for candidate in (value, "" if vias else _recovered_via(value)):
            try:
                Via.parse(candidate)
            except ParseError:
                continue
            vias.append(candidate)
            break
    return vias


def _recovered_via(value: str) -> str:
    match = _match_recoverable_via(value)
    branch = _find_branch(value)
    return f"SIP/2.0/{match[1]} {match[2]}{branch[0] if branch else ''}" if match else ""
