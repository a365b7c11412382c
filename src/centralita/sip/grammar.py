"""The grammar shared by SIP's values (RFC 3261 §25.1): tokens, quoted strings, hosts and parameters.

Every pattern uses possessive repetition, so that the time to refuse hostile text is linear in its length: ``[a]++`` of a
single character, ``(?>(?:…)*)`` of a group. A possessive group, ``(?:…)*+``, goes on at a wrong place after a failure in
CPython before 3.11.5, and Debian 12 has 3.11.2 (its issues 100061 and 106052); an optional group needs neither. Where we
take more than the RFC allows, because real phones send it, the comment beside says so.
"""

from __future__ import annotations

import re
from ipaddress import IPv6Address

from centralita.sip.errors import ParseError

Parameters = tuple[tuple[str, str | None], ...]
"""``;name=value`` in order: names in lower case, values as written (quotes kept), None for a name alone."""

LWS = " \t"

TOKEN = r"[A-Za-z0-9\-.!%*_+`'~]++"  # noqa: S105 - a SIP token is no secret
QUOTED = r'"(?>(?:[^"\\]++|\\.)*)"'
#: Wider than RFC 3261's gen-value (token / host / quoted-string): phones send tags in base64 and bare IPv6 addresses.
PLAIN_VALUE = r"[!#-+\--:=?-\[\]-~]*+"
HOST = r"(?:\[[0-9A-Fa-f:.]{2,45}+\]|[A-Za-z0-9._\-]{1,255}+)"  # "_" is no host name, but container names have it

is_token = re.compile(TOKEN).fullmatch
match_quoted = re.compile(QUOTED, re.DOTALL).match
is_host = re.compile(HOST).fullmatch
_match_parameter = re.compile(
    rf";[ \t]*+({TOKEN})[ \t]*+(?:=[ \t]*+({QUOTED}|{PLAIN_VALUE})[ \t]*+)?", re.DOTALL
).match
_escaped_character = re.compile(r"\\(.)", re.DOTALL)
_to_be_escaped = re.compile(r'["\\\x00-\x08\x0b\x0c\x0e-\x1f\x7f]')


def parse_parameters(text: str, start: int = 0) -> Parameters:
    """Parse ``;name=value;name`` from ``start`` to the end. Raises ParseError, also for a name given twice (§7.3.1)."""
    end = len(text)
    if start == end:
        return ()
    found: list[tuple[str, str | None]] = []
    position = start
    while position < end and text[position] in LWS:
        position += 1
    while position < end:
        match = _match_parameter(text, position)
        if match is None:
            raise ParseError("malformed parameters")
        name, value = match.groups()
        found.append((name.lower(), value))
        position = match.end()
    if len(found) > 1 and len({name for name, _ in found}) != len(found):
        raise ParseError("a parameter is given twice")
    return tuple(found)


def format_parameters(parameters: Parameters) -> str:
    """The text that :func:`parse_parameters` reads."""
    return "".join(f";{name}" if value is None else f";{name}={value}" for name, value in parameters)


def find_parameter(parameters: Parameters, name: str) -> str | None:
    """The value of a parameter without its quotes; the empty string for a name alone, None where it is absent."""
    for known, value in parameters:
        if known == name:
            if value is None:
                return ""
            return unquote(value) if value.startswith('"') else value
    return None


def quote(text: str) -> str:
    """A quoted-string; line breaks, which none can hold, become spaces."""
    text = text.replace("\r", " ").replace("\n", " ")
    return f'"{_to_be_escaped.sub(lambda match: chr(92) + match[0], text)}"'


def unquote(text: str) -> str:
    """The content of a quoted-string that :func:`match_quoted` has matched."""
    inner = text[1:-1]
    return _escaped_character.sub(r"\1", inner) if "\\" in inner else inner


def parse_host(text: str) -> str:
    """A host name or address in lower case, an IPv6 reference without its brackets. Raises ParseError."""
    if not is_host(text):
        raise ParseError("malformed host")
    if text.startswith("["):
        text = text[1:-1]
        try:
            IPv6Address(text)
        except ValueError:
            raise ParseError("malformed IPv6 address") from None
    return text.lower()


def format_host(host: str, port: int | None) -> str:
    """``host[:port]``, with the brackets that an IPv6 address needs."""
    if ":" in host:
        host = f"[{host}]"
    return host if port is None else f"{host}:{port}"


def parse_port(text: str) -> int:
    """A port, 1 to 65535. Raises ParseError."""
    if not 0 < len(text) <= 5 or not (text.isascii() and text.isdigit()) or not 0 < int(text) <= 65535:
        raise ParseError("malformed port")
    return int(text)
