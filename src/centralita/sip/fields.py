"""Single facts out of header fields that the parser has checked, without parsing the whole value.

Every message needs a branch, two tags and a CSeq; a value object for each would cost more than the rest of
the transaction layer. Anything unusual (quotes, white space, odd capitals) goes to the value types, which
decide.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import ip_address

from centralita.sip.address import NameAddress
from centralita.sip.flow import Flow, Target
from centralita.sip.grammar import format_host
from centralita.sip.message import Headers, split_commas
from centralita.sip.uri import Uri
from centralita.sip.via import Via

#: Magic cookie of a branch that is unique by itself (RFC 3261 §8.1.1.7).
COOKIE = "z9hG4bK"

#: Characters of what is remembered: who sends chooses them, and a cache must not be a way to fill our memory.
_LONGEST_REMEMBERED = 512

_any_tag = re.compile(r";\s*+tag\s*+=", re.IGNORECASE).search


def tag_of(value: str) -> str:
    """The tag of a From or To value; empty where it has none."""
    start = value.find(">;tag=")
    if start >= 0:
        tag = value[start + 6 :]
        # A display name that holds the same characters is quoted, so its closing quote would be in here.
        if not (";" in tag or '"' in tag or ">" in tag):
            return tag
    elif value[-1:] == ">":
        return ""
    after = value.rfind(">") + 1
    start = value.find(";tag=", after)
    if start < 0 or '"' in value[after:]:
        return (NameAddress.parse(value).tag or "") if _any_tag(value, after) else ""
    end = value.find(";", start + 5)
    tag = value[start + 5 :] if end < 0 else value[start + 5 : end]
    return tag.rstrip(" \t")


def uri_of(value: str) -> str:
    """The URI of a name-addr or addr-spec as text. Raises ParseError."""
    if value.startswith("<"):
        end = value.find(">")
        if end > 0:
            return value[1:end]
    return str(NameAddress.parse(value).uri)


def user_of(uri: str) -> str:
    """The user part of a SIP URI as written, empty where it has none."""
    at = uri.find("@")
    return uri[uri.find(":") + 1 : at] if at >= 0 else ""


def cseq_of(headers: Headers) -> int:
    """The CSeq number; the parser has brought the field into the form ``number METHOD``."""
    return int(headers.fields["cseq"][0].partition(" ")[0])


def server_key(via: str) -> str:
    """Branch and sent-by of a topmost Via: with the method, what a server transaction is known by (RFC 3261
    §17.2.3).

    Empty where the branch is not unique by itself, as RFC 2543 made it.
    """
    start = via.find(";branch=z9hG4bK")
    if start < 0 or via[:8] != "SIP/2.0/" or '"' in via:
        parsed = Via.parse(next(iter(split_commas(via))))
        branch = parsed.branch or ""
        if branch[:7].lower() != COOKIE.lower():
            return ""
        return f"{branch}|{format_host(parsed.host, parsed.port)}"
    end = via.find(";", start + 1)
    comma = via.find(",")
    if comma >= 0 and (end < 0 or comma < end):
        end = comma
    branch = via[start + 8 :] if end < 0 else via[start + 8 : end]
    sent_by = via[via.find(" ") + 1 : via.find(";")]
    return f"{branch.rstrip()}|{sent_by.strip().lower()}"


def branch_of(via: str) -> str:
    """The branch of a topmost Via; empty where it has none."""
    start = via.find(";branch=")
    if start < 0 or '"' in via or "," in via:
        return Via.parse(next(iter(split_commas(via)))).branch or ""
    end = via.find(";", start + 8)
    return (via[start + 8 :] if end < 0 else via[start + 8 : end]).rstrip(" \t")


def stamp_via(via: str, flow: Flow) -> str:
    """The topmost Via with the source noted in it (RFC 3261 §18.2.1, RFC 3581 §4)."""
    if '"' in via:
        first, *others = split_commas(via)
        return ", ".join([_stamp(first, flow), *others])
    if "," in via:
        first, comma, rest = via.partition(",")
        return f"{_stamp(first, flow)}{comma}{rest}"
    return _stamp(via, flow)


def _stamp(value: str, flow: Flow) -> str:
    at = value.find(";rport")
    if at >= 0 and value[at + 6 : at + 7] in ("", ";", "=", " "):
        end = value.find(";", at + 1)
        tail = "" if end < 0 else value[end:]
        return f"{value[:at]};rport={flow.port};received={flow.host}{tail}"
    # Wanted only where sent-by is another address or a name; always adding it costs no comparison of spellings.
    return f"{value};received={flow.host}"


def lists(headers: Headers, name: str, token: str) -> bool:
    """Whether a list of tokens (Allow, Supported) holds this one, whatever its case."""
    lines = headers.fields.get(name)
    if lines is None:
        return False
    if len(lines) > 1 or len(lines[0]) > _LONGEST_REMEMBERED:
        return headers.has_token(name, token)
    return _line_lists(lines[0], token)


@lru_cache(maxsize=1024)
def _line_lists(line: str, token: str) -> bool:
    """Phones of one make send the same lists all day."""
    return token.lower() in [each.strip().lower() for each in line.split(",")]


def hop_of(uri: str) -> Flow | Target:
    """Where a request for this URI goes (RFC 3263 §4): an address as it is, a name to be resolved. Raises
    ParseError.

    The port of a Target is 0 where the URI has none, so that SRV records apply.
    """
    parsed = Uri.parse(uri)
    transport = parsed.transport or "UDP"
    host = parsed.parameter("maddr") or parsed.host
    if not is_address(host):
        return Target(transport, host, parsed.port or 0)
    return Flow(transport, host, parsed.port or 5060)


def is_address(host: str) -> bool:
    """Whether a host is an IP address rather than a name."""
    if not host or (host[-1].isalpha() and ":" not in host):
        return False
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
