"""Menus and announcements: what callers press is taken for the longest thing that it can mean, and nothing hangs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

from flowtools import call, caller, company, flow, run, walk_through
from scripted import ScriptedCall

from centralita.pbx.model.group import Group
from centralita.pbx.model.menu import Menu
from centralita.pbx.speech.phrases import Say

ENDS: dict[str, dict[str, Any]] = {name: {"type": "hang-up"} for name in ("one", "two", "star", "nobody")}


def menu(choices: dict[str, Any], **options: Any) -> dict[str, Any]:
    return {
        "menu": {"type": "menu", "menu": "options", "choices": choices, "otherwise": "nobody"} | options
    } | ENDS


def options(**fields: Any) -> Menu:
    return Menu.model_validate({"id": "options", "prompt": "options", "seconds": 4} | fields)


def press(nodes: dict[str, Any], *presses: str, how: Menu | None = None, **more: Any) -> ScriptedCall:
    return walk_through(nodes, *([how] if how else []), presses=[*presses, *[""] * 10], **more)


def chosen(call: ScriptedCall) -> str:
    return call.trace[0].target.removeprefix("main/")


SIMPLE = menu({"1": "one", "2": "two", "*": "star"})


@pytest.mark.parametrize(("pressed", "way"), [("1", "one"), ("2", "two"), ("*", "star")])
def test_a_choice(pressed: str, way: str) -> None:
    made = press(SIMPLE, pressed)
    assert chosen(made) == way
    line = made.trace[0]
    assert (line.rule, line.node, line.pressed) == ("menu", "main/menu", pressed)
    assert line.reason == f"the caller pressed {pressed}"
    assert made.story[0] == "answer menu"
    assert made.said[0] == "prompt:options"


def test_a_choice_may_be_the_end_of_the_flow() -> None:
    made = press(menu({"1": None}), "1")
    assert chosen(made) == "end"
    assert made.trace[1].rule == "flow-end"


def test_invalid_and_silence_are_told_and_counted() -> None:
    how = options(attempts=3, invalid_prompt="wrong", silence_prompt="quiet")
    made = press(SIMPLE, "7", "", "9", how=how)
    assert chosen(made) == "nobody"
    assert made.said[:6] == [
        "prompt:options",
        "prompt:wrong",
        "prompt:options",
        "prompt:quiet",
        "prompt:options",
        "prompt:wrong",
    ]
    line = made.trace[0]
    assert line.passed == (
        "7: leads nowhere in this menu",
        "nothing was pressed within 4 s",
        "9: leads nowhere in this menu",
    )
    assert line.reason == "no choice of the menu in 3 attempts"
    assert line.pressed == "9"


def test_without_prompts_of_its_own_the_exchange_says_it_and_repeats() -> None:
    made = press(SIMPLE, "7", "", "1")
    assert chosen(made) == "one"
    assert made.said[:4] == ["prompt:options", Say.INVALID_OPTION, "prompt:options", "prompt:options"]
    assert made.trace[0].passed[0].startswith("7:")


def test_a_longer_choice_is_waited_for() -> None:
    nodes = menu({"1": "one", "12": "two"})
    assert chosen(press(nodes, "12")) == "two"
    assert chosen(press(nodes, "1")) == "one"
    assert chosen(press(nodes, "1#")) == "one"
    assert chosen(press(nodes, "13")) == "nobody"


def test_what_can_become_nothing_longer_is_taken_at_once() -> None:
    # The script goes on typing; the menu does not wait for it.
    assert chosen(press(menu({"5": "one", "12": "two"}), "577", how=options(digits=2))) == "one"


def test_a_hash_may_be_a_choice() -> None:
    assert chosen(press(menu({"#": "two"}), "#")) == "two"
    assert press(SIMPLE, "#", "1").trace[0].passed == ("#: leads nowhere in this menu",)


# --- extensions -------------------------------------------------------------------------------------------------------

DIAL = options(dial_extensions=True)


@pytest.mark.parametrize(
    ("pressed", "rule", "target"),
    [
        ("1", "menu", "main/one"),
        ("1#", "menu", "main/one"),
        ("101", "menu-extension", "user:ana"),
        ("103", "menu-extension", "user:eva"),
        ("600", "menu-extension", "group:sales"),
        ("2", "menu", "main/two"),
    ],
)
def test_extensions_beside_choices(pressed: str, rule: str, target: str) -> None:
    group = Group.model_validate({"id": "sales", "extension": "600", "members": ["luis"]})
    made = call(company(flow(SIMPLE), DIAL, group), presses=[pressed])
    assert made.way[0] == f"{rule} {target}"
    assert made.trace[0].pressed == pressed.rstrip("#")


def test_an_extension_is_reached_like_by_dialling_it() -> None:
    made = press(SIMPLE, "102", how=DIAL)
    assert made.story[-2:] == ["ring luis", "talk"]


def test_an_extension_that_is_none_is_invalid() -> None:
    made = press(SIMPLE, "10", "199", "2", how=DIAL)
    assert chosen(made) == "two"
    assert [text.split(":")[0] for text in made.trace[0].passed] == ["10", "19"]


def test_no_extensions_where_the_menu_does_not_want_them() -> None:
    assert chosen(press(SIMPLE, "101")) == "one"


# --- languages --------------------------------------------------------------------------------------------------------


def test_a_language_with_its_choice() -> None:
    made = press(menu({"1": "one", "2": "two"}, languages={"2": "en"}), "2")
    assert (chosen(made), made.language) == ("two", "en")
    assert made.trace[0].reason == "the caller pressed 2, and hears en from now on"


def test_a_language_alone_repeats_the_menu_in_it() -> None:
    made = press(menu({"1": "one"}, languages={"9": "en"}), "9", "1", how=options(attempts=1))
    assert (chosen(made), made.language) == ("one", "en")
    assert made.heard[:2] == [("es", "prompt:options"), ("en", "prompt:options")]
    assert made.trace[0].passed == ("9: the language is now en",)


def test_who_does_nothing_but_change_the_language_comes_to_an_end() -> None:
    made = press(menu({"1": "one"}, languages={"9": "en", "8": "es"}), *["9", "8"] * 30)
    assert chosen(made) == "nobody"


# --- announcements ----------------------------------------------------------------------------------------------------


def welcome(**fields: Any) -> dict[str, Any]:
    return {"hello": {"type": "announce", "prompt": "welcome", "next": "menu"} | fields} | SIMPLE


def test_an_announcement_answers_and_goes_on() -> None:
    made = press(welcome(), "1")
    assert made.story[0] == "answer announce"
    assert made.story.count("answer menu") == 0
    assert made.said[0] == "prompt:welcome"
    assert made.trace[0].reason == "prompt welcome is played"


def test_a_digit_in_an_announcement_counts_for_the_menu() -> None:
    made = caller(company(flow(welcome(), "hello")), presses=[])
    made.digit_while_playing = "2"
    run(made)
    assert made.way[1] == "menu main/two"
    assert "prompt:options" not in made.said
    assert made.trace[0].pressed == "2"


def test_a_digit_in_an_announcement_may_be_the_first_of_several() -> None:
    nodes = {"hello": {"type": "announce", "prompt": "welcome", "next": "menu"}} | menu(
        {"1": "one", "12": "two"}
    )
    made = caller(company(flow(nodes, "hello")), presses=["2"])
    made.digit_while_playing = "1"
    run(made)
    assert made.trace[1].pressed == "12"


def test_early_media_does_not_answer() -> None:
    made = walk_through({"hello": {"type": "announce", "prompt": "welcome", "answer": False}})
    assert made.story[0] == "announce"
    assert not made.answered
    assert made.trace[0].reason == "prompt welcome is played before the call is answered"


def test_what_must_be_heard_cannot_be_skipped() -> None:
    made = caller(company(flow(welcome(skip=False), "hello")), presses=["1"])
    made.digit_while_playing = "2"
    run(made)
    assert made.way[1] == "menu main/one"
    assert made.trace[0].reason == "prompt welcome is played to its end"


# --- whatever people press ---------------------------------------------------------------------------------------------

KEYS = st.text("0123456789*#", max_size=8)
CHOICES = st.dictionaries(
    st.one_of(st.text("0123456789", min_size=1, max_size=4), st.sampled_from("*#")),
    st.sampled_from(["one", "two", None]),
    max_size=6,
)


@given(
    choices=CHOICES,
    languages=st.dictionaries(st.sampled_from("0123456789"), st.sampled_from(["es", "en"]), max_size=3),
    presses=st.lists(KEYS, max_size=12),
    dial=st.booleans(),
    digits=st.integers(1, 4),
    attempts=st.integers(1, 4),
)
@settings(max_examples=150, deadline=None)
def test_no_sequence_of_digits_hangs_or_raises(
    choices: dict[str, Any],
    languages: dict[str, str],
    presses: list[str],
    dial: bool,
    digits: int,
    attempts: int,
) -> None:
    how = options(dial_extensions=dial, digits=digits, attempts=attempts)
    made = caller(company(flow(menu(choices, languages=languages)), how), presses=[*presses, *[""] * 20])
    run(made)
    line = made.trace[0]
    asked = made.said.count("prompt:options")
    assert asked <= attempts + len(languages)
    if line.rule == "menu-extension":
        assert dial
        assert line.pressed in made.snapshot.by_extension
    elif not line.reason.startswith("no choice"):
        assert line.target == (f"main/{choices[line.pressed]}" if choices[line.pressed] else "end")


@given(typed=st.one_of(st.text("0123456789", min_size=1, max_size=8), st.sampled_from("*#")))
@settings(max_examples=60, deadline=None)
def test_a_choice_typed_whole_is_always_taken(typed: str) -> None:
    made = caller(company(flow(menu({"0000": "two", typed: "one"}))), presses=[typed])
    run(made)
    assert made.way[0] == "menu main/one"
    assert made.trace[0].pressed == typed
