"""A queue as a document: what it is without saying so, what it refuses, and that it comes back as it was written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from centralita.pbx.model.queue import Queue

FULL: dict[str, Any] = {
    "kind": "queue",
    "id": "sales",
    "name": "Ventas",
    "extension": 800,
    "strategy": "even-volume",
    "even_volume_by": "talk-time",
    "agents": [
        {"user": "ana", "level": 2, "weight": 3, "skills": {"english": 7}, "always": True},
        {"user": "luis"},
    ],
    "announce": {"position": True, "wait": True, "first_after_seconds": 0, "every_seconds": 0},
    "periodic": {"prompts": ["patience"], "every_seconds": 45},
    "exits": {0: "operator", "*": "menu"},
    "overflow": {
        "wait": {"seconds": 300, "to": "queue:help"},
        "size": {"callers": 20, "to": "external:+34910000000"},
        "no_agents": {"to": "voicemail:ana", "paused_are_absent": True},
        "estimated_wait": {"seconds": 600},
    },
    "callback": {"digit": "1", "attempts": 5},
    "last_agent": {"enabled": True},
    "skills": {"english": 5},
    "relax": [{"after_seconds": 60, "lower_by": 2}, {"after_seconds": 90, "drop": ["english"]}],
}


def test_it_comes_back_as_it_was_written() -> None:
    queue = Queue.model_validate(FULL)
    assert Queue.model_validate(queue.model_dump()) == queue
    assert Queue.model_validate(queue.model_dump(exclude_defaults=True)) == queue
    assert Queue.model_validate(json.loads(queue.model_dump_json())) == queue
    assert (queue.extension, queue.exits) == ("800", {"0": "operator", "*": "menu"})


def test_it_needs_nothing_but_a_name() -> None:
    queue = Queue(id="sales")
    assert (queue.strategy, queue.ring_seconds, queue.service_level_seconds, queue.answer) == (
        "longest-idle",
        20,
        20,
        True,
    )
    assert queue.model_dump(exclude_defaults=True) == {"id": "sales"}


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"agents": [{"user": "ana"}, {"user": "ana"}]}, "holds an agent twice: ana"),
        ({"exits": {"1": "operator"}, "callback": {"digit": "1"}}, "both for callbacks and as an exit"),
        ({"exits": {"12": "operator"}}, "pattern"),
        ({"overflow": {"wait": {"seconds": 10, "to": "somewhere"}}}, "pattern"),
        ({"overflow": {"wait": {"seconds": 0}}}, "greater than or equal to 1"),
        ({"agents": [{"user": "ana", "skills": {"english": 11}}]}, "less than or equal to 10"),
        ({"strategy": "loudest"}, "'skills'"),
        ({"musik": "jazz"}, "Extra inputs"),
    ],
)
def test_what_makes_no_sense_is_refused(fields: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        Queue.model_validate({"id": "sales"} | fields)
