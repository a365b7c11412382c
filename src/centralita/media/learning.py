"""Where a peer's audio is sent to and taken from: symmetric learning that locks, and trusts nobody else.

An SDP may tell an address that is not the one that packets come from (NAT), or one where we must not send at all. Until
a source is locked, packets are only candidates; from then on the kernel drops what comes from elsewhere.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from functools import lru_cache

Address = tuple[str, int]
"""IP address in its canonical form, and port."""

_BEHIND_NAT = 4
"""Consecutive packets of one stream after which a source is believed, whose peer's SDP tells another IP address."""
_OTHER_PORT = 10
"""The same, where the SDP's IP address is right but the port is not: there the SDP's own port goes on being likelier."""
_MAX_CANDIDATES = 8


@lru_cache(maxsize=4096)
def canonical(host: str) -> str | None:
    """An IP address as ``recvfrom`` tells it; None for a name."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def _reachable(host: str) -> bool:
    """Whether one peer can live there at all."""
    address = ipaddress.ip_address(host)
    return not (address.is_unspecified or address.is_multicast or host == "255.255.255.255")


def destination(host: str, port: int, signalling_host: str, is_ours: Callable[[str], bool]) -> Address | None:
    """Where to send before anything is learnt; None: nowhere.

    ``0.0.0.0`` and ``[::]`` mean that the peer wants nothing. An address of our own host is believed only of a peer
    that signals from this host; of any other it is an attack or a mistake, and the signalling address is taken. So
    it is for names, which we do not resolve.
    """
    known, signalling = canonical(host), canonical(signalling_host)
    if not 0 < port < 65536:
        return None
    if known is not None and not _reachable(known):
        return None
    foreign = known is None or (is_ours(known) and not (signalling is not None and is_ours(signalling)))
    if foreign:
        known = signalling
    if known is None or not _reachable(known):
        return None
    return known, port


class Learner:
    """Decides which source is the peer's, before there is a lock."""

    __slots__ = ("_candidates", "_expected", "_needed")

    def __init__(self, expected: Address | None, signalling_host: str) -> None:
        """``expected``: what :func:`destination` told."""
        self._expected = expected
        self._needed: dict[str, int] = {}
        """Consecutive packets that a source at this IP address needs."""
        signalling = canonical(signalling_host)
        if signalling is not None:
            self._needed[signalling] = _BEHIND_NAT
        if expected is not None:
            self._needed[expected[0]] = _OTHER_PORT
        self._candidates: dict[Address, tuple[int, int, int]] = {}
        """Source → SSRC, next sequence number, consecutive packets."""

    def accept(self, source: Address, ssrc: int, sequence: int) -> bool:
        """Take note of a well-formed packet; True: this source is the peer, lock it."""
        if source == self._expected:
            return True
        needed = self._needed.get(source[0])
        if needed is None:
            return False
        known = self._candidates.get(source)
        if known is None and len(self._candidates) >= _MAX_CANDIDATES:
            return False
        count = 1
        if known is not None and known[0] == ssrc and known[1] == sequence:
            count = known[2] + 1
        self._candidates[source] = ssrc, (sequence + 1) & 0xFFFF, count
        return count >= needed
