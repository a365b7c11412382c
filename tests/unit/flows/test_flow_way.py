"""From the number to where the call rests, as a caller meets it."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from flowtools import SUNDAY, walk_through

from centralita.pbx.callcontrol import RingResult
from centralita.pbx.vocabulary import StepEnd

OFFICE = {
    "hours": {"type": "hours", "schedule": "office", "open": "menu", "closed": "night"},
    "menu": {"type": "menu", "menu": "options", "choices": {"1": "sales"}, "otherwise": "sales"},
    "sales": {"type": "ring", "targets": ["user:luis", "user:eva"], "no_answer": "box"},
    "box": {"type": "voicemail", "user": "eva"},
    "night": {"type": "hang-up", "cause": "busy"},
}


def test_by_day_through_the_menu_to_people() -> None:
    call = walk_through(OFFICE, presses=["1"])
    assert call.way == ["hours main/menu", "menu main/sales", "ring user:luis, user:eva"]
    assert call.story[-2:] == ["ring luis+eva", "talk"]


def test_nobody_answers_and_the_voicemail_takes_it() -> None:
    nobody = RingResult(StepEnd.NO_ANSWER, 480)
    call = walk_through(OFFICE, presses=["1"], phones={"luis": nobody, "eva": nobody})
    assert call.way[-2:] == ["ring-no-answer main/box", "voicemail voicemail:eva"]
    assert len(call.boxes["eva"].kept) == 1


def test_by_night_the_call_is_refused_with_the_cause() -> None:
    call = walk_through(OFFICE, at=SUNDAY)
    assert call.way == ["hours main/night", "hang-up hang-up:busy"]
    assert call.story[-1] == "refuse 486"
