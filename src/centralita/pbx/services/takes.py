"""Somebody records what others will hear, and hears it before it counts: greetings and prompts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from centralita.pbx.callcontrol import BEEP, CallControl, Playable, Take
from centralita.pbx.speech.phrases import Say

DIGIT_SECONDS = 6.0
"""To think about what to press next."""
ROUNDS = 3
"""Times that a question is asked of somebody who presses nothing, and that one may record anew."""
SHORTEST = 1.0
"""Seconds; what is shorter is a key that was pressed too soon."""


async def record_reviewed(
    call: CallControl,
    draft: Callable[[], Path],
    discard: Callable[[Take], None],
    *,
    instructions: Sequence[Playable],
    longest: float,
    language: str,
) -> Take | None:
    """A take that its maker has said shall be kept (1: keep, 2: hear, 3: again), None where they did not.

    What is not returned is discarded, also when the caller hangs up.
    """
    for _ in range(ROUNDS):
        await call.play(instructions, language=language)
        await call.play([BEEP])
        path = draft()
        take = await call.record(path, limit=longest, silence=None)
        pressed = ""
        try:
            if take is not None and take.duration >= SHORTEST:
                pressed = await _reviewed(call, take, language)
        finally:
            if pressed != "1":
                discard(take or Take(path, 0.0))
        if pressed == "1":
            return take
        if pressed != "3":
            break
    return None


async def _reviewed(call: CallControl, take: Take, language: str) -> str:
    """What its maker pressed at last: 1, 3, or anything else to leave it."""
    for _ in range(ROUNDS):
        pressed = await ask(call, [take.path, Say.GREETING_REVIEW], language)
        while pressed == "2":
            pressed = await ask(call, [take.path, Say.GREETING_REVIEW], language)
        if pressed in ("1", "3", "*"):
            return pressed
        if pressed:
            await call.play([Say.INVALID_OPTION], language=language)
    return ""


async def ask(call: CallControl, sounds: Sequence[Playable], language: str) -> str:
    """One digit, or nothing."""
    return await call.collect(sounds, digits=1, seconds=DIGIT_SECONDS, language=language)
