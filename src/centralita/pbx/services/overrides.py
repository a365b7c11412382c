"""Overrides turned from a telephone: ``*28CODE`` on and off again, ``*28CODE*1800`` on until six this afternoon."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from centralita.pbx.speech import sentences
from centralita.pbx.speech.phrases import Say

if TYPE_CHECKING:
    from centralita.pbx.callcontrol import CallControl
    from centralita.pbx.features import FeatureCode


async def turn_override(call: CallControl, code: FeatureCode) -> None:
    """Turn the override of a code, if the caller may, and say how it stands now."""
    user = call.caller.user
    if user is None:
        raise AssertionError("star codes are dialled by users")
    override = call.snapshot.plan.overrides_by_code.get(code.argument)
    await call.answer("feature")
    if override is None:
        call.decide("override-unknown", "", f"there is no override with the code {code.argument or '(none)'}")
        await call.play([Say.FEATURE_REFUSED, Say.GOODBYE])
        return
    target, label = f"override:{override.id}", override.name or override.id
    if override.users and user.id not in override.users:
        call.decide("override-refused", target, f"{user.name} may not turn the override {label}")
        await call.play([Say.FEATURE_REFUSED, Say.GOODBYE])
        return
    now = call.now()
    overrides = call.state.overrides
    by = f"user:{user.id}"
    if code.until:
        until = until_today(now, code.until)
        if until is None:
            call.decide("override-refused", target, f"{code.until} is no time that comes today")
            await call.play([Say.INVALID_TIME, Say.GOODBYE])
            return
        overrides.turn_on(override.id, now.timestamp(), until=until.timestamp(), by=by)
        call.decide("override-on", target, f"{user.name} turned {label} on until {until:%H:%M}")
        said = sentences.override_turned(call.language, on=True, until=until)
    elif overrides.turned(override.id, now.timestamp()) is None:
        overrides.turn_on(override.id, now.timestamp(), by=by)
        call.decide("override-on", target, f"{user.name} turned {label} on")
        said = sentences.override_turned(call.language, on=True)
    else:
        overrides.turn_off(override.id)
        call.decide("override-off", target, f"{user.name} turned {label} off")
        said = sentences.override_turned(call.language, on=False)
    await call.play([*said, Say.GOODBYE])


def until_today(now: datetime, text: str) -> datetime | None:
    """``1800`` as an instant of today, on the clock of ``now``; ``2400`` is midnight. None where it is past, or no time."""
    hour, minute = int(text[:2]), int(text[2:])
    if minute > 59 or hour > 24 or (hour == 24 and minute):
        return None
    day = now.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    # On the wall: days have 23 or 25 hours when the clock is put on or back.
    until = (day + timedelta(days=1)) if hour == 24 else day.replace(hour=hour, minute=minute)
    return until if until.timestamp() > now.timestamp() else None
