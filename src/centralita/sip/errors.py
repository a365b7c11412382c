"""What goes wrong with bytes from a stranger: one exception, which says how to answer and whether one can.

Whoever catches it sends ``status`` when ``request`` is there, and stays silent otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from centralita.sip.message import Request


class ParseError(ValueError):
    """Bytes or a header field value are not what SIP allows. The text says what is wrong, without line breaks."""

    def __init__(
        self, reason: str, status: int = 400, request: Request | None = None, *, fatal: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status
        """The final response that tells the sender: 400, 413, 414, 416, 505 or 513."""
        self.request = request
        """What is needed to answer: the method, and of Via, From, To, Call-ID and CSeq the first of those that came.

        None where nothing may be sent: responses, ACK, and what has no well-formed topmost Via.
        """
        self.fatal = fatal
        """On a stream: where the next message starts is unknown, so the connection has to be closed."""
