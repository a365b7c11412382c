"""The texts of our messages: requests before they have a Via, responses from what they copy, header lines.

Built with f-strings from text that is already there; nothing is parsed or put into value objects on the way.
"""

from __future__ import annotations

from collections.abc import Sequence

from centralita.sip.message import CANONICAL_NAMES, WIRE_NAMES

#: Reason phrases of the IANA registry, those that we send.
REASONS = {
    100: "Trying",
    180: "Ringing",
    181: "Call Is Being Forwarded",
    182: "Queued",
    183: "Session Progress",
    200: "OK",
    202: "Accepted",
    300: "Multiple Choices",
    301: "Moved Permanently",
    302: "Moved Temporarily",
    305: "Use Proxy",
    380: "Alternative Service",
    400: "Bad Request",
    401: "Unauthorized",
    402: "Payment Required",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    407: "Proxy Authentication Required",
    408: "Request Timeout",
    410: "Gone",
    413: "Request Entity Too Large",
    414: "Request-URI Too Long",
    415: "Unsupported Media Type",
    416: "Unsupported URI Scheme",
    420: "Bad Extension",
    421: "Extension Required",
    422: "Session Interval Too Small",
    423: "Interval Too Brief",
    480: "Temporarily Unavailable",
    481: "Call/Transaction Does Not Exist",
    482: "Loop Detected",
    483: "Too Many Hops",
    484: "Address Incomplete",
    485: "Ambiguous",
    486: "Busy Here",
    487: "Request Terminated",
    488: "Not Acceptable Here",
    491: "Request Pending",
    500: "Server Internal Error",
    501: "Not Implemented",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Server Time-out",
    505: "Version Not Supported",
    513: "Message Too Large",
    600: "Busy Everywhere",
    603: "Decline",
    604: "Does Not Exist Anywhere",
    606: "Not Acceptable",
}


def header_lines(headers: Sequence[tuple[str, str]]) -> str:
    """Header fields as lines. Raises ValueError where a value would break out of its line."""
    text = ""
    for name, value in headers:
        if "\n" in value or "\r" in value:
            raise ValueError(f"a line break in header field {name}")
        text += f"{WIRE_NAMES[CANONICAL_NAMES[name]]}: {value}\r\n"
    return text


def one_line(text: str) -> str:
    """The text itself. Raises ValueError where it has a line break, and so would add header fields of its
    own.
    """
    if "\n" in text or "\r" in text:
        raise ValueError("a line break in a value")
    return text


def split_max_forwards(headers: Sequence[tuple[str, str]]) -> tuple[str, Sequence[tuple[str, str]]]:
    """The Max-Forwards among the headers (70 where there is none), and the others."""
    for name, value in headers:
        if name.lower() == "max-forwards":
            return value, [header for header in headers if header[0] is not name]
    return "70", headers


def content_type_line(content_type: str, body: bytes) -> str:
    return f"Content-Type: {content_type}\r\n" if body else ""


class Draft:
    """A request of ours without its Via, so that it can be sent again: elsewhere, or with credentials.

    ``routes``, ``authorization``, ``session_lines`` (RFC 4028) and ``rest`` are complete header lines with
    their breaks.
    """

    __slots__ = (
        "authorization",
        "body",
        "call_id",
        "cseq",
        "from_",
        "max_forwards",
        "method",
        "rest",
        "routes",
        "session_lines",
        "to",
        "uri",
    )

    def __init__(
        self,
        method: str,
        uri: str,
        from_: str,
        to: str,
        call_id: str,
        cseq: int,
        rest: str,
        body: bytes = b"",
        routes: str = "",
        max_forwards: str = "70",
        authorization: str = "",
        session_lines: str = "",
    ) -> None:
        self.method = method
        self.uri = uri
        self.from_ = from_
        """From value with our tag."""
        self.to = to
        """To value, with the peer's tag inside a dialog."""
        self.call_id = call_id
        self.cseq = cseq
        self.rest = rest
        self.body = body
        self.routes = routes
        self.max_forwards = max_forwards
        self.authorization = authorization
        self.session_lines = session_lines

    def encode(self, via: str) -> bytes:
        head = (
            f"{self.method} {self.uri} SIP/2.0\r\nVia: {via}\r\n{self.routes}Max-Forwards: {self.max_forwards}\r\n"
            f"From: {self.from_}\r\nTo: {self.to}\r\nCall-ID: {self.call_id}\r\nCSeq: {self.cseq} {self.method}\r\n"
            f"{self.authorization}{self.session_lines}{self.rest}Content-Length: {len(self.body)}\r\n\r\n"
        )
        return head.encode("utf-8", "surrogateescape") + self.body

    def successor(self, cseq: int) -> Draft:
        """The same request to be sent anew, under the next CSeq number."""
        return Draft(
            self.method,
            self.uri,
            self.from_,
            self.to,
            self.call_id,
            cseq,
            self.rest,
            self.body,
            self.routes,
            self.max_forwards,
            self.authorization,
            self.session_lines,
        )

    def ack(self, via: str, to: str) -> bytes:
        """The ACK to a final response other than 2xx (RFC 3261 §17.1.1.3), with that response's To."""
        return self._beside("ACK", to, self.authorization).encode(via)

    def cancel(self, rest: str) -> Draft:
        """The CANCEL of this request (§9.1): the same Via, no Require, no credentials."""
        return self._beside("CANCEL", self.to, rest)

    def _beside(self, method: str, to: str, rest: str) -> Draft:
        return Draft(
            method,
            self.uri,
            self.from_,
            to,
            self.call_id,
            self.cseq,
            rest,
            b"",
            self.routes,
            self.max_forwards,
        )


def response(
    status: int, reason: str, head: str, to: str, tail: str, rest: str = "", body: bytes = b""
) -> bytes:
    """A response. ``head`` holds the lines Via to From, ``to`` the To value, ``tail`` Call-ID and CSeq."""
    return (
        f"SIP/2.0 {status} {reason}\r\n{head}To: {to}\r\n{tail}{rest}Content-Length: {len(body)}\r\n\r\n"
    ).encode("utf-8", "surrogateescape") + body


def copied_head(fields: dict[str, list[str]], record_route: bool) -> str:
    """What a response copies and stands before To: Via, for an INVITE Record-Route, and From (§8.2.6.2,
    §12.1.1).
    """
    vias = fields["via"]
    text = f"Via: {vias[0]}\r\n" if len(vias) == 1 else "".join([f"Via: {via}\r\n" for via in vias])
    if record_route and "record-route" in fields:
        text += "".join([f"Record-Route: {route}\r\n" for route in fields["record-route"]])
    return f"{text}From: {fields['from'][0]}\r\n" if "from" in fields else text


def copied_tail(fields: dict[str, list[str]]) -> str:
    """What a response copies and stands after To."""
    return f"Call-ID: {fields['call-id'][0]}\r\nCSeq: {fields['cseq'][0]}\r\n"
