"""What a draft cannot touch is not played again: with and without that, a replay tells the same."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from centralita.cli.versions import drafted
from centralita.pbx.configuration.entries import Entry
from centralita.pbx.journey import Journey
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.simulator import Scenario, parse_behaviour, simulate
from centralita.pbx.simulator.replay import replay
from centralita.pbx.simulator.touched import Touched
from centralita.store import documents
from support.past import past

EXAMPLES = Path(__file__).parents[3] / "examples"
ENTRIES = documents.load([EXAMPLES / "office"])
MONDAY = datetime(2026, 11, 23, 10, 0)
NUMBERS = ("+34910000100", "+34910000105", "+34928000100", "+34910999999")


def office(version: int, change: tuple[str, str, dict[str, Any]] | None = None) -> Snapshot:
    """``change``: kind, id and fields of an object that is otherwise."""
    entries = []
    for entry in ENTRIES:
        fields = dict(entry.fields)
        if change is not None and (entry.kind, entry.id) == change[:2]:
            fields |= change[2]
        if fields["kind"] != "test":
            entries.append(Entry(fields, entry.places))
    made = drafted(entries, "office", {}, None, merge=False)
    made.version = version
    return made


BASE = office(1)
CHANGES: list[tuple[str, str, dict[str, Any]]] = [
    ("number", "palmas", {"destination": "user:irene"}),
    ("number", "principal", {"destination": "flow:entrada-palmas"}),
    ("schedule", "horario-palmas", {"weekly": {"mon-fri": "11:00-12:00"}}),
    ("schedule", "horario-madrid", {"weekly": {"mon-fri": "11:00-12:00"}}),
    ("calendar", "festivos-palmas", {"days": [{"date": "11-23", "name": "Fiesta"}]}),
    ("group", "ventas", {"members": ["diego"]}),
    ("group", "canarias", {"members": ["diego"]}),
    ("menu", "principal", {"dial_extensions": "false"}),
    ("user", "diego", {"personal": {"forward_always": "105"}}),
    ("user", "irene", {"personal": {"forward_no_answer": "101"}}),
    ("contacts", "bloqueados", {"numbers": {"+34931234567": "Pesado"}}),
    ("override", "noche", {"schedules": ["horario-palmas"]}),
    ("prompt", "cerrado", {"text": {"es": "Cerrado."}}),
]


def calls() -> list[Journey]:
    rng = random.Random(7)
    behaviours = ("answered", "answered", "no-answer", "busy", "rejected")
    made = []
    for index in range(60):
        answer = {user: parse_behaviour(rng.choice(behaviours)) for user in BASE.users}
        scenario = Scenario(
            BASE,
            rng.choice(("+34931234567", "+34928111222", "+34600111222", "+34934440000")),
            rng.choice(NUMBERS),
            MONDAY + timedelta(hours=rng.randrange(60)),
            press=(rng.choice(("1", "2", "9", "104", "")),),
            answer=answer,
        )
        made.append(past(simulate(scenario), f"j{index}"))
    return made


CALLS = calls()


@settings(max_examples=len(CHANGES), deadline=None)
@given(st.sampled_from(CHANGES))
def test_what_is_left_out_would_not_have_changed(change: tuple[str, str, dict[str, Any]]) -> None:
    draft = office(2, change)
    quick = replay(CALLS, {1: BASE}.get, draft)
    whole = replay(CALLS, {1: BASE}.get, draft, every=True)
    assert (quick.calls, quick.unchanged) == (whole.calls, whole.unchanged)
    told = [[(each.before, each.after, each.calls) for each in done.changes] for done in (quick, whole)]
    assert told[0] == told[1]


def test_an_equal_draft_touches_nothing() -> None:
    touched = Touched(BASE, office(2))
    assert not any(touched.number(number) for number in NUMBERS)


def test_only_what_leads_there_is_touched() -> None:
    palmas = Touched(BASE, office(2, CHANGES[0]))
    assert palmas.number("+34928000100")
    assert not palmas.number("+34910000105")
    hours = Touched(BASE, office(2, CHANGES[2]))
    assert hours.number("+34928000100")
    assert hours.number("+34910000100")  # Canarian callers are asked for there, too
    assert not hours.number("+34910000105")
    assert not hours.number("+34910999999")


def test_lists_personal_settings_and_overrides_touch_everybody() -> None:
    for change in (CHANGES[8], CHANGES[10], CHANGES[11]):
        assert all(Touched(BASE, office(2, change)).number(number) for number in NUMBERS)
