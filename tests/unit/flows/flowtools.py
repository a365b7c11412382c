"""A small company for the tests of flows, and shorthands for calling it."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parent.parent / "routing"))

from scripted import ScriptedCall

from centralita.pbx.model.flow import Flow
from centralita.pbx.model.menu import Menu
from centralita.pbx.model.number import Number
from centralita.pbx.model.prompt import Prompt
from centralita.pbx.model.schedule import Schedule
from centralita.pbx.model.site import Site
from centralita.pbx.model.snapshot import ConfigKind, Snapshot
from centralita.pbx.model.trunk import Trunk
from centralita.pbx.model.user import Personal, User
from centralita.pbx.reach import reach
from centralita.pbx.routing import route_from_trunk
from centralita.pbx.vocabulary import TenantId

MADRID = ZoneInfo("Europe/Madrid")
MONDAY = datetime(2026, 3, 2, 12, 0, tzinfo=MADRID)
SUNDAY = datetime(2026, 3, 1, 12, 0, tzinfo=MADRID)
NUMBER = "+34910000001"
PEOPLE = ("ana", "luis", "eva", "ivan")


def flow(nodes: dict[str, dict[str, Any]], start: str = "", ident: str = "main") -> Flow:
    return Flow.model_validate({"id": ident, "start": start or next(iter(nodes)), "nodes": nodes})


def company(
    *objects: ConfigKind,
    personal: dict[str, Personal] | None = None,
    prompts: Iterable[str] = ("welcome", "options", "wrong", "quiet"),
) -> Snapshot:
    """Ana 101, Luis 102, Eva 103, Ivan 104; a number that leads to the flow main; open Monday to Friday from 9 to 18."""
    common: list[ConfigKind] = [
        Site(id="hq", number="+34910000000", dial_abroad=True),
        *(
            User(id=name, name=name.title(), site="hq", extension=str(101 + index))
            for index, name in enumerate(PEOPLE)
        ),
        Trunk(id="provider", host="192.0.2.1"),
        Number(id="main", number=NUMBER, destination="flow:main"),
        Schedule.model_validate({"id": "office", "weekly": {"mon-fri": "09:00-18:00"}}),
        *(Prompt(id=name, text={"es": name}) for name in prompts),
        Menu(id="options", prompt="options", seconds=4),
    ]
    named = {(item.kind, item.id): item for item in [*common, *objects]}
    return Snapshot(TenantId("company"), 1, named.values(), personal or {})


def caller(snapshot: Snapshot, **options: Any) -> ScriptedCall:
    """Somebody who calls the company's number on a Monday at noon."""
    return ScriptedCall(snapshot, None, **{"at": MONDAY, "dialled": NUMBER} | options)


def call(snapshot: Snapshot, **options: Any) -> ScriptedCall:
    """Their call, brought to its end."""
    made = caller(snapshot, **options)
    run(made)
    return made


def run(made: ScriptedCall) -> list[str]:
    route = route_from_trunk(made.snapshot, None, NUMBER)
    return made.run(reach(made, route.destination))


def walk_through(nodes: dict[str, dict[str, Any]], *objects: ConfigKind, **options: Any) -> ScriptedCall:
    """A call through one flow."""
    return call(company(flow(nodes), *objects), **options)
