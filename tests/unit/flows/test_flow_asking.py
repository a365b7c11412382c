"""Digits asked of the caller, and answers asked of a web service."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from flowtools import walk_through
from scripted import ScriptedCall

from centralita.pbx.speech.phrases import Say

ENDS: dict[str, dict[str, Any]] = {name: {"type": "hang-up"} for name in ("vip", "known", "other", "failed")}
URL = "https://crm.example/customers"


def collect(*presses: str, **fields: Any) -> ScriptedCall:
    node = {
        "type": "collect",
        "prompt": "options",
        "variable": "customer",
        "min_digits": 4,
        "max_digits": 6,
        "next": "known",
        "failed": "failed",
    }
    return walk_through({"ask": node | fields} | ENDS, presses=[*presses, *[""] * 5])


def test_digits_are_kept() -> None:
    made = collect("1234#")
    line = made.trace[0]
    assert (line.rule, line.target, line.pressed) == ("collect", "main/known", "····")
    assert collect("123456789").trace[0].pressed == "······"


def test_too_few_digits_are_asked_for_again() -> None:
    made = collect("12#", "", "1234")
    assert made.trace[0].target == "main/known"
    assert made.trace[0].passed == ("··: not 4 digits or more", "nothing was pressed in time")
    assert made.said[:5] == [
        "prompt:options",
        Say.TRY_AGAIN,
        "prompt:options",
        Say.TRY_AGAIN,
        "prompt:options",
    ]


def test_in_the_end_it_fails() -> None:
    line = collect("1", "12*4", "", attempts=3).trace[0]
    assert line.target == "main/failed"
    assert line.reason == "the caller did not give 4 digits in 3 attempts"


@pytest.mark.parametrize("digits", ["5432", "54", "5*432"])
def test_no_trace_holds_what_was_given(digits: str) -> None:
    made = collect(digits, "", "")
    assert all(digits not in f"{line.reason}{line.pressed}{line.passed}" for line in made.trace)


def look(answer: str | None, **fields: Any) -> ScriptedCall:
    node = {
        "type": "lookup",
        "url": f"{URL}?n={{customer}}",
        "branches": [{"equals": "gold", "to": "vip"}, {"equals": "silver", "to": "known"}],
        "otherwise": "other",
        "failed": "failed",
    } | fields
    nodes = {
        "ask": {"type": "collect", "prompt": "options", "variable": "customer", "next": "look"},
        "look": node,
    } | ENDS
    made = walk_through(nodes, presses=["12"])
    url = next(line for line in made.story if line.startswith("lookup ")).removeprefix("lookup ")
    again = ScriptedCall(made.snapshot, None, presses=["12"], at=made.clock)
    again.web[url] = answer
    from flowtools import run

    run(again)
    return again


@pytest.mark.parametrize(
    ("answer", "path", "way"),
    [
        ("gold", "", "vip"),
        (" silver\n", "", "known"),
        ("bronze", "", "other"),
        ("", "", "other"),
        (None, "", "failed"),
        ('{"tier": "gold"}', "tier", "vip"),
        ('{"a": [{"b": "silver"}]}', "a.0.b", "known"),
        ('{"tier": null}', "tier", "failed"),
        ('{"tier": {}}', "tier", "failed"),
        ('{"a": []}', "a.0", "failed"),
        ("not json", "tier", "failed"),
        ("[" * 5000, "0", "failed"),
    ],
)
def test_branches_by_what_is_found(answer: str | None, path: str, way: str) -> None:
    made = look(answer, path=path)
    assert made.trace[1].target == f"main/{way}"


@pytest.mark.parametrize(("value", "text"), [("true", "true"), ("7", "7"), ("1.10", "1.10"), ('"x"', "x")])
def test_values_are_compared_as_they_are_written(value: str, text: str) -> None:
    made = look(f'{{"v": {value}}}', path="v", branches=[{"equals": text, "to": "vip"}])
    assert made.trace[1].target == "main/vip"


def test_the_trace_tells_the_answer_and_the_branches() -> None:
    line = look("silver").trace[1]
    assert line.reason == 'crm.example answered "silver"'
    assert line.passed == ("gold: the answer is another",)
    assert "gave no answer within 2 s" in look(None).trace[1].reason
    assert "has nothing at tier" in look("{}", path="tier").trace[1].reason
    long = look("x\r\n" * 100).trace[1].reason
    assert long.isprintable()
    assert len(long) < 120


def test_what_goes_into_the_address_cannot_become_more_than_a_value() -> None:
    made = walk_through(
        {
            "first": {
                "type": "lookup",
                "url": "https://a.example/{caller}/{dialled}/{nothing}",
                "otherwise": "second",
            }
            | {"failed": "second"},
            "second": {"type": "hang-up"},
        }
    )
    assert made.story[0] == "lookup https://a.example/%2B34600000001/%2B34910000001/"


def test_an_answer_may_go_into_the_next_address_escaped() -> None:
    nodes = {
        "first": {"type": "lookup", "url": "https://a.example/", "variable": "x", "otherwise": "second"},
        "second": {"type": "lookup", "url": "https://b.example/?q={x}&r={x}"},
    }
    from flowtools import caller, company, flow, run

    made = caller(company(flow(nodes)))
    made.web["https://a.example/"] = "a&b=/../ñ\n"
    run(made)
    assert made.story[2] == "lookup https://b.example/?q=a%26b%3D%2F..%2F%C3%B1&r=a%26b%3D%2F..%2F%C3%B1"


def test_nothing_that_a_caller_gives_chooses_the_server() -> None:
    made = walk_through({"first": {"type": "lookup", "url": "https://{caller}.example/{caller}"}})
    assert made.story[0] == "lookup https://{caller}.example/%2B34600000001"
