"""Session timers (RFC 4028): how long a session lives without a refresh, and who refreshes.

Agreeing only, as pure functions of the headers; arming the timer and sending the refresh is the ongoing
session's.
"""

from __future__ import annotations

from typing import NamedTuple

from centralita.sip.message import Headers

#: RFC 4028 §4: nobody may ask for less.
LEAST_MIN_SE = 90
_LARGEST = 2**31 - 1


class Agreement(NamedTuple):
    """What both sides have settled."""

    interval: int
    """Seconds."""
    ours: bool
    """Whether we refresh; otherwise we hang up when the peer does not."""

    def delay(self) -> float:
        """When to act, counted from the last refresh: half-way, or a little before the interval ends (§10)."""
        return self.interval / 2 if self.ours else self.interval - min(32.0, self.interval / 3)


class TooSmall(Exception):
    """The interval asked for is below our minimum: 422."""


def parse_session_expires(headers: Headers) -> tuple[int, str] | None:
    """Interval and refresher (``uac``, ``uas`` or empty); None where the field is absent or malformed."""
    value = headers.get("session-expires")
    if value is None:
        return None
    seconds, *parameters = value.split(";")
    interval = _seconds(seconds)
    if interval is None:
        return None
    for parameter in parameters:
        name, _, refresher = parameter.partition("=")
        if name.strip().lower() == "refresher":
            return interval, refresher.strip().lower()
    return interval, ""


def parse_min_se(headers: Headers) -> int:
    """Min-SE in seconds; 90 where the field is absent or malformed (§5)."""
    value = headers.get("min-se")
    if value is None:
        return LEAST_MIN_SE
    return max(LEAST_MIN_SE, _seconds(value.partition(";")[0]) or LEAST_MIN_SE)


def _seconds(text: str) -> int | None:
    text = text.strip()
    if not (text.isascii() and text.isdigit()) or len(text) > 10:
        return None
    return min(int(text), _LARGEST)


def request_lines(interval: int, min_se: int, refresher: str = "") -> str:
    """What our INVITE or UPDATE says (§7.1, §7.4). Without refresher the other side chooses."""
    who = f";refresher={refresher}" if refresher else ""
    return f"Session-Expires: {interval}{who}\r\nMin-SE: {min_se}\r\n"


def agree_as_server(
    headers: Headers, ours: int, min_se: int, supports_timer: bool, present: Agreement | None
) -> tuple[Agreement, str]:
    """Settle a request of the peer (§9): the agreement and the lines of our 2xx. Raises TooSmall.

    Where the peer knows no session timers, or asks for none, we refresh: so a peer that is gone is noticed.
    A refresher that was settled before stays (``present``), unless the request names one.
    """
    asked = parse_session_expires(headers)
    if asked is None:
        interval = max(ours, parse_min_se(headers), min_se)
        agreement = Agreement(interval, True)
        return agreement, f"Session-Expires: {interval};refresher=uas\r\n"
    interval, refresher = asked
    if interval < min_se:
        if supports_timer:
            raise TooSmall
        # A proxy asked, and the peer would not understand a 422 (§9): lengthen it, which any hop allows.
        interval = min_se
    if interval > ours:
        interval = max(ours, parse_min_se(headers), min_se)
    if not supports_timer:
        return Agreement(interval, True), f"Session-Expires: {interval};refresher=uas\r\n"
    if refresher not in ("uac", "uas"):
        refresher = "uas" if present is not None and present.ours else "uac"
    agreement = Agreement(interval, refresher == "uas")
    require = "Require: timer\r\n" if refresher == "uac" else ""
    return agreement, f"{require}Session-Expires: {interval};refresher={refresher}\r\n"


def agree_as_client(headers: Headers, ours: int) -> Agreement:
    """Settle by the 2xx to our request (§7.2): where the peer says nothing, we refresh by ourselves."""
    told = parse_session_expires(headers)
    if told is None:
        return Agreement(ours, True)
    interval, refresher = told
    return Agreement(max(interval, LEAST_MIN_SE), refresher != "uas")
