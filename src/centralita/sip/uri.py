"""SIP, SIPS and tel URIs (RFC 3261 §19.1, RFC 3966); other schemes are kept whole, to be refused by whoever needs more.

What a URI means (who is it, how is it reached) is left to registrar, transport and routing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from centralita.sip.errors import ParseError
from centralita.sip.grammar import HOST, Parameters, find_parameter, format_host, parse_host, parse_port

_ESCAPED = r"%[0-9A-Fa-f]{2}"
# "#" must be escaped in a user part, yet phones dial service codes with it as it is.
_USER = rf"(?>(?:[A-Za-z0-9\-_.!~*'()&=+$,;?/:#]++|{_ESCAPED})+)"
_PARAMETER_TEXT = rf"(?>(?:[A-Za-z0-9\-_.!~*'()\[\]/:&+$]++|{_ESCAPED})+)"
# "=" within a value is not allowed either; tokens in base64 come with it.
_PARAMETER_VALUE = rf"(?>(?:[A-Za-z0-9\-_.!~*'()\[\]/:&+$=]++|{_ESCAPED})*)"
_PARAMETERS = rf"(?>(?:;{_PARAMETER_TEXT}(?:={_PARAMETER_VALUE})?)*)"
_HEADERS = rf"(?>(?:[A-Za-z0-9\-_.!~*'()\[\]/?:+$&=]++|{_ESCAPED})+)"

_match_sip = re.compile(
    rf"(sips?+):(?:({_USER})@)?({HOST})(?::([0-9]++))?({_PARAMETERS})(?:\?({_HEADERS}))?", re.IGNORECASE
).fullmatch
_match_tel = re.compile(rf"tel:([+0-9A-Fa-f*#().\-]++)({_PARAMETERS})", re.IGNORECASE).fullmatch
_match_other = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*+):([!#-;=?-~]++)").fullmatch

#: Parameters that make two URIs different when only one of them has it (RFC 3261 §19.1.4).
_NEVER_IGNORED = frozenset({"user", "ttl", "method", "maddr", "transport"})
_LONGEST_REMEMBERED = 256


@dataclass(frozen=True, slots=True)
class Uri:
    """A URI. Scheme, host and parameter names are in lower case; user and values are as written, escapes kept."""

    scheme: str
    user: str
    """With the password, if there was one; the number of a tel URI; all after the colon for schemes unknown here."""
    host: str
    """IPv6 without brackets; empty for other schemes than sip and sips."""
    port: int | None = None
    parameters: Parameters = ()
    headers: str = ""
    """What follows the question mark."""

    @classmethod
    def parse(cls, text: str) -> Uri:
        """Parse one URI, nothing around it. Raises ParseError. Remembers: phones send the same ones all day."""
        return _remembered(text) if len(text) <= _LONGEST_REMEMBERED else _parse(text)

    def parameter(self, name: str) -> str | None:
        """Value of a parameter; the empty string for a name alone (``;lr``), None where it is absent."""
        return find_parameter(self.parameters, name)

    @property
    def transport(self) -> str | None:
        """The transport parameter as a Via and a Flow write it: upper case."""
        value = find_parameter(self.parameters, "transport")
        return value.upper() if value else None

    @property
    def username(self) -> str:
        """The user part without password and escapes. Holds whatever a stranger escaped, control characters too."""
        user = self.user.partition(":")[0] if self.host else self.user
        return unescape(user)

    def matches(self, other: Uri) -> bool:
        """Whether both mean the same (RFC 3261 §19.1.4), which is wider than ``==``."""
        if (self.scheme, self.host, self.port) != (other.scheme, other.host, other.port):
            return False
        if unescape(self.user) != unescape(other.user) or _headers(self) != _headers(other):
            return False
        mine, theirs = dict(self.parameters), dict(other.parameters)
        if (mine.keys() ^ theirs.keys()) & _NEVER_IGNORED:
            return False
        return all(_folded(mine[name]) == _folded(theirs[name]) for name in mine.keys() & theirs.keys())

    def __str__(self) -> str:
        user = f"{self.user}@" if self.user and self.host else self.user
        where = format_host(self.host, self.port) if self.host else ""
        text = f"{self.scheme}:{user}{where}"
        for name, value in self.parameters:
            text += f";{name}" if value is None else f";{name}={value}"
        return f"{text}?{self.headers}" if self.headers else text


def unescape(text: str) -> str:
    """Undo %-escapes; bytes that are not UTF-8 become surrogates, as in header fields."""
    return unquote_to_bytes(text).decode("utf-8", "surrogateescape") if "%" in text else text


def _folded(value: str | None) -> str | None:
    return None if value is None else unescape(value).lower()


def _headers(uri: Uri) -> set[tuple[str, str]]:
    pairs = (part.partition("=") for part in uri.headers.split("&") if part)
    return {(unescape(name).lower(), unescape(value)) for name, _, value in pairs}


def _parameters(text: str) -> Parameters:
    if not text:
        return ()
    parameters: dict[str, str | None] = {}
    for part in text[1:].split(";"):
        name, equals, value = part.partition("=")
        # §19.1.1 forbids to repeat one. baresip 1.0 does, with the same value, which leaves no doubt what it means.
        if parameters.setdefault(name.lower(), value if equals else None) != (value if equals else None):
            raise ParseError("a parameter of the URI is given twice, with different values")
    return tuple(parameters.items())


def _parse(text: str) -> Uri:
    match = _match_sip(text)
    if match is not None:
        scheme, user, host, port, parameters, headers = match.groups()
        return Uri(
            scheme.lower(),
            user or "",
            parse_host(host),
            None if port is None else parse_port(port),
            _parameters(parameters),
            headers or "",
        )
    match = _match_tel(text)
    if match is not None:
        return Uri("tel", match[1], "", None, _parameters(match[2]))
    match = _match_other(text)
    if match is None or match[1].lower() in ("sip", "sips", "tel"):
        raise ParseError("malformed URI")
    return Uri(match[1].lower(), match[2], "")


_remembered = lru_cache(maxsize=1024)(_parse)
