"""Who is at the door: a device known by its credentials, a trunk known by its address, or nobody.

Every refusal looks the same and costs the same whether or not the user exists. Failures are counted by source and by user
over a sliding window, so that guessing is slow and one wrong phone does not lock out its office.
"""

from __future__ import annotations

import ipaddress
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from centralita.pbx.model.device import Device
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.model.trunk import Trunk
from centralita.sip.auth import Authenticator, Bad, Missing, Ok, Stale, ha1
from centralita.sip.flow import Flow
from centralita.sip.message import Request
from centralita.throttle import Throttle

FAILURES_KEPT = 200
LONGEST_NAME = 64
ONE_CHALLENGE_ONLY = ("baresip v0.", "baresip v1.")
"""User agents that give up when any challenge names an algorithm that they do not know; they get MD5 alone."""


@dataclass(frozen=True, slots=True)
class FromDevice:
    snapshot: Snapshot
    device: Device


@dataclass(frozen=True, slots=True)
class FromTrunk:
    """The trunks whose provider has this address; which of them it is, the number dialled tells."""

    candidates: tuple[tuple[Snapshot, Trunk], ...]


@dataclass(frozen=True, slots=True)
class Challenged:
    """Credentials are missing, wrong or stale: the headers of a 401."""

    headers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Barred:
    """Too many failures: refused without looking at the credentials."""


Visitor = FromDevice | FromTrunk | Challenged | Barred
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Gate:
    """Identifies requests. Told of every new configuration, and of the addresses that trunk names resolve to."""

    def __init__(
        self, realm: str, authenticator: Authenticator, throttle: Throttle, wall: Callable[[], float]
    ) -> None:
        self._realm = realm
        self._authenticator = authenticator
        self.throttle = throttle
        self.failures: deque[tuple[float, str, str, bool]] = deque(maxlen=FAILURES_KEPT)
        """Wrong passwords, the last ones: when, from which address, for which name, and whether it was not even looked at any more."""
        self._wall = wall
        self._devices: dict[str, tuple[Snapshot, Device]] = {}
        self._hashes: dict[str, dict[str, str]] = {}
        """By algorithm and user name; made anew with every configuration."""
        self._addresses: dict[str, tuple[tuple[Snapshot, Trunk], ...]] = {}
        self._networks: list[tuple[Network, Snapshot, Trunk]] = []

    def configure(
        self, snapshots: Iterable[Snapshot], resolved: Mapping[tuple[str, str], Iterable[str]]
    ) -> None:
        """Take the published configurations; ``resolved`` holds the addresses of (tenant, trunk)."""
        devices: dict[str, tuple[Snapshot, Device]] = {}
        addresses: dict[str, list[tuple[Snapshot, Trunk]]] = {}
        networks: list[tuple[Network, Snapshot, Trunk]] = []
        for snapshot in snapshots:
            for username, device in snapshot.devices_by_username.items():
                devices[username] = (snapshot, device)
            for trunk in snapshot.trunks.values():
                for text in {*trunk.addresses, *resolved.get((snapshot.tenant, trunk.id), ())}:
                    if "/" in text:
                        networks.append((ipaddress.ip_network(text, strict=False), snapshot, trunk))
                    else:
                        addresses.setdefault(text, []).append((snapshot, trunk))
        self._devices = devices
        self._addresses = {address: tuple(known) for address, known in addresses.items()}
        self._networks = networks
        self._hashes = {}

    def device(self, username: str) -> tuple[Snapshot, Device] | None:
        return self._devices.get(username)

    def identify(self, request: Request, flow: Flow, claimed: str) -> Visitor:
        """``claimed`` is the user part of From: one of our devices proves itself even from a trunk's address."""
        if claimed not in self._devices and "authorization" not in request.headers:
            trunks = self._trunks_at(flow.host)
            if trunks:
                return FromTrunk(trunks)
        return self.authenticate(request, flow)

    def authenticate(self, request: Request, flow: Flow) -> FromDevice | Challenged | Barred:
        """Check the credentials of a request. Without any, it is challenged and nothing is counted."""
        now = self._wall()
        # A phone may answer both of our challenges, one field each (RFC 8760 §2.4).
        authorization = request.headers.all("authorization")
        if not authorization:
            return self._challenge(request, stale=False)
        verdict = self._authenticator.verify(authorization, request.method, self._ha1, now, uri=request.uri)
        match verdict:
            case Ok(username=username) | Stale(username=username):
                # A right password after too many wrong ones is refused like a wrong one: a guesser learns nothing.
                if self.throttle.blocked(flow.host, username, now):
                    return Barred()
                if isinstance(verdict, Stale):
                    return self._challenge(request, stale=True)
                self.throttle.succeeded(flow.host, username, now)
                return FromDevice(*self._devices[username])
            case Bad(username=username):
                blocked = bool(self.throttle.blocked(flow.host, username or "", now))
                self.failures.append((now, flow.host, (username or "")[:LONGEST_NAME], blocked))
                if blocked:
                    return Barred()
                self.throttle.failed(flow.host, username, now)
                return self._challenge(request, stale=False)
            case Missing():
                return self._challenge(request, stale=False)

    def _challenge(self, request: Request, *, stale: bool) -> Challenged:
        values = self._authenticator.challenge(self._wall(), stale=stale)
        if (request.headers.get("user-agent") or "").startswith(ONE_CHALLENGE_ONLY):
            values = [value for value in values if "SHA-256" not in value] or values
        return Challenged(tuple(("www-authenticate", value) for value in values))

    def _ha1(self, username: str, algorithm: str) -> str | None:
        known = self._devices.get(username)
        if known is None or known[1].password is None:
            return None
        hashes = self._hashes.setdefault(algorithm, {})
        digest = hashes.get(username)
        if digest is None:
            password = known[1].password.get_secret_value()
            digest = hashes[known[1].username or username] = ha1(username, self._realm, password, algorithm)
        return digest

    def _trunks_at(self, host: str) -> tuple[tuple[Snapshot, Trunk], ...]:
        exact = self._addresses.get(host, ())
        if not self._networks:
            return exact
        address = ipaddress.ip_address(host)
        return exact + tuple(
            (snapshot, trunk)
            for network, snapshot, trunk in self._networks
            if address.version == network.version and address in network
        )
