"""One party's side of a call: its SIP session, its media, and what the two ends have agreed to speak."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from centralita.pbx.model.user import User
from centralita.pbx.vocabulary import LegId
from centralita.ports import MediaLeg, MediaTarget, Quality, Recording
from centralita.rtp.format import PCMA, PCMU, TELEPHONE_EVENT, PayloadFormat
from centralita.sdp.description import Direction, SdpError, SessionDescription
from centralita.sdp.negotiate import Agreement, agree, answer, answering_direction, counterpart, offer
from centralita.sip.session import Session

if TYPE_CHECKING:
    from centralita.switch.call import Call
    from centralita.switch.dialling import Dial

OWN_CODECS = ("PCMA", "PCMU")
"""What the exchange itself speaks: menus, voicemail, music."""


class LegState(Enum):
    CALLING = "calling"
    ALERTING = "alerting"
    TALKING = "talking"
    ENDED = "ended"


class Leg:
    """A party. Fulfils MediaOwner: what its audio does is handed to the call."""

    __slots__ = (
        "_body",
        "_offered_names",
        "_sdp_version",
        "call",
        "dial",
        "held",
        "id",
        "media",
        "offered",
        "peer",
        "session",
        "state",
        "target",
        "user",
    )

    def __init__(
        self, call: Call, leg_id: LegId, target: str, user: User | None, dial: Dial | None = None
    ) -> None:
        self.call = call
        self.id = leg_id
        self.target = target
        self.user = user
        self.dial = dial
        """The ringing that this leg takes part in; None for the caller."""
        self.session: Session | None = None
        self.media: MediaLeg | None = None
        self.offered: SessionDescription | None = None
        """The party's latest offer, where it made one."""
        self.peer: Agreement | None = None
        self.held = False
        """Whether the party has put us on hold."""
        self.state = LegState.CALLING
        self._sdp_version = 0
        self._body = b""
        self._offered_names: tuple[str, ...] = OWN_CODECS

    # --- what we tell the party of our audio --------------------------------------------------------------------

    @property
    def formats(self) -> tuple[str, ...]:
        """Names of the formats that a later offer of this party may choose from."""
        if self.peer is None or self.peer.format.name in OWN_CODECS:
            return OWN_CODECS
        return (self.peer.format.name,)

    def our_offer(self, formats: list[PayloadFormat]) -> bytes:
        self._sdp_version += 1
        media = self._media()
        self._offered_names = tuple(entry.name for entry in formats)
        self._body = offer(self.call.exchange.advertise, media.port, formats, media.port, self._sdp_version)
        return self._body

    def our_answer(self, chosen: PayloadFormat | None) -> bytes:
        """The answer to the party's offer; the same body again once it has been given (RFC 3261 §13.2.1).

        Without an offer (a late one) it is ours, and the ACK brings the answer.
        """
        if self._body:
            return self._body
        if self.offered is None:
            return self.our_offer([PCMA, PCMU, TELEPHONE_EVENT])
        if chosen is None:
            raise SdpError("the offer has no format that we can speak")
        self.peer = agree(self.offered, (chosen.name,))
        return self._answer(chosen, "sendrecv")

    def answer_again(self, described: SessionDescription) -> bytes | None:
        """Answer a new offer within the call; None where it has nothing that we speak."""
        agreed = agree(described, self.formats)
        if agreed is None:
            return None
        self.offered, self.peer = described, agreed
        return self._answer(
            agreed.format, answering_direction(described.audio) if described.audio else "inactive"
        )

    def _answer(self, chosen: PayloadFormat, direction: Direction) -> bytes:
        assert self.offered is not None
        self._sdp_version += 1
        media = self._media()
        self._body = answer(
            self.offered,
            self.call.exchange.advertise,
            media.port,
            chosen,
            media.port,
            self._sdp_version,
            direction,
        )
        return self._body

    def choose(self, for_format: PayloadFormat) -> PayloadFormat | None:
        """The party's own format that goes with the one that the other side has chosen."""
        if self.peer is not None:
            return self.peer.format
        return for_format if self.offered is None else counterpart(self.offered, for_format)

    def hear(self, body: bytes) -> bool:
        """Take the party's answer to our offer; False if there is nothing in it that we can use."""
        try:
            described = SessionDescription.parse(body)
        except SdpError:
            return False
        agreed = agree(described, self._offered_names)
        if agreed is None:
            return False
        self.peer = agreed
        return True

    # --- audio --------------------------------------------------------------------------------------------------

    def open_media(self, beside: Leg | None = None) -> None:
        """Take a port. Raises MediaUnavailable."""
        if self.media is None:
            self.media = self.call.exchange.media.allocate(
                self, beside.media if beside is not None else None, vital=self.call.vital
            )

    def point(self) -> None:
        """Tell the media worker what was agreed."""
        if self.peer is None or self.media is None or self.session is None:
            return
        peer, flow = self.peer, self.session.flow
        self.media.point(
            MediaTarget(
                peer.host,
                peer.port,
                flow.host if flow is not None else peer.host,
                peer.format,
                peer.digits,
                peer.send,
                peer.receive,
            )
        )

    def release(self) -> None:
        """The leg is over and its port is back: let go of the session and of the ringing, so that all three are freed."""
        if self.session is not None:
            self.session.owner = None
            self.session = None
        self.dial = None

    def _media(self) -> MediaLeg:
        assert self.media is not None, "a leg has a port before it describes itself"
        return self.media

    # --- MediaOwner ---------------------------------------------------------------------------------------------

    def on_digit(self, digit: str) -> None:
        self.call.on_digit(self, digit)

    def on_played(self) -> None:
        self.call.on_played(self)

    def on_recorded(self, recording: Recording) -> None:
        self.call.on_recorded(self, recording)

    def on_quality(self, quality: Quality) -> None:
        self.call.on_quality(self, quality)

    def on_silent(self) -> None:
        self.call.on_silent(self)
