"""The Via value (RFC 3261 §20.42, RFC 3581): which way a response goes back, and by which branch it is known."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from centralita.sip.errors import ParseError
from centralita.sip.grammar import (
    HOST,
    LWS,
    TOKEN,
    Parameters,
    find_parameter,
    format_host,
    format_parameters,
    parse_host,
    parse_parameters,
    parse_port,
)
from centralita.sip.message import split_commas

_W = r"[ \t]*+"
_match_sent_protocol = re.compile(
    rf"SIP{_W}/{_W}2\.0{_W}/{_W}({TOKEN})[ \t]++({HOST}){_W}(?::{_W}([0-9]++){_W})?", re.IGNORECASE
).match


@dataclass(frozen=True, slots=True)
class Via:
    """``SIP/2.0/transport host:port;parameters``."""

    transport: str
    """In upper case; transports unknown to us are allowed."""
    host: str
    """In lower case, IPv6 without brackets."""
    port: int | None = None
    parameters: Parameters = ()

    @classmethod
    def parse(cls, text: str) -> Via:
        """Parse one value. Raises ParseError."""
        text = text.strip(LWS)
        match = _match_sent_protocol(text)
        if match is None:
            raise ParseError("malformed Via")
        transport, host, port = match.groups()
        return cls(
            transport.upper(),
            parse_host(host),
            None if port is None else parse_port(port),
            parse_parameters(text, match.end()),
        )

    @classmethod
    def parse_many(cls, lines: Iterable[str]) -> list[Via]:
        """Parse all values of the fields (``headers.all("via")``), topmost first. Raises ParseError."""
        return [cls.parse(value) for line in lines for value in split_commas(line)]

    def parameter(self, name: str) -> str | None:
        """Value without quotes; the empty string for a name alone, None where it is absent."""
        return find_parameter(self.parameters, name)

    @property
    def branch(self) -> str | None:
        return find_parameter(self.parameters, "branch") or None

    @property
    def received(self) -> str | None:
        """The address that a request came from; IPv6 with or without brackets (RFC 5118 §4.5) comes without."""
        value = find_parameter(self.parameters, "received")
        return value.strip("[]") if value else None

    @property
    def rport(self) -> int | None:
        """0 where the sender asks for it (RFC 3581), the port where it has been filled in, None where it is absent."""
        value = find_parameter(self.parameters, "rport")
        if value is None:
            return None
        return int(value) if value.isascii() and value.isdigit() and len(value) <= 5 else 0

    def __str__(self) -> str:
        sent_by = format_host(self.host, self.port)
        return f"SIP/2.0/{self.transport} {sent_by}{format_parameters(self.parameters)}"
