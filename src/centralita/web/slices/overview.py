"""``/tenants/{tenant}/overview``: a company's day in figures, which telephones are lost, and how far its setting up has come.

What the switch knows (trunks, queues) is told by ``/live``, what is wrong with the configuration by ``/check``.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from pydantic import BaseModel

from centralita.control import Registration, RequestRefused, SwitchUnavailable
from centralita.pbx.configuration.kinds import AnyObject, Key
from centralita.pbx.configuration.reports import NoDraft
from centralita.pbx.dayfigures import DayFigures, day_figures, day_of
from centralita.pbx.model.device import Device
from centralita.pbx.model.site import Site
from centralita.pbx.model.user import User
from centralita.web.access import Action
from centralita.web.callparts import Overview
from centralita.web.desk import AtDesk, Desk
from centralita.web.parts import WebParts

router = APIRouter(prefix="/tenants/{tenant}/overview", tags=["overview"])

LATELY = 30 * 86_400.0
"""Seconds: whose telephone had no call for so long is not missed."""
MOST_LOST = 200
"""Users without a registered telephone that are looked up; where there are more, it is no single telephone that is lost."""
SPACE_LEFT = 0.05
"""Share of the disk below which recordings and voicemail are in danger."""


class HourBody(BaseModel):
    """Calls that began within one hour."""

    begins_at: datetime
    inbound: int
    answered: int
    """Of those from outside."""
    missed: int
    """Of those from outside."""
    outbound: int
    internal: int


class DayBody(BaseModel):
    """Of the calls that began today. Durations are seconds; a mean or share of nothing is null."""

    inbound: int
    outbound: int
    internal: int
    answered: int
    """From outside, by a person."""
    missed: int
    """From outside, taken by nobody: neither by a person nor by a mailbox or a service, and not to be called back."""
    voicemail: int
    """From outside, taken by a mailbox."""
    elsewhere: int
    """From outside, taken by a service of the exchange or to be called back."""
    answered_share: float | None
    """Answered / (answered + missed), from 0 to 1."""
    mean_wait: float | None
    """Until a person answered, of the answered from outside."""
    longest_wait: float | None
    """Of all from outside, answered or not."""
    hours: list[HourBody]
    """From midnight to midnight; where clocks change there are 23 or 25."""


class LostPhoneBody(BaseModel):
    """A user who has telephones, and called within the last thirty days, and none of them is registered now."""

    user: str
    name: str
    last_call_at: datetime


class SetupBody(BaseModel):
    """How much there is of what a new company needs before it works."""

    people: int
    phones: int
    """Registered now; where there has been a call, at least one."""
    numbers: int
    hours: int
    """Schedules."""
    flows: int
    called: bool
    """Whether there has ever been a call."""


class OverviewBody(BaseModel):
    at: datetime
    day: date
    """Today, in the company's zone."""
    time_zone: str
    begins_at: datetime
    ends_at: datetime
    today: DayBody
    lost_phones: list[LostPhoneBody] | None
    """Null: the switch does not run, so nobody knows."""
    setup: SetupBody
    draft: bool
    """Whether changes wait in a draft."""
    storage_low: bool
    """Whether little room is left for recordings and voicemail."""


@router.get("", operation_id="get_overview")
def get_overview(desk: AtDesk) -> OverviewBody:
    """What the first page of the console shows."""
    desk.require(Action.CALLS_READ)
    desk.require(Action.LIVE_READ)
    parts = desk.reach(Action.CONFIG_READ)
    objects = parts.configs.objects(desk.tenant)
    zone = _zone(objects)
    day, begins, ends = day_of(desk.now, zone)
    overview = parts.calls.overview
    figures = day_figures(overview.tallies(desk.tenant, begins, ends), begins, ends)
    registered = _registered(desk, parts)
    return OverviewBody(
        at=_instant(desk.now),
        day=day,
        time_zone=zone.key,
        begins_at=_instant(begins),
        ends_at=_instant(ends),
        today=_today(figures),
        lost_phones=None if registered is None else _lost(desk, overview, objects, registered),
        setup=_setup(objects, registered or [], overview.any_call(desk.tenant)),
        draft=_drafted(desk, parts),
        storage_low=_storage_low(parts),
    )


def _zone(objects: Mapping[Key, AnyObject]) -> ZoneInfo:
    """That of the site that speaks for the tenant: the first by id."""
    sites = [one for one in objects.values() if isinstance(one, Site)]
    first = min(sites, key=lambda site: site.id, default=None)
    return ZoneInfo((first or Site(id="site")).time_zone)


def _registered(desk: Desk, parts: WebParts) -> list[Registration] | None:
    with suppress(SwitchUnavailable, RequestRefused):
        return list(parts.switch.registrations(desk.tenant))
    return None


def _lost(
    desk: Desk, overview: Overview, objects: Mapping[Key, AnyObject], registered: list[Registration]
) -> list[LostPhoneBody]:
    """Those whose telephone was last in a call, first."""
    reached = {one.user for one in registered}
    owners = {one.user for one in objects.values() if isinstance(one, Device) and one.user}
    missing = sorted(owners - reached)[:MOST_LOST]
    seen = overview.last_calls_of(desk.tenant, missing, desk.now - LATELY)
    return [
        LostPhoneBody(user=user, name=_name(objects, user), last_call_at=_instant(at))
        for user, at in sorted(seen.items(), key=lambda item: -item[1])
    ]


def _name(objects: Mapping[Key, AnyObject], user: str) -> str:
    found = objects.get(("user", user))
    return found.name if isinstance(found, User) else ""


def _setup(objects: Mapping[Key, AnyObject], registered: list[Registration], called: bool) -> SetupBody:
    kinds = [kind for kind, _ in objects]
    return SetupBody(
        people=kinds.count("user"),
        phones=max(len({one.device for one in registered}), int(called)),
        numbers=kinds.count("number"),
        hours=kinds.count("schedule"),
        flows=kinds.count("flow"),
        called=called,
    )


def _drafted(desk: Desk, parts: WebParts) -> bool:
    try:
        parts.configs.draft_objects(desk.tenant)
    except NoDraft:
        return False
    return True


def _storage_low(parts: WebParts) -> bool:
    usage = shutil.disk_usage(parts.calls.data)
    return usage.free < SPACE_LEFT * usage.total


def _today(figures: DayFigures) -> DayBody:
    share, mean, longest = figures.answered_share, figures.mean_wait, figures.longest_wait
    return DayBody(
        inbound=figures.inbound,
        outbound=figures.outbound,
        internal=figures.internal,
        answered=figures.answered,
        missed=figures.missed,
        voicemail=figures.voicemail,
        elsewhere=figures.elsewhere,
        answered_share=None if share is None else round(share, 4),
        mean_wait=None if mean is None else round(mean, 3),
        longest_wait=None if longest is None else round(longest, 3),
        hours=[
            HourBody(
                begins_at=_instant(hour.begins),
                inbound=hour.inbound,
                answered=hour.answered,
                missed=hour.missed,
                outbound=hour.outbound,
                internal=hour.internal,
            )
            for hour in figures.hours
        ],
    )


def _instant(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
