"""What an RTP stream carries: the payload format behind a payload type number (RFC 3551, RFC 8866 §6.6)."""

from __future__ import annotations

from typing import NamedTuple


class PayloadFormat(NamedTuple):
    """One entry of an m-line: ``a=rtpmap`` and ``a=fmtp`` of a payload type."""

    number: int
    name: str
    """Encoding name in the case of its registration: PCMU, PCMA, G722, opus, telephone-event."""
    clock_rate: int
    channels: int = 1
    parameters: str = ""
    """The text of ``a=fmtp``, empty where there is none."""


PCMU = PayloadFormat(0, "PCMU", 8000)
PCMA = PayloadFormat(8, "PCMA", 8000)
TELEPHONE_EVENT = PayloadFormat(101, "telephone-event", 8000, 1, "0-16")
