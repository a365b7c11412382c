"""Scenarios that people can read (tests/scenarios/*.yaml), for whoever plays them: the simulator, or a running switch."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from centralita.cli.versions import drafted
from centralita.pbx.configuration.entries import Entry
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.simulator import Behaviour, Scenario, Simulation, parse_behaviour, simulate
from centralita.pbx.vocabulary import StepEnd
from support import office

FOLDER = Path(__file__).parent.parent / "scenarios"
TRUNK_PORT = 5099
AWAY = Behaviour(StepEnd.UNREACHABLE, 0.0, 480, registered=False)
AT = datetime(2026, 11, 23, 12, 0, tzinfo=ZoneInfo("Europe/Madrid"))


@dataclass(frozen=True)
class Case:
    file: str
    name: str
    caller: str
    to: str
    rest: str
    outcome: str
    rules: tuple[str, ...]
    press: tuple[str, ...] = ()
    phones: tuple[tuple[str, str], ...] = ()
    leaves: float | None = None

    def __str__(self) -> str:
        return self.name

    @property
    def user(self) -> str:
        """Who calls from inside; empty: somebody outside."""
        return self.caller.removeprefix("user:") if self.caller.startswith("user:") else ""


def _read(file: str) -> dict[str, Any]:
    # BaseLoader: every plain word is text, as for configuration files.
    return dict(yaml.load((FOLDER / file).read_text(), Loader=yaml.BaseLoader))


def files() -> list[str]:
    return sorted(path.name for path in FOLDER.glob("*.yaml"))


def cases(file: str) -> list[Case]:
    return [
        Case(
            file,
            told["name"],
            told["from"],
            told["to"],
            told["rest"],
            told["outcome"],
            tuple(told["rules"]),
            tuple(told.get("press", ())),
            tuple(told.get("phones", {}).items()),
            float(told["leaves"]) if "leaves" in told else None,
        )
        for told in _read(file)["scenarios"]
    ]


def documents(file: str, trunk_port: int = TRUNK_PORT) -> list[dict[str, Any]]:
    """The whole configuration: the company of the tests, and the objects of the file."""
    return [*office.documents(trunk_port), *_read(file)["objects"]]


def snapshot(file: str) -> Snapshot:
    plain = json.loads(json.dumps(documents(file)))
    return drafted([Entry(each) for each in plain], office.TENANT, {}, None, merge=False)


def played(case: Case, version: Snapshot) -> Simulation:
    """The case in the simulator. The telephones of the tests answer at once."""
    answer = {user: parse_behaviour("1" if text == "answered" else text) for user, text in case.phones}
    if case.user:
        answer[case.user] = Behaviour()  # whoever calls is there
    return simulate(
        Scenario(
            version,
            case.caller,
            case.to,
            AT,
            press=case.press,
            answer=answer,
            others=AWAY,
            patience=None if case.leaves is None else case.leaves + 10.0,
        )
    )
