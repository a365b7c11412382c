"""What callers in a queue hear, as it reads in Spanish and English."""

from __future__ import annotations

import pytest

from centralita.pbx.speech.phrases import CATALOGUE
from centralita.pbx.speech.queues import (
    callback_menu,
    callback_offer,
    estimated_wait,
    place_in_queue,
    queue_announcement,
)


def said(language: str, keys: list[str]) -> str:
    return " ".join(text for key in keys if (text := CATALOGUE[key].text(language)))


@pytest.mark.parametrize(
    ("position", "spanish", "english"),
    [
        (1, "Su llamada es la siguiente.", "Your call is next in line."),
        (2, "Su llamada está en la posición dos de la cola.", "Your call is number two in line."),
        (
            21,
            "Su llamada está en la posición veintiuno de la cola.",
            "Your call is number twenty one in line.",
        ),
    ],
)
def test_the_position(position: int, spanish: str, english: str) -> None:
    assert said("es", place_in_queue("es", position)) == spanish
    assert said("en", place_in_queue("en", position)) == english


@pytest.mark.parametrize(
    ("seconds", "spanish", "english"),
    [
        (
            0,
            "Le atenderemos en menos de un minuto.",
            "We expect to answer your call in less than one minute.",
        ),
        (
            60,
            "Le atenderemos en menos de un minuto.",
            "We expect to answer your call in less than one minute.",
        ),
        (61, "El tiempo de espera estimado es de dos minutos", "The estimated wait is two minutes"),
        (
            1201,
            "El tiempo de espera estimado es de veintiún minutos",
            "The estimated wait is twenty one minutes",
        ),
        (3600, "El tiempo de espera estimado es de una hora", "The estimated wait is one hour"),
        (
            3601,
            "El tiempo de espera estimado es de más de una hora.",
            "The estimated wait is more than one hour.",
        ),
    ],
)
def test_the_estimated_wait(seconds: float, spanish: str, english: str) -> None:
    assert said("es", estimated_wait("es", seconds)) == spanish
    assert said("en", estimated_wait("en", seconds)) == english


def test_only_what_is_to_be_told() -> None:
    assert queue_announcement("es", 0, None) == []
    assert queue_announcement("es", 1, None) == place_in_queue("es", 1)
    assert queue_announcement("en", 0, 90.0) == estimated_wait("en", 90.0)
    assert queue_announcement("en", 4, 90.0) == place_in_queue("en", 4) + estimated_wait("en", 90.0)


def test_the_callback() -> None:
    assert said("es", callback_offer("es", "1")) == (
        "Si prefiere que le llamemos cuando sea su turno, sin perder su puesto, pulse uno"
    )
    assert said("en", callback_menu("en", "+34912345678", other=False, waiting=False)) == (
        "We will call you back at plus three four nine one two three four five six seven eight "
        "To confirm, press 1. If you do not want us to call you, press star."
    )
    spanish = said("es", callback_menu("es", "101", other=True, waiting=True))
    assert spanish == (
        "Le llamaremos al número uno cero uno Para confirmarlo, pulse 1. Para indicar otro número, pulse 2. "
        "Si prefiere seguir esperando, pulse asterisco."
    )


def test_no_such_place_or_language() -> None:
    with pytest.raises(ValueError, match="no place"):
        place_in_queue("es", 0)
    for speak in (lambda: place_in_queue("fr", 1), lambda: estimated_wait("fr", 5.0)):
        with pytest.raises(ValueError, match="does not speak"):
            speak()
