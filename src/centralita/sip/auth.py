"""Digest authentication (RFC 7616, RFC 8760, RFC 3261 §22), as the one who asks and as the one who is asked.

The server keeps nothing for a challenge that nobody answers: its nonces carry their time and a seal. It keeps the nonce
counts of those who did answer, so that a request heard on the wire cannot be sent again. Where the passwords are, and
what becomes of those who fail, is left to the caller.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import md5, sha256
from hmac import compare_digest
from hmac import digest as hmac_digest

from centralita.sip.errors import ParseError
from centralita.sip.grammar import quote, unquote
from centralita.sip.uri import Uri

ALGORITHMS = ("SHA-256", "MD5")
"""What we speak, best first. MD5 is there because most phones know nothing else."""

_LONGEST_HEADER = 4096
_LONGEST_USERNAME = 256
_TIME, _SERIAL, _SEAL = 12, 8, 32  # hexadecimal digits of a nonce's three parts
_is_count = re.compile(r"[0-9A-Fa-f]{1,8}").fullmatch
_is_nonce = re.compile(r"[0-9a-f]{52}").fullmatch
# Phones quote what must not be quoted (nc, qop, algorithm) and the other way round: both are read.
_find_fields = re.compile(
    r'([A-Za-z*\-]++)[ \t]*+=[ \t]*+("(?>(?:[^"\\]++|\\.)*)"|[^\s,"]*+)', re.DOTALL
).findall


@dataclass(frozen=True, slots=True)
class Ok:
    """The password is right, and the request has not been seen before."""

    username: str


@dataclass(frozen=True, slots=True)
class Stale:
    """The password is right, but the nonce is old or its count used: challenge again, with ``stale=True``."""

    username: str


@dataclass(frozen=True, slots=True)
class Bad:
    """Wrong password, no such user, or a malformed answer: one and the same thing to whoever asks."""

    username: str | None
    """The name given, for the throttle; None where there is none."""


@dataclass(frozen=True, slots=True)
class Missing:
    """No digest for our realm: challenge."""


Verdict = Ok | Stale | Bad | Missing


def ha1(username: str, realm: str, password: str, algorithm: str) -> str:
    """Hash of user, realm and password, as it may be stored in place of the password."""
    return _hash(algorithm, f"{username}:{realm}:{password}")


def digest_response(
    secret: str, algorithm: str, method: str, uri: str, nonce: str, *, nc: str = "", cnonce: str = ""
) -> str:
    """The ``response`` of RFC 7616 §3.4.1 for ``secret`` = ha1(…); with ``nc`` for qop=auth, without for none."""
    a2 = _hash(algorithm, f"{method}:{uri}")
    middle = f"{nonce}:{nc}:{cnonce}:auth" if nc else nonce
    return _hash(algorithm, f"{secret}:{middle}:{a2}")


class Authenticator:
    """The side that asks, for one realm."""

    def __init__(
        self,
        realm: str,
        secret: bytes,
        nonce_life: float = 300,
        *,
        not_before: float = 0,
        max_nonces: int = 65_536,
        algorithms: Sequence[str] = ALGORITHMS,
    ) -> None:
        """``secret`` seals the nonces. Those issued before ``not_before`` are stale: give the time of the start, since
        what had been answered before it is not known any more. At most ``max_nonces`` counts are kept.
        """
        self.realm = realm
        self._secret = secret
        self._life = nonce_life
        self._oldest = not_before
        self._max_nonces = max_nonces
        self._algorithms = tuple(algorithms)
        self._serial = 0
        #: Highest count answered, and when the nonce was issued, by nonce and user; in order of the first answer.
        self._counts: dict[tuple[str, str], tuple[int, float]] = {}
        #: What an unknown user's answer is compared with, so that it takes the same time to refuse.
        self._nobody = {
            name: _hash(name, hmac_digest(secret, b"nobody", "sha256").hex()) for name in ALGORITHMS
        }

    def challenge(self, now: float, *, stale: bool = False) -> list[str]:
        """WWW-Authenticate values, the better algorithm first (RFC 8760 §2.3). ``now`` in seconds since the epoch."""
        self._serial = (self._serial + 1) & 0xFFFFFFFF
        stamp = f"{int(now * 1000) & 0xFFFFFFFFFFFF:012x}{self._serial:08x}"
        nonce = stamp + self._seal(stamp)
        flag = ", stale=true" if stale else ""
        return [
            f'Digest realm={quote(self.realm)}, nonce="{nonce}", algorithm={algorithm}, qop="auth"{flag}'
            for algorithm in self._algorithms
        ]

    def verify(
        self,
        authorization: str | Sequence[str],
        method: str,
        find_ha1: Callable[[str, str], str | None],
        now: float,
        *,
        uri: str | None = None,
    ) -> Verdict:
        """Judge the Authorization fields of a request.

        ``find_ha1(username, algorithm)`` gives the stored hash or None for an unknown user. With ``uri``, the
        Request-URI, the user part that the digest covers must be the one that is asked for.
        """
        fields = self._ours([authorization] if isinstance(authorization, str) else authorization)
        if fields is None:
            return Missing()
        username = _unescaped(fields.get("username", ""))
        nonce = fields.get("nonce", "")
        answer = fields.get("response", "")
        algorithm = fields.get("algorithm", "MD5").upper()
        qop = fields.get("qop", "")
        nc, cnonce = (fields.get("nc", ""), fields.get("cnonce", "")) if qop else ("", "")
        if len(username) > _LONGEST_USERNAME:
            return Bad(None)
        if not username or algorithm not in self._algorithms:
            return Bad(username or None)
        count = _count(qop, nc)
        known = find_ha1(username, algorithm)
        expected = digest_response(
            known or self._nobody[algorithm],
            algorithm,
            method,
            fields.get("uri", ""),
            nonce,
            nc=nc,
            cnonce=cnonce,
        )
        right = compare_digest(expected.encode(), answer.lower().encode("utf-8", "surrogateescape"))
        issued = self._issued(nonce)
        if not right or known is None or count is None or not _same_target(fields.get("uri", ""), uri):
            return Bad(username)
        if (
            issued is None
            or not self._fresh(issued, now)
            or not self._count_up((nonce, username), count, issued, now)
        ):
            return Stale(username)
        return Ok(username)

    def _ours(self, values: Sequence[str]) -> dict[str, str] | None:
        """The fields of the digest that answers a challenge of ours, if there is one."""
        for value in values:
            fields = _digest_fields(value)
            if fields is not None and _unescaped(fields.get("realm", "")) == self.realm:
                return fields
        return None

    def _seal(self, stamp: str) -> str:
        return hmac_digest(self._secret, f"{stamp}{self.realm}".encode(), "sha256")[: _SEAL // 2].hex()

    def _issued(self, nonce: str) -> float | None:
        """When we issued this nonce, or None where we did not."""
        if not _is_nonce(nonce):
            return None
        stamp = nonce[: _TIME + _SERIAL]
        if not compare_digest(self._seal(stamp), nonce[_TIME + _SERIAL :]):
            return None
        return int(stamp[:_TIME], 16) / 1000

    def _fresh(self, issued: float, now: float) -> bool:
        return issued >= self._oldest and now - self._life <= issued <= now + 1

    def _count_up(self, key: tuple[str, str], count: int, issued: float, now: float) -> bool:
        """Take note of a nonce count; False where it has been used. Only after a right password: so nobody else
        can fill the table."""
        counts = self._counts
        known = counts.get(key)
        if known is not None:
            if count <= known[0]:
                return False
            counts[key] = (count, issued)
            return True
        counts[key] = (count, issued)
        while True:
            oldest = next(iter(counts))
            when = counts[oldest][1]
            if when + self._life >= now:
                if len(counts) <= self._max_nonces:
                    return True
                # Forgotten while still good: no nonce as old as this one may be answered any more.
                self._oldest = max(self._oldest, when + 0.001)
            del counts[oldest]


@dataclass(frozen=True, slots=True)
class Challenge:
    """One WWW-Authenticate or Proxy-Authenticate value. Texts are as they stood between their quotes."""

    realm: str
    nonce: str
    algorithm: str | None
    """As written; None stands for MD5."""
    qop: tuple[str, ...]
    """What is offered; empty for a peer of RFC 2069."""
    opaque: str | None
    stale: bool

    @classmethod
    def parse(cls, text: str) -> Challenge:
        """Raises ParseError where it is no digest challenge."""
        fields = _digest_fields(text)
        if fields is None or "realm" not in fields or not fields.get("nonce"):
            raise ParseError("malformed challenge")
        return cls(
            fields["realm"],
            fields["nonce"],
            fields.get("algorithm"),
            tuple(option.strip().lower() for option in fields.get("qop", "").split(",") if option.strip()),
            fields.get("opaque"),
            fields.get("stale", "").lower() == "true",
        )


def answer_challenge(
    challenge_values: Sequence[str],
    method: str,
    uri: str,
    username: str,
    password: str,
    cnonce: str,
    nc: int = 1,
    *,
    realm: str | None = None,
) -> str | None:
    """The Authorization value for the best challenge that we can answer: SHA-256 before MD5; None without any.

    With ``realm``, others are left unanswered: a stranger that challenges us learns nothing to guess a password from.
    """
    usable: list[tuple[int, str, Challenge]] = []
    for value in challenge_values:
        try:
            challenge = Challenge.parse(value)
        except ParseError:
            continue
        algorithm = (challenge.algorithm or "MD5").upper()
        if algorithm not in ALGORITHMS or (challenge.qop and "auth" not in challenge.qop):
            continue
        if realm is None or _unescaped(challenge.realm) == realm:
            usable.append((ALGORITHMS.index(algorithm), algorithm, challenge))
    if not usable:
        return None
    _, algorithm, challenge = min(usable, key=lambda item: item[0])
    count = f"{nc:08x}" if challenge.qop else ""
    secret = ha1(username, challenge.realm, password, algorithm)
    response = digest_response(secret, algorithm, method, uri, challenge.nonce, nc=count, cnonce=cnonce)
    parts = [
        f"username={quote(username)}",
        f'realm="{challenge.realm}"',
        f'nonce="{challenge.nonce}"',
        f'uri="{uri}"',
        f'response="{response}"',
    ]
    if challenge.algorithm is not None:
        parts.append(f"algorithm={algorithm}")
    if count:
        parts += ["qop=auth", f"nc={count}", f'cnonce="{cnonce}"']
    if challenge.opaque is not None:
        parts.append(f'opaque="{challenge.opaque}"')
    return "Digest " + ", ".join(parts)


def _hash(algorithm: str, text: str) -> str:
    data = text.encode("utf-8", "surrogateescape")
    # MD5 is what phones speak; nothing but this protocol relies on it.
    return (
        sha256(data).hexdigest() if algorithm == "SHA-256" else md5(data, usedforsecurity=False).hexdigest()
    )


def _digest_fields(value: str) -> dict[str, str] | None:
    """Names in lower case and values without their quotes, escapes kept; None where it is no digest, or ambiguous."""
    scheme, _, rest = value.strip().partition(" ")
    if scheme.lower() != "digest" or len(rest) > _LONGEST_HEADER:
        return None
    found = _find_fields(rest)
    fields = {name.lower(): text[1:-1] if text[:1] == '"' else text for name, text in found}
    return fields if len(fields) == len(found) else None


def _unescaped(text: str) -> str:
    return unquote(f'"{text}"') if "\\" in text else text


def _count(qop: str, nc: str) -> int | None:
    """The nonce count; without qop (RFC 2069) a nonce is good for one request. None where it is malformed."""
    if not qop:
        return 1
    return int(nc, 16) if qop.lower() == "auth" and _is_count(nc) else None


def _same_target(digest_uri: str, request_uri: str | None) -> bool:
    """Whether a digest was made for this request: the same user part, which decides who is called.

    The rest may differ: a proxy before us rewrites the host, and phones leave out port and parameters, or add them. Some
    (SIPp 3.6) digest the address of the server alone, whatever they ask for; the nonce count keeps that from being used again.
    """
    if request_uri is None or digest_uri == request_uri:
        return True
    try:
        digested = Uri.parse(digest_uri).username
        return not digested or digested == Uri.parse(request_uri).username
    except ParseError:
        return False
