"""Overrides and agents by star code: what changes, who may, and what is said."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from scripted import ScriptedCall, office

from centralita.pbx.features import FeatureCode, FeatureKind, match
from centralita.pbx.model.override import Override
from centralita.pbx.model.queue import Queue
from centralita.pbx.model.snapshot import ConfigKind, Snapshot
from centralita.pbx.reach import reach
from centralita.pbx.routing import route_from_user
from centralita.pbx.speech.phrases import Say
from centralita.pbx.state import TenantState

NOON = datetime(2026, 3, 2, 13, 0, tzinfo=ZoneInfo("Europe/Madrid"))


@pytest.mark.parametrize(
    ("dialled", "code"),
    [
        ("*281", FeatureCode(FeatureKind.OVERRIDE, "1")),
        ("*28*1", FeatureCode(FeatureKind.OVERRIDE, "1")),
        ("*28123#", FeatureCode(FeatureKind.OVERRIDE, "123")),
        ("*281*1800", FeatureCode(FeatureKind.OVERRIDE, "1", "1800")),
        ("*28", FeatureCode(FeatureKind.OVERRIDE)),
        ("*45", FeatureCode(FeatureKind.AGENT_LOG_IN)),
        ("*46", FeatureCode(FeatureKind.AGENT_PAUSE)),
        ("*463", FeatureCode(FeatureKind.AGENT_PAUSE, "3")),
        ("*46*3#", FeatureCode(FeatureKind.AGENT_PAUSE, "3")),
        ("*453", None),
        ("*4633", None),
        ("*2812345", None),
        ("*281*18", None),
    ],
)
def test_how_they_are_dialled(dialled: str, code: FeatureCode | None) -> None:
    assert match(dialled) == code


def company(*objects: ConfigKind) -> Snapshot:
    base = office()
    people: list[ConfigKind] = [*base.sites.values(), *base.users.values()]
    return Snapshot(base.tenant, 1, [*people, *objects], {})


def dial(snapshot: Snapshot, code: str, user: str = "ana", **options: Any) -> ScriptedCall:
    made = ScriptedCall(snapshot, user, dialled=code, **{"at": NOON} | options)
    made.language = snapshot.language_of(snapshot.users[user])
    made.run(reach(made, route_from_user(snapshot, snapshot.users[user], code).destination))
    return made


# --- overrides --------------------------------------------------------------------------------------------------------

NIGHT = Override(id="night", name="Night mode", code="1", schedules=("office",))


def test_on_and_off_again() -> None:
    snapshot = company(NIGHT)
    on = dial(snapshot, "*281")
    state = on.state
    turned = state.overrides.turned("night", NOON.timestamp())
    assert turned is not None
    assert (turned.since, turned.until, turned.by) == (NOON.timestamp(), None, "user:ana")
    assert on.said == [Say.OVERRIDE, Say.ACTIVATED, Say.GOODBYE]
    assert on.trace[0].reason == "Ana turned Night mode on"
    off = dial(snapshot, "*281", "luis", state=state)
    assert state.overrides.turned("night", NOON.timestamp()) is None
    assert off.said == [Say.OVERRIDE, Say.DEACTIVATED, Say.GOODBYE]


def test_on_until_then_today() -> None:
    made = dial(company(NIGHT), "*281*1830")
    turned = made.state.overrides.turned("night", NOON.timestamp())
    assert turned is not None
    assert turned.until == NOON.replace(hour=18, minute=30).timestamp()
    assert made.said[:3] == [Say.OVERRIDE, Say.ACTIVATED, Say.IT_ENDS]
    assert made.trace[0].reason == "Ana turned Night mode on until 18:30"
    assert made.state.overrides.turned("night", NOON.replace(hour=18, minute=30).timestamp()) is None
    # Once more with another hour: it stays on, until then.
    dial(company(NIGHT), "*281*2400", state=made.state)
    assert made.state.overrides.turned("night", NOON.replace(hour=23, minute=59).timestamp()) is not None


@pytest.mark.parametrize("hour", ["1200", "1300", "1275", "2401", "9900"])
def test_an_hour_that_is_past_or_none(hour: str) -> None:
    made = dial(company(NIGHT), f"*281*{hour}")
    assert made.state.overrides.turned("night", NOON.timestamp()) is None
    assert made.said == [Say.INVALID_TIME, Say.GOODBYE]


def test_the_day_on_which_the_clock_is_put_on() -> None:
    morning = datetime(2026, 3, 29, 1, 30, tzinfo=ZoneInfo("Europe/Madrid"))
    made = dial(company(NIGHT), "*281*1800", at=morning)
    turned = made.state.overrides.turned("night", morning.timestamp())
    assert turned is not None
    assert turned.until == datetime(2026, 3, 29, 18, 0, tzinfo=ZoneInfo("Europe/Madrid")).timestamp()


def test_who_may() -> None:
    snapshot = company(NIGHT.model_copy(update={"users": ("luis",)}))
    refused = dial(snapshot, "*281")
    assert refused.said == [Say.FEATURE_REFUSED, Say.GOODBYE]
    assert refused.trace[0].rule == "override-refused"
    assert dial(snapshot, "*281", "luis").trace[0].rule == "override-on"


@pytest.mark.parametrize("code", ["*28", "*289"])
def test_a_code_that_is_none(code: str) -> None:
    made = dial(company(NIGHT), code)
    assert made.trace[0].rule == "override-unknown"
    assert made.said == [Say.FEATURE_REFUSED, Say.GOODBYE]


# --- agents -----------------------------------------------------------------------------------------------------------

QUEUES = (
    Queue.model_validate({"id": "sales", "agents": [{"user": "ana"}, {"user": "eva"}]}),
    Queue.model_validate({"id": "support", "agents": [{"user": "ana"}]}),
)


def floor(snapshot: Snapshot) -> TenantState:
    import random

    state = TenantState(random.Random(1))
    state.floor.configure(snapshot.queues, NOON.timestamp())
    for user in snapshot.users:
        state.floor.reachable(user, True, NOON.timestamp())
    return state


def test_in_and_out_of_all_queues() -> None:
    snapshot = company(*QUEUES)
    state = floor(snapshot)
    made = dial(snapshot, "*45", state=state)
    assert set(state.floor.agent("ana", NOON.timestamp()).queues) == {"sales", "support"}
    assert made.said == [Say.AGENT_LOGGED_IN, Say.GOODBYE]
    assert made.trace[0].reason == "Ana entered sales, support"
    made = dial(snapshot, "*45", state=state)
    assert state.floor.agent("ana", NOON.timestamp()).queues == ()
    assert made.said == [Say.AGENT_LOGGED_OUT, Say.GOODBYE]


def test_pause_with_a_reason_and_work_again() -> None:
    snapshot = company(*QUEUES)
    state = floor(snapshot)
    dial(snapshot, "*45", state=state)
    made = dial(snapshot, "*463", state=state)
    assert state.floor.agent("ana", NOON.timestamp()).state == "paused"
    assert [pause[1] for pause in state.floor.agent("ana", NOON.timestamp()).pauses] == ["3"]
    assert made.said == [Say.AGENT_PAUSED, Say.GOODBYE]
    made = dial(snapshot, "*46", state=state)
    assert state.floor.agent("ana", NOON.timestamp()).state == "free"
    assert made.said == [Say.AGENT_RESUMED, Say.GOODBYE]
    assert dial(snapshot, "*46", state=state).said[0] == Say.AGENT_PAUSED


@pytest.mark.parametrize("code", ["*45", "*46"])
def test_who_serves_no_queue_is_told_so(code: str) -> None:
    made = dial(company(*QUEUES), code, "luis")
    assert made.said == [Say.NOT_AN_AGENT, Say.GOODBYE]
    assert made.trace[0].rule == "agent-unknown"


def test_it_is_said_in_both_languages() -> None:
    assert dial(company(NIGHT), "*281", "eva").heard[0] == ("en", Say.OVERRIDE)
    for say in (Say.OVERRIDE, Say.INVALID_TIME, Say.AGENT_LOGGED_IN, Say.AGENT_PAUSED, Say.CANNOT_TAKE_CALL):
        assert say.phrase.text("es")
        assert say.phrase.text("en")
