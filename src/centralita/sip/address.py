"""A display name, a URI and parameters: the value of From, To, Contact, Route and their like (RFC 3261 §20.10).

Which parameters mean something (tag, expires, q) is left to the header's user, but for the tag.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from centralita.sip.errors import ParseError
from centralita.sip.grammar import (
    LWS,
    Parameters,
    find_parameter,
    format_parameters,
    match_quoted,
    parse_parameters,
    quote,
    unquote,
)
from centralita.sip.message import split_commas
from centralita.sip.uri import Uri

# A display name without quotes is a row of tokens (so no comma, no at sign); letters of any language are taken too,
# since phones send names in UTF-8 unquoted.
_is_plain_name = re.compile(
    r"[A-Za-z0-9\-.!%*_+`'~ \t\u00a1-\ud7ff\udc80-\udcff\uf900-\ufffd\U00010000-\U0010ffff]*+"
).fullmatch
_controls = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class NameAddress:
    """``"display" <uri>;parameters``. The display name is without quotes and escapes."""

    display: str
    uri: Uri
    parameters: Parameters = ()

    @classmethod
    def parse(cls, text: str) -> NameAddress:
        """Parse one value, with or without angle brackets. Raises ParseError."""
        text = text.strip(LWS)
        if text.startswith('"'):
            quoted = match_quoted(text)
            if quoted is None:
                raise ParseError("unterminated quoted string")
            display = unquote(quoted[0])
            opened = quoted.end()
            while text[opened : opened + 1] in (" ", "\t"):
                opened += 1
            if text[opened : opened + 1] != "<":
                raise ParseError("no URI after the display name")
        else:
            opened = text.find("<")
            if opened < 0:
                return cls._parse_bare(text)
            display = text[:opened].rstrip(LWS)
            if not _is_plain_name(display):
                raise ParseError("the display name needs quotes")
        closed = text.find(">", opened)
        if closed < 0:
            raise ParseError("unterminated angle bracket")
        return cls(display, Uri.parse(text[opened + 1 : closed]), parse_parameters(text, closed + 1))

    @classmethod
    def _parse_bare(cls, text: str) -> NameAddress:
        """Without brackets, parameters are the header's, and the URI has neither comma nor question mark (§20)."""
        uri, semicolon, _ = text.partition(";")
        if "?" in uri or "," in uri:
            raise ParseError("the URI needs angle brackets")
        parameters = parse_parameters(text, len(uri)) if semicolon else ()
        return cls("", Uri.parse(uri.rstrip(LWS)), parameters)

    @classmethod
    def parse_many(cls, lines: Iterable[str]) -> list[NameAddress]:
        """Parse all values of a header's fields (``headers.all("contact")``). Raises ParseError."""
        return [cls.parse(value) for line in lines for value in split_commas(line)]

    def parameter(self, name: str) -> str | None:
        """Value without quotes; the empty string for a name alone, None where it is absent."""
        return find_parameter(self.parameters, name)

    @property
    def tag(self) -> str | None:
        return find_parameter(self.parameters, "tag") or None

    @property
    def label(self) -> str:
        """The display name fit to be shown: without control characters, direction overrides and broken UTF-8."""
        return _controls.sub("", self.display).strip()

    def __str__(self) -> str:
        name = f"{quote(self.display)} " if self.display else ""
        return f"{name}<{self.uri}>{format_parameters(self.parameters)}"
