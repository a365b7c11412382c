"""What users wish for themselves about who calls them and when: their block list, and their own hours.

Only decides, and says why in words. What becomes of the call is :mod:`centralita.pbx.reach`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from centralita.pbx.contactlists import ContactList
from centralita.pbx.model.contacts import Contacts
from centralita.pbx.model.schedule import Schedule
from centralita.pbx.outbound.planning import opening
from centralita.pbx.schedule import Hours, compile_schedule

if TYPE_CHECKING:
    from centralita.pbx.callcontrol import CallControl, Caller
    from centralita.pbx.model.snapshot import Snapshot
    from centralita.pbx.model.user import BlockList, User


def blocked(snapshot: Snapshot, user: User, caller: Caller) -> str:
    """Why a user does not hear a caller; empty where they do."""
    block: BlockList = snapshot.personal[user.id].block
    if block.anonymous and caller.user is None and not caller.number:
        return f"{user.name} takes no calls of callers who withhold their number"
    if not block.numbers or not caller.number:
        return ""
    found = _listed(block.numbers).find(snapshot.plan.contacts.writings(caller.number))
    return f"{user.name} blocks {caller.number}, as {found.entry}" if found is not None else ""


def out_of_hours(call: CallControl, user: User) -> str:
    """Why a user is not to be called now; empty where they are."""
    hours = call.snapshot.personal[user.id].hours
    if not hours.on:
        return ""
    if hours.schedule:
        if hours.schedule not in call.snapshot.schedules:
            return ""  # it was removed since: nobody is cut off by that
        is_open, reason = opening(call.snapshot, call.now(), call.state.overrides)(hours.schedule)
        return "" if is_open else f"{user.name} is not called outside {hours.schedule}: {reason}"
    week = tuple((days, tuple(spans)) for days, spans in hours.weekly.items())
    verdict = _week(week, call.snapshot.site_of(user).time_zone).at(call.now())
    return "" if verdict.open else f"{user.name} is not called outside their own hours: {verdict.reason}"


@lru_cache(maxsize=4096)
def _listed(numbers: tuple[str, ...]) -> ContactList:
    return ContactList(Contacts(id="own", numbers=dict.fromkeys(numbers, "")))


@lru_cache(maxsize=4096)
def _week(week: tuple[tuple[str, tuple[str, ...]], ...], zone: str) -> Hours:
    return compile_schedule(Schedule(id="own", weekly=dict(week)), ZoneInfo(zone), [])
