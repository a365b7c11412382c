"""A scenario is played: the call arrives, is routed and reaches whom it reaches by the code that serves live calls."""

from __future__ import annotations

import copy
import random
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from centralita.pbx import numbering
from centralita.pbx.callcontrol import Caller, CallerGone, CallRefused
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.model.user import User
from centralita.pbx.reach import reach
from centralita.pbx.routing import Route, StarCode, direction_of, route_from_trunk, route_from_user
from centralita.pbx.simulator.call import SimulatedCall
from centralita.pbx.simulator.floor import staff
from centralita.pbx.simulator.scenario import Scenario
from centralita.pbx.simulator.simulation import Simulation
from centralita.pbx.state import TenantState, note_call
from centralita.pbx.vocabulary import Direction

ANONYMOUS = ("", "anonymous")


class NoSuchCaller(ValueError):
    """The scenario names a user who does not exist."""


def fresh_state(seed: int = 1) -> TenantState:
    """A tenant in which nothing has happened yet."""
    return TenantState(random.Random(seed))  # noqa: S311 - shares calls out, guards nothing


def simulate(scenario: Scenario, *, story: bool = True) -> Simulation:
    """Play a scenario to its end. Raises NoSuchCaller.

    ``story`` False tells only where the call rests and how it ends, for whoever plays thousands.
    """
    snapshot = _as_turned(scenario)
    state = scenario.state if scenario.state is not None else fresh_state(scenario.seed)
    caller, dialled, route = _arrive(scenario, snapshot)
    site = snapshot.site_of(caller.user) if caller.user is not None else snapshot.first_site
    zone = _zone(site.time_zone)
    at = scenario.at if scenario.at.tzinfo is not None else scenario.at.replace(tzinfo=zone)
    if at is not scenario.at:
        scenario = replace(scenario, at=at)
    start = at.timestamp()
    turned = [name for name in scenario.overrides if state.overrides.turned(name, start) is None]
    for override in turned:
        state.overrides.turn_on(override, start, by="scenario")
    call = SimulatedCall(
        scenario, snapshot, state, caller, dialled, _direction(caller, route), zone, story=story
    )
    if isinstance(route.destination, StarCode):
        staff(state.floor, snapshot.queues, call)  # agents log in and out by star code
    try:
        _play(call, route)
    finally:
        for override in turned:
            state.overrides.turn_off(override)  # of this call only, whoever goes on with the state
    _remember(call)
    return _result(scenario, call)


def _remember(call: SimulatedCall) -> None:
    """What the exchange notes of a journey that is over, for the calls that come after."""
    spoke = call.answered_after is not None
    if call.direction is Direction.INBOUND:
        note_call(call.state, call.caller.number, call.by if spoke else "", call.epoch)
    elif call.caller.user is not None and call.rest.startswith("external:"):
        note_call(
            call.state, call.rest.removeprefix("external:"), call.caller.user.id if spoke else "", call.epoch
        )


def _play(call: SimulatedCall, route: Route) -> None:
    decision = route.decision
    call.decide(decision.rule, decision.target, decision.reason)
    flow = reach(call, route.destination)
    try:
        flow.send(None)
    except (StopIteration, CallRefused):
        pass
    except CallerGone:
        call.gone = True
    else:
        flow.close()
        raise AssertionError("a flow waits for something that is not a command of CallControl")
    finally:
        call.leave_queue()


def _arrive(scenario: Scenario, snapshot: Snapshot) -> tuple[Caller, str, Route]:
    """Who calls what, as the exchange sees it when the call comes in, and the route."""
    user = _user(scenario.caller, snapshot)
    if user is not None:
        site = snapshot.site_of(user)
        caller = Caller(
            user.extension or "",
            user.name,
            user,
            snapshot.language_of(user),
            site.country,
            scenario.ip_country,
        )
        return caller, scenario.dialled, route_from_user(snapshot, user, scenario.dialled)
    site = snapshot.first_site
    trunk = snapshot.trunks.get(scenario.trunk)
    number = numbering.normalise(scenario.dialled, site.country) or scenario.dialled
    entry = snapshot.numbers_by_e164.get(number)
    if trunk is None and entry is not None:
        trunk = snapshot.trunks.get(entry.trunk or "")
    country = (trunk.country if trunk is not None else "") or site.country
    withheld = scenario.caller in ANONYMOUS
    shown = "" if withheld else numbering.normalise(scenario.caller, country) or scenario.caller
    name = "" if withheld else scenario.caller_name
    caller = Caller(shown, name, None, site.language, country, scenario.ip_country)
    return caller, number, route_from_trunk(snapshot, trunk, number)


def _user(caller: str, snapshot: Snapshot) -> User | None:
    kind, sign, ident = caller.partition(":")
    if not sign:
        return snapshot.users_by_extension.get(caller)
    if kind != "user" or ident not in snapshot.users:
        raise NoSuchCaller(f"there is no {caller}")
    return snapshot.users[ident]


def _direction(caller: Caller, route: Route) -> Direction:
    if caller.user is None:
        return Direction.INBOUND
    return direction_of(route.destination)


def _as_turned(scenario: Scenario) -> Snapshot:
    """The version with the do-not-disturb that users have turned on in the scenario."""
    snapshot = scenario.snapshot
    turned = {
        user: snapshot.personal[user].model_copy(update={"do_not_disturb": True})
        for user, behaviour in scenario.answer.items()
        if behaviour.do_not_disturb and user in snapshot.personal
    }
    if not turned:
        return snapshot
    changed = copy.copy(snapshot)
    changed.personal = {**snapshot.personal, **turned}
    return changed


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _result(scenario: Scenario, call: SimulatedCall) -> Simulation:
    refused = 487 if call.gone else call.sip_status or 480
    at: datetime = scenario.at
    return Simulation(
        tenant=call.snapshot.tenant,
        version=call.snapshot.version,
        at=at,
        caller=call.caller.number,
        dialled=call.dialled,
        direction=call.direction,
        steps=tuple(call.steps),
        rang=tuple(call.rang),
        heard=tuple(call.heard),
        events=tuple(call.events),
        rest=call.rest or ("hang-up:abandoned" if call.gone else "hang-up:normal"),
        by=call.by,
        outcome=call.final_outcome,
        sip_status=200 if call.answered else refused,
        detail=call.detail,
        duration=call.elapsed,
        answered_after=call.answered_after,
        language=call.language,
        name_shown=" ".join(filter(None, (call.name_prefix, call.caller.name or call.caller.number))),
        tags=tuple(call.tags),
        recorded=call.recorded,
    )
