"""What is offered to a callee, and whether what it chooses goes with the caller, also with one who was answered before."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from centralita.pbx.vocabulary import LegId
from centralita.sdp.description import SessionDescription
from centralita.sdp.negotiate import agree
from centralita.switch.inviting import goes_with, offerable
from centralita.switch.leg import OWN_CODECS, Leg

BODY = (
    "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP {}\r\n{}"
)
LINES = {
    "9": "a=rtpmap:9 G722/8000\r\n",
    "8": "a=rtpmap:8 PCMA/8000\r\n",
    "0": "a=rtpmap:0 PCMU/8000\r\n",
    "98": "a=rtpmap:98 pcmu/8000\r\n",
    "101": "a=rtpmap:101 telephone-event/8000\r\n",
    "96": "a=rtpmap:96 telephone-event/8000\r\n",
}


def described(*numbers: str) -> SessionDescription:
    return SessionDescription.parse(
        BODY.format(" ".join(numbers), "".join(LINES[n] for n in numbers)).encode()
    )


def leg() -> Leg:
    return Leg(cast("Any", SimpleNamespace()), LegId("x"), "device:x", None)


def caller(*numbers: str, answered: str = "") -> Leg:
    """One who offers these formats, and was answered with one of them already."""
    made = leg()
    made.offered = described(*numbers)
    if answered:
        made.peer = agree(made.offered, (answered,))
    return made


def callee(*numbers: str) -> Leg:
    made = leg()
    made.peer = agree(described(*numbers), ("G722", *OWN_CODECS))
    return made


def names(formats: list[Any]) -> list[str]:
    return [f"{each.name}/{each.number}" for each in formats]


def test_a_caller_whom_nobody_answered_offers_what_they_offered() -> None:
    assert names(offerable(caller("9", "8", "101"), ("G722", "PCMA"), digits=False)) == [
        "G722/9",
        "PCMA/8",
        "PCMU/0",
        "telephone-event/101",
    ]


def test_who_was_answered_in_g711_is_offered_in_g711_only() -> None:
    menu = caller("9", "8", "101", answered="PCMA")
    assert names(offerable(menu, ("G722", "PCMA"), digits=False)) == [
        "PCMA/8",
        "PCMU/0",
        "telephone-event/101",
    ]


def test_who_was_answered_in_g722_goes_to_phones_that_have_it() -> None:
    wide = caller("9", "8", answered="G722")
    assert names(offerable(wide, ("G722", "PCMA"), digits=False)) == ["G722/9"]
    assert offerable(wide, ("PCMA", "PCMU"), digits=False) == []


@pytest.mark.parametrize(
    ("offers", "event"), [(("8",), "telephone-event/101"), (("8", "96"), "telephone-event/96")]
)
def test_who_is_to_press_a_digit_can(offers: tuple[str, ...], event: str) -> None:
    assert names(offerable(caller(*offers), ("PCMA",), digits=True))[-1] == event


@pytest.mark.parametrize(
    ("offers", "answered", "chosen", "joined"),
    [
        (("9", "8"), "", ("9",), "G722"),
        (("8",), "", ("0",), "PCMA"),
        (("8",), "PCMA", ("0",), "PCMA"),
        (("0",), "PCMU", ("98",), "PCMU"),
        (("9", "8"), "PCMA", ("9",), None),
        (("9", "8"), "G722", ("8",), None),
    ],
)
def test_whom_two_can_be_joined(
    offers: tuple[str, ...], answered: str, chosen: tuple[str, ...], joined: str | None
) -> None:
    made = goes_with(caller(*offers, answered=answered), callee(*chosen))
    assert (made.name if made else None) == joined
