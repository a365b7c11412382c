"""What a configuration would do: the checker, routing tests, a call tried without making it, who reaches whom, the next free extension.

Everything is asked of a version by its name (``published``, ``draft``, a number), and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from pydantic import BaseModel

from centralita.control import RequestRefused, SwitchUnavailable
from centralita.pbx.configuration.allocation import next_free
from centralita.pbx.configuration.editing import Edit, How
from centralita.pbx.wording import Language, told
from centralita.web.access import Action
from centralita.web.desk import AtDesk, Desk
from centralita.web.problems import Problem
from centralita.web.slices.changing import (
    READERS,
    FindingBody,
    VersionAsked,
    findings_of,
    objects_of,
    snapshot_of,
)
from centralita.web.slices.simulation_bodies import (
    CheckBody,
    NextExtension,
    RangBody,
    ReachBody,
    ScenarioBody,
    SimulationBody,
    TestResultBody,
    TestResults,
    TriedObject,
    WayBody,
)

if TYPE_CHECKING:
    from centralita.pbx.model.snapshot import Snapshot
    from centralita.pbx.simulator.scenario import Behaviour, Scenario
    from centralita.pbx.simulator.simulation import Simulation, Step

router = APIRouter(prefix="/tenants/{tenant}", tags=["simulation"])


@router.get("/check", operation_id="check_configuration")
def check(desk: AtDesk, version: VersionAsked = "working") -> list[FindingBody]:
    """Everything that looks wrong, the worst first."""
    return _examined(desk, snapshot_of(desk, version))


@router.post("/check", operation_id="check_objects", dependencies=READERS)
def check_objects(desk: AtDesk, body: CheckBody, version: VersionAsked = "working") -> list[FindingBody]:
    """The same with objects that are not saved; 422 where they could not be."""
    return _examined(desk, _tried(desk, version, body.objects))


def _examined(desk: Desk, snapshot: Snapshot) -> list[FindingBody]:
    from centralita.pbx.checker import check as examine

    now = datetime.fromtimestamp(desk.now, UTC)
    return findings_of(examine(snapshot, now, registered=_last_seen(desk, snapshot)), desk.language)


@router.get("/test-results", operation_id="run_tests")
def run_tests(desk: AtDesk, version: VersionAsked = "working") -> TestResults:
    """Run the routing tests that are kept with the configuration."""
    from centralita.pbx.simulator.cases import run_tests as run

    results = [
        TestResultBody(
            id=one.test.id,
            name=one.test.name,
            passed=one.passed,
            expected=one.expected,
            got=one.got,
            difference=[told(each, desk.language) for each in one.difference],
            way=list(one.simulation.way) if one.simulation is not None else [],
        )
        for one in run(snapshot_of(desk, version))
    ]
    passed = sum(one.passed for one in results)
    return TestResults(passed=passed, failed=len(results) - passed, results=results)


@router.post("/simulate", operation_id="simulate", dependencies=READERS)
def simulate(desk: AtDesk, body: ScenarioBody, version: VersionAsked = "working") -> SimulationBody:
    """Try a call without making it: each rule that matched, each that did not and why, until the call rests.

    ``objects`` are tried as if they were saved; 422 where they could not be.
    """
    from centralita.pbx.simulator import simulate as play

    snapshot = _tried(desk, version, body.objects)
    _refuse_unknown(snapshot, body)
    try:
        result = play(_scenario(desk, snapshot, body))
    except ValueError as error:
        raise Problem(422, "invalid", str(error)[:1].upper() + str(error)[1:]) from None
    return _told(result, snapshot, desk.language)


@router.get("/reach", operation_id="get_reach")
def get_reach(
    desk: AtDesk,
    target: Annotated[
        str,
        Query(
            min_length=1,
            max_length=200,
            description="An extension, `user:ID`, `voicemail:ID`, `group:ID`, `queue:ID`, `flow:ID` or `FLOW/NODE`.",
        ),
    ],
    version: VersionAsked = "working",
) -> ReachBody:
    """Who can reach somebody: by which numbers, when, and through what."""
    from centralita.pbx.checker.reaching import UnknownTarget, find_target, reach

    snapshot = snapshot_of(desk, version)
    try:
        place = find_target(snapshot, target)
    except UnknownTarget as error:
        raise Problem.not_found(str(error)[:1].upper() + str(error)[1:], code="target-unknown") from None
    found = reach(snapshot, place)
    return ReachBody(
        kind=place.kind,
        id=place.id,
        node=place.node,
        ways=[
            WayBody(
                origin=way.entry.kind,
                number=way.entry.id,
                parts=[told(part, desk.language) for part in way.parts],
            )
            for way in found.ways
        ],
        more=found.more,
        remarks=[told(each, desk.language) for each in found.remarks],
    )


@router.get("/next-extension", operation_id="get_next_extension")
def get_next_extension(
    desk: AtDesk, site: Annotated[str, Query(min_length=1, max_length=63)], version: VersionAsked = "working"
) -> NextExtension:
    """The extension that the next user of a site would be given."""
    objects = objects_of(desk, version)
    if ("site", site) not in objects:
        raise Problem.invalid("site", f"There is no site {site}")
    return NextExtension(extension=next_free(objects, site))


# --- what they do -----------------------------------------------------------------------------------------------------


def _tried(desk: Desk, version: str, objects: Sequence[TriedObject]) -> Snapshot:
    """A version with these objects on top. Raises Problem, ConfigurationRefused."""
    if not objects:
        return snapshot_of(desk, version)
    edits = [Edit(How.PUT, one.kind, one.id, one.model_dump(exclude={"kind", "id"})) for one in objects]
    before = objects_of(desk, version)
    return desk.reach(Action.CONFIG_READ).configs.edited_snapshot(desk.tenant, before, edits)


def _last_seen(desk: Desk, snapshot: Snapshot) -> dict[str, float | None] | None:
    """User → when a telephone of theirs was last seen: registered now, else their last call. None: the switch does not run."""
    parts = desk.reach(Action.CONFIG_READ)
    registered = None
    with suppress(SwitchUnavailable, RequestRefused):
        registered = parts.switch.registrations(desk.tenant)
    if registered is None:
        return None
    seen: dict[str, float | None] = {**parts.last_calls(desk.tenant)}
    seen.update(dict.fromkeys((one.user for one in registered), desk.now))
    return {user: at for user, at in seen.items() if user in snapshot.users}


def _refuse_unknown(snapshot: Snapshot, body: ScenarioBody) -> None:
    """A misspelt name must not look like a result. Raises Problem, 422."""
    trunks = [name.removeprefix("trunk:") for name in body.outside if name.startswith("trunk:")]
    named: list[tuple[str, str, list[str], Mapping[str, object]]] = [
        ("answer", "user", list(body.answer), snapshot.users),
        ("agents", "user", list(body.agents or ()), snapshot.users),
        ("paused", "user", list(body.paused), snapshot.users),
        ("waiting", "queue", list(body.waiting), snapshot.queues),
        ("overrides", "override", list(body.overrides), snapshot.overrides),
        ("outside", "trunk", trunks, snapshot.trunks),
        ("trunk", "trunk", [body.trunk] if body.trunk else [], snapshot.trunks),
    ]
    if body.caller.startswith("user:"):
        named.append(("from", "user", [body.caller.removeprefix("user:")], snapshot.users))
    for field, kind, names, known in named:
        for name in names:
            if name not in known:
                raise Problem.invalid(field, f"There is no {kind} {name}")


def _scenario(desk: Desk, snapshot: Snapshot, body: ScenarioBody) -> Scenario:
    from centralita.pbx.simulator.scenario import Scenario

    at = body.at or datetime.fromtimestamp(desk.now, ZoneInfo(snapshot.first_site.time_zone))
    return Scenario(
        snapshot,
        body.caller,
        body.to,
        at,
        press=body.press,
        answer=_behaviours(body.answer, outside=False),
        outside=_behaviours(body.outside, outside=True),
        agents=body.agents,
        paused=body.paused,
        waiting=body.waiting,
        overrides=body.overrides,
        lookups=body.lookups,
        patience=body.patience,
        trunk=body.trunk or "",
        caller_name=body.caller_name,
        ip_country=body.ip_country,
    )


def _behaviours(written: Mapping[str, str], *, outside: bool) -> dict[str, Behaviour]:
    from centralita.pbx.simulator.scenario import parse_behaviour

    return {name: parse_behaviour(text, outside=outside) for name, text in written.items()}


def _told(result: Simulation, snapshot: Snapshot, language: Language) -> SimulationBody:
    from centralita.pbx.simulator import render_mermaid, render_text

    body = {
        name: getattr(result, name)
        for name in SimulationBody.model_fields
        if name not in ("text", "mermaid", "direction", "outcome")
    }
    body["steps"] = [_step(one, language) for one in result.steps]
    body["events"] = [replace(one, text=told(one.text, language)) for one in result.events]
    return SimulationBody.model_validate(
        {
            **body,
            "direction": result.direction.value,
            "outcome": result.outcome.value,
            "rang": [_fields(RangBody, one) | {"end": one.end.value} for one in result.rang],
            "text": render_text(result),
            "mermaid": render_mermaid(result, snapshot),
        },
        from_attributes=True,
    )


def _step(step: Step, language: Language) -> Step:
    passed = tuple(told(each, language) for each in step.passed)
    return replace(step, reason=told(step.reason, language), passed=passed)


def _fields(model: type[BaseModel], item: object) -> dict[str, object]:
    return {name: getattr(item, name) for name in model.model_fields}
