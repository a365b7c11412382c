"""What an endpoint is told once and for all."""

from __future__ import annotations

from dataclasses import dataclass, field

from centralita.sip.parser import Limits
from centralita.sip.timers import Timers


@dataclass(frozen=True, slots=True)
class EndpointSettings:
    """Addresses, limits and intervals of one endpoint."""

    advertised_host: str
    """Name or address that peers reach us at: Via sent-by and Contact. IPv6 without brackets."""
    port: int
    user_agent: str = "Centralita"
    timers: Timers = field(default_factory=Timers)
    session_expires: int = 1800
    """Session-Expires that we ask for (RFC 4028), seconds."""
    min_se: int = 90
    """Shortest session interval that we accept, seconds; 90 is the least that RFC 4028 §4 allows."""
    max_transactions: int = 200_000
    """Transactions at a time, those included that only wait for stray retransmissions; above it 503."""
    max_pending_invites: int = 10_000
    """Incoming calls not yet answered at a time; above it 503."""
    methods: frozenset[str] = frozenset({"REGISTER"})
    """Methods outside dialogs that the application answers; OPTIONS is answered here, others get 405 or 501."""
    limits: Limits = field(default_factory=Limits)
