"""A call to a person, in the simulator: rung, answered, voicemail, forwarded, refused, and what is told of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import msgspec
import pytest

from centralita.pbx.model.device import Device
from centralita.pbx.model.extension import ServiceExtension
from centralita.pbx.model.flow import Flow
from centralita.pbx.model.number import Number
from centralita.pbx.model.permission import Permission
from centralita.pbx.model.site import Site
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.model.trunk import Trunk
from centralita.pbx.model.user import Personal, User
from centralita.pbx.simulator import (
    NoSuchCaller,
    Scenario,
    Simulation,
    parse_behaviour,
    render_mermaid,
    render_text,
    simulate,
)
from centralita.pbx.vocabulary import Direction, Outcome, StepEnd, TenantId

AT = datetime(2026, 3, 2, 12, 0)


def office(**personal: Personal) -> Snapshot:
    return Snapshot(
        TenantId("office"),
        3,
        [
            Site(id="hq", number="+34910000000"),
            User(id="ana", name="Ana", site="hq", extension="101"),
            User(id="luis", name="Luis", site="hq", extension="102"),
            User(id="eva", name="Eva", site="hq", extension="103", language="en"),
            Device(id="ana", user="ana", username="ana"),
            Device(id="luis", user="luis", username="luis"),
            ServiceExtension(id="echo", extension="700", purpose="echo"),
            Trunk(id="provider", host="192.0.2.1"),
            Number(id="main", number="+34910000001", destination="user:ana", name_prefix="Main"),
            Number(id="box", number="+34910000002", destination="voicemail:eva"),
        ],
        personal,
    )


def call(
    to: str = "+34910000001", caller: str = "+34600000001", snapshot: Snapshot | None = None, **more: object
) -> Simulation:
    answer = {user: parse_behaviour(str(text)) for user, text in dict(more.pop("answer", {})).items()}  # type: ignore[call-overload] # of a test
    outside = {
        name: parse_behaviour(str(text), outside=True)
        for name, text in dict(more.pop("outside", {})).items()  # type: ignore[call-overload] # of a test
    }
    return simulate(
        Scenario(snapshot or office(), caller, to, AT, answer=answer, outside=outside, **more)  # type: ignore[arg-type] # of a test
    )


def test_somebody_answers() -> None:
    done = call()
    assert (done.rest, done.by, done.outcome, done.sip_status) == ("user:ana", "ana", Outcome.ANSWERED, 200)
    assert done.direction is Direction.INBOUND
    assert done.answered_after == 5.0
    assert done.duration == 65.0
    assert [step.rule for step in done.steps] == ["number"]
    assert done.rang[0].target == "user:ana"
    assert done.name_shown == "Main +34600000001"


def test_the_clock_tells_when_it_is_answered() -> None:
    assert call(answer={"ana": "12"}).answered_after == 12.0


def test_nobody_answers_and_the_voicemail_takes_it() -> None:
    done = call(answer={"ana": "no-answer"})
    assert (done.rest, done.outcome) == ("voicemail:ana", Outcome.VOICEMAIL)
    assert done.rang[0].end is StepEnd.NO_ANSWER
    assert done.rang[0].seconds == 25.0
    assert "101" not in done.heard[0].text
    assert "buzón" in done.heard[0].text or "mensaje" in done.heard[0].text
    assert any("is kept" in event.text for event in done.events)


@pytest.mark.parametrize(
    ("behaviour", "rule"),
    [("busy", "busy"), ("offline", "unreachable"), ("do-not-disturb", "do-not-disturb")],
)
def test_what_is_known_before_it_rings(behaviour: str, rule: str) -> None:
    done = call(answer={"ana": behaviour})
    assert rule in [step.rule for step in done.steps]
    assert done.rang == ()
    assert done.rest == "voicemail:ana"


def test_without_voicemail_the_call_is_refused_with_the_reason() -> None:
    closed = Personal.model_validate({"voicemail": {"enabled": False}})
    done = call(snapshot=office(ana=closed), answer={"ana": "busy"})
    assert (done.rest, done.sip_status, done.outcome) == ("hang-up:busy", 486, Outcome.BUSY)
    assert done.heard == ()  # whoever calls from outside hears their own provider


def test_a_forwarding_is_followed() -> None:
    done = call(snapshot=office(ana=Personal(forward_busy="102")), answer={"ana": "busy"})
    assert (done.rest, done.by) == ("user:luis", "luis")


def test_a_telephone_that_redirects_is_followed() -> None:
    behaviour = parse_behaviour("answered")
    done = simulate(
        Scenario(
            office(),
            "+34600000001",
            "+34910000001",
            AT,
            answer={"ana": replace(behaviour, end=StepEnd.FORWARDED, redirect="102")},
        )
    )
    assert done.rest == "user:luis"


def test_a_caller_without_patience_is_gone() -> None:
    done = call(patience=3.0)
    assert (done.outcome, done.answered_after, done.duration) == (Outcome.ABANDONED, None, 3.0)
    assert done.rang[0].end is StepEnd.CALLER_GONE
    assert done.sip_status == 487


def test_patience_is_no_matter_while_two_talk() -> None:
    assert call(patience=10.0).duration == 65.0


def test_do_not_disturb_of_a_scenario_changes_nothing_of_the_version() -> None:
    snapshot = office()
    call(snapshot=snapshot, answer={"ana": "do-not-disturb"})
    assert not snapshot.personal["ana"].do_not_disturb


def test_from_inside_by_extension_and_by_name() -> None:
    for caller in ("101", "user:ana"):
        done = call("102", caller)
        assert (done.rest, done.direction, done.caller) == ("user:luis", Direction.INTERNAL, "101")
    with pytest.raises(NoSuchCaller):
        call("102", "user:nobody")


def test_services_are_where_a_call_rests() -> None:
    assert call("700", "101").rest == "echo"
    assert call("*97", "101").rest == "voicemail-menu"
    assert call("*78", "101").rest == "feature"
    assert call("+34910000002").rest == "voicemail:eva"


def test_a_number_that_is_none() -> None:
    done = call("+34910000099")
    assert (done.rest, done.sip_status) == ("hang-up:not-found", 404)


def test_outside() -> None:
    done = call("600 123 123".replace(" ", ""), "101")
    assert (done.rest, done.direction) == ("external:+34600123123", Direction.OUTBOUND)
    assert done.rang[0].trunk == "provider"
    assert call("600123123", "101", outside={"600123123": "busy"}).rest == "hang-up:busy"
    assert call("600123123", "101", outside={"trunk:provider": "down"}).outcome is Outcome.FAILED


def test_an_anonymous_caller_has_no_number() -> None:
    assert call(caller="anonymous").caller == ""


@pytest.mark.parametrize("text", ["perhaps", "", "1000", "down"])
def test_a_behaviour_that_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="none of"):
        parse_behaviour(text)


def test_the_story_in_words() -> None:
    text = render_text(call(answer={"ana": "no-answer"}))
    assert "Monday 2026-03-02 12:00:00 CET" in text
    assert "✓ number → user:ana: number main (+34910000001) goes to user:ana" in text
    assert "user:ana rings for 0:25 and does not answer" in text
    assert "→ voicemail:ana" in text


def test_the_story_as_values_and_as_a_chart() -> None:
    done = call()
    assert msgspec.to_builtins(done)["rest"] == "user:ana"
    chart = render_mermaid(done, office())
    assert chart.startswith("flowchart TD\n")
    assert 'rest[["user:ana"]]' in chart


def test_without_a_story_the_way_is_the_same() -> None:
    scenario = Scenario(office(), "+34600000001", "+34910000001", AT)
    told, short = simulate(scenario), simulate(scenario, story=False)
    assert (told.rest, told.duration) == (short.rest, short.duration)
    assert (short.steps, short.rang, short.heard, short.events) == ((), (), (), ())


def test_a_caller_over_the_internet_is_where_the_address_is() -> None:
    nodes = {
        "where": {
            "type": "geography",
            "branches": [{"in": ["FR"], "to": "ana"}],
            "unknown": "luis",
            "otherwise": "luis",
        },
        "ana": {"type": "ring", "targets": ["user:ana"]},
        "luis": {"type": "ring", "targets": ["user:luis"]},
    }
    flow = Flow.model_validate({"id": "main", "start": "where", "nodes": nodes})
    snapshot = Snapshot(
        TenantId("office"),
        1,
        [
            *office().sites.values(),
            *office().users.values(),
            *office().devices.values(),
            flow,
            Number(id="main", number="+34910000001", destination="flow:main"),
        ],
        {},
    )
    assert call(caller="anonymous", snapshot=snapshot).rest == "user:luis"
    assert call(caller="anonymous", snapshot=snapshot, ip_country="FR").rest == "user:ana"


def test_a_call_that_lacks_its_pin_rests_nowhere() -> None:
    objects = [
        Site(id="hq", number="+34910000000"),
        User(id="ana", name="Ana", site="hq", extension="101"),
        Trunk(id="provider", host="192.0.2.1"),
        Permission(id="locked", allow=("internal",), pin_for=("mobile",), pin="2468"),
    ]
    snapshot = Snapshot(TenantId("office"), 3, objects, {})
    given = call("600000009", "user:ana", snapshot, press=("2468",))
    assert given.rest == "external:+34600000009"
    gone = call(
        "600000009", "user:ana", snapshot, press=("2468",), outside={"+34600000009": "no-answer"}, patience=25
    )
    assert gone.outcome is Outcome.ABANDONED
    wrong = call("600000009", "user:ana", snapshot, press=("1111", "2222", "3333"))
    assert (wrong.rest, wrong.outcome, wrong.detail) == ("hang-up:rejected", Outcome.REJECTED, "wrong-pin")
