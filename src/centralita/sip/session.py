"""A call as the application sees it: one INVITE and the dialog that it makes, from the first message to the last.

This is the record only. What moves it stands in :mod:`centralita.sip.incoming` and :mod:`centralita.sip.outgoing`
(until the answer) and in :mod:`centralita.sip.ongoing` (after it).
"""

from __future__ import annotations

from enum import IntEnum

from centralita.sip.flow import Flow
from centralita.sip.message import Request


class SessionState(IntEnum):
    """How far a session has come. It never goes back."""

    PROCEEDING = 0
    """INVITE sent or received, nothing but 100 said about it."""
    EARLY = 1
    """A provisional response above 100 was sent or received."""
    ANSWERED = 2
    """Incoming: our 2xx is on its way, the ACK is awaited."""
    CONFIRMED = 3
    """Answered and acknowledged."""
    ENDED = 4
    """Rejected, failed, cancelled or hung up. Commands on it do nothing."""


class Session:
    """One call leg. Its public attributes are for reading, ``owner`` excepted."""

    owner: object
    """Free for the application; the core never looks at it."""
    incoming: bool
    state: SessionState
    call_id: str
    local_tag: str
    remote_tag: str
    """Empty on an outgoing session until a response with a To tag came."""
    flow: Flow | None
    """Whence the peer's last message came; None on an outgoing session until something came."""
    peer_contact: str
    """The peer's Contact URI (remote target, RFC 3261 §12), empty until known."""
    peer_user_agent: str
    """User-Agent or Server of the peer, or empty."""
    local_sdp: bytes
    """The last session description that we offered or answered with and that is in force."""
    remote_sdp: bytes
    """The peer's."""

    @property
    def invite(self) -> Request:
        """The INVITE that began the session (the one received, or the last one sent, without its Via)."""
        raise AssertionError("follows at once")
