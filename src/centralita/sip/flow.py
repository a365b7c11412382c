"""Where bytes come from and go to: the network as the SIP core sees it."""

from __future__ import annotations

from typing import NamedTuple


class Flow(NamedTuple):
    """One path to a peer (RFC 5626 §1.2): a remote address over UDP, or one connection.

    ``connection`` is 0 for UDP and a number that the shell never reuses for a stream. A stream flow that the core
    wants opened has connection 0 until the shell reports which connection it became.
    """

    transport: str
    """``UDP`` or ``TCP``, as written in a Via."""
    host: str
    """Remote IP address, without brackets."""
    port: int
    connection: int = 0

    @property
    def reliable(self) -> bool:
        """Whether the transport retransmits by itself, so that the transaction timers need not."""
        return self.transport != "UDP"


class Target(NamedTuple):
    """A next hop by name, that the shell has to resolve (RFC 3263) before anything can be sent."""

    transport: str
    host: str
    port: int
