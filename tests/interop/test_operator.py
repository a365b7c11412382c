"""What an operator sees of a running exchange: its health, its figures, its calls, and the story of one."""

from __future__ import annotations

import json

from support.waiting import until


def test_health_and_metrics(exchange):
    page = until(lambda: exchange.get("/api/v1/health"), "the health page", seconds=15)
    health = json.loads(page)
    assert health["ok"]
    assert {process["name"] for process in health["processes"]} >= {"switch", "media-1", "web", "jobs"}
    assert all(process["up"] for process in health["processes"])
    assert "# TYPE centralita" in exchange.get("/metrics")


def test_a_call_from_begin_to_story(exchange, sipp_device, trunk_calls, run_sipp):
    device = run_sipp("device_answers", local=sipp_device("ana"))
    call = trunk_calls("ana", hold=1.5)
    (live,) = until(exchange.live, "a live call")
    assert live.direction == "inbound"
    listed = exchange.json("calls", "--live")
    assert [each["journey"] for each in listed["live"]] == [live.journey]
    registrations = exchange.json("registrations")
    assert [each["device"] for each in registrations] == ["ana"]
    call.finish()
    device.finish()
    exchange.record()
    shown = exchange.json("calls", "show", live.journey)
    assert shown["outcome"] == "answered"
    story = exchange.run("calls", "show", live.journey)
    assert "device:ana" in story
    assert "hung up" in story or "ended by the caller" in story
    trunks = exchange.json("trunks")
    assert [trunk["id"] for trunk in trunks] == ["provider"]


def test_configuration_round_trip(exchange):
    """What export prints is what apply takes: nothing changes, and no version is made."""
    before = exchange.json("versions")
    path = exchange.folder / "exported.yaml"
    path.write_text(exchange.run("export"))
    exchange.run("apply", "-f", str(path))
    assert exchange.json("versions") == before
    assert "Pass-word" not in path.read_text(), "no password leaves by export"
