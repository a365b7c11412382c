"""What is printed at the start tells all that a softphone wants to know, in both languages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from centralita.app.greeting import _TEXTS, Account, Facts, greeting, language

ANA = Account("Ana", "101", "demo-ana", "correct-horse")
ORIGIN = "http://192.0.2.5:8080"
FACTS = Facts("192.0.2.5", 5060, ORIGIN, "20000-29999", "/srv/data", "centralita", [ANA], 1)


@pytest.mark.parametrize("spoken", ["es", "en"])
def test_everything_that_a_softphone_asks_for_is_there(spoken: str) -> None:
    text = greeting(FACTS, spoken)
    for needed in ("192.0.2.5", "demo-ana", "correct-horse", "101", "*43", "*97", "20000-29999", "/srv/data"):
        assert needed in text


def test_a_port_that_is_not_the_usual_one_belongs_to_the_server() -> None:
    text = greeting(
        Facts("192.0.2.5", 5070, ORIGIN, "20000-29999", "/srv/data", "centralita", [ANA], 1), "en"
    )
    assert "server     192.0.2.5:5070" in text


def test_without_a_company_it_says_how_to_begin() -> None:
    text = greeting(Facts("192.0.2.5", 5060, ORIGIN, "20000-29999", "/srv/data", "centralita", [], 0), "es")
    assert "centralita apply -f" in text
    assert "*43" not in text


@pytest.mark.parametrize("spoken", ["es", "en"])
def test_the_link_of_the_first_run_stands_alone_in_its_line_as_long_as_it_is_good(spoken: str) -> None:
    link = f"{ORIGIN}/setup#code=abc"
    assert f"\n  {link}\n" in greeting(replace(FACTS, setup=link), spoken)
    assert "/setup" not in greeting(FACTS, spoken)
    assert f"{ORIGIN}/" in greeting(FACTS, spoken)


def test_both_languages_say_the_same_things() -> None:
    assert _TEXTS["es"].keys() == _TEXTS["en"].keys()


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"LANG": "es_ES.UTF-8"}, "es"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({}, "en"),
        ({"LANG": "es_MX.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "es"}, "es"),
    ],
)
def test_the_language_is_that_of_the_environment(environment: dict[str, str], expected: str) -> None:
    assert language(environment) == expected
