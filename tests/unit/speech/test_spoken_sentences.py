"""The catalogue is complete and consistent; the composed sentences read like sentences."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from centralita.pbx.speech import sentences
from centralita.pbx.speech.numbers import PAUSE
from centralita.pbx.speech.phrases import CATALOGUE, Say

NOW = datetime(2025, 3, 5, 18, 0, tzinfo=UTC)


def words(language: str, keys: list[str]) -> str:
    texts = [CATALOGUE[key].text(language) for key in keys if key != PAUSE]
    assert all(texts), f"{keys} has a part that is not said in {language}"
    return " ".join(texts)


def test_keys_are_safe_file_names() -> None:
    assert all(re.fullmatch(r"[a-z0-9-]+(/[a-z0-9-]+)?", key) for key in CATALOGUE)


def test_keys_are_unique() -> None:
    assert len({say.value for say in Say}) == len(list(Say.__members__))
    assert not {say.value for say in Say} & {key for key in CATALOGUE if key.startswith(("number/", "date/"))}


def test_every_sentence_is_in_both_languages() -> None:
    for say in Say:
        assert say.phrase.es
        assert say.phrase.en
        assert say.phrase.es != say.phrase.en
        # What is only a part of a sentence in one language is so in the other.
        assert (say.phrase.es[-1] in ".?!") == (say.phrase.en[-1] in ".?!")


def test_nothing_recorded_stands_for_what_is_not_said() -> None:
    for phrase in CATALOGUE.values():
        assert phrase.es or not phrase.recorded_es
        assert phrase.en or not phrase.recorded_en


def test_a_key_can_be_used_as_text() -> None:
    assert f"{Say.GOODBYE}.wav" == "goodbye.wav"
    assert Say.GOODBYE == "goodbye"


@pytest.mark.parametrize(
    ("new", "kept", "spanish", "english"),
    [
        (0, 0, "No tiene mensajes.", "You have no messages."),
        (1, 0, "Tiene un mensaje nuevo", "You have one new message"),
        (3, 0, "Tiene tres mensajes nuevos", "You have three new messages"),
        (0, 1, "Tiene un mensaje antiguo", "You have one old message"),
        (0, 21, "Tiene veintiún mensajes antiguos", "You have twenty one old messages"),
        (1, 1, "Tiene un mensaje nuevo y uno antiguo", "You have one new and one old message"),
        (
            21,
            2,
            "Tiene veintiún mensajes nuevos y dos antiguos",
            "You have twenty one new and two old messages",
        ),
    ],
)
def test_new_messages(new: int, kept: int, spanish: str, english: str) -> None:
    assert words("es", sentences.new_messages("es", new, kept)) == spanish
    assert words("en", sentences.new_messages("en", new, kept)) == english


@pytest.mark.parametrize(
    ("caller", "spanish", "english"),
    [
        ("101", "De la extensión uno cero uno", "From extension one zero one"),
        ("+34931", "Del número más tres cuatro nueve tres uno", "From number plus three four nine three one"),
        (
            "931234567",
            "Del número nueve tres uno dos tres cuatro cinco seis siete",
            "From number nine three one two three four five six seven",
        ),
        ("", "De un número oculto.", "From an unknown caller."),
        ("anonymous", "De un número oculto.", "From an unknown caller."),
        ("+", "De un número oculto.", "From an unknown caller."),
        ("٣٤", "De un número oculto.", "From an unknown caller."),
    ],
)
def test_envelope(caller: str, spanish: str, english: str) -> None:
    at = datetime(2025, 3, 5, 15, 5, tzinfo=UTC)
    assert words("es", sentences.message_envelope("es", at, NOW, caller)) == (
        f"{spanish} Recibido hoy a las quince y cinco"
    )
    assert words("en", sentences.message_envelope("en", at, NOW, caller)) == (
        f"{english} Received today at three oh five p.m."
    )


def test_default_greeting() -> None:
    assert words("es", sentences.default_greeting("es", "12")) == (
        "La persona de la extensión uno dos no está disponible. "
        "Deje su mensaje después de la señal. Al terminar, cuelgue o pulse almohadilla."
    )
    assert words("en", sentences.default_greeting("en", "12", busy=True)).startswith(
        "The person at extension one two is on the phone."
    )
    assert sentences.default_greeting("en", "") == [Say.USER_UNAVAILABLE, Say.LEAVE_MESSAGE]


def test_headings() -> None:
    assert sentences.message_heading(0, 1) == []
    assert [sentences.message_heading(index, 3) for index in range(3)] == [
        [Say.FIRST_MESSAGE],
        [Say.NEXT_MESSAGE],
        [Say.LAST_MESSAGE],
    ]


def test_menus() -> None:
    assert "pulse 1" in words("es", sentences.mailbox_menu(messages=True))
    assert "press 1" not in words("en", sentences.mailbox_menu(messages=False))
    assert [key in words("en", sentences.message_menu()) for key in ("press 1", "press 2", "press 3")] == [
        True
    ] * 3


def test_star_codes() -> None:
    assert words("es", sentences.forwarding_confirmed("es", "102")) == (
        "Desvío de todas las llamadas activado al número uno cero dos"
    )
    assert words("en", sentences.forwarding_confirmed("en", "102", "forward_busy")) == (
        "Call forwarding when busy is set to one zero two"
    )
    assert words("es", sentences.forwarding_cancelled("forward_no_answer")).endswith("desactivado.")
    assert words("en", sentences.do_not_disturb(on=True)) == "Do not disturb activated."
    assert words("es", sentences.do_not_disturb(on=False)) == "No molestar desactivado."


def test_the_length_of_a_message() -> None:
    assert words("es", sentences.message_duration("es", 63)) == "El mensaje dura un minuto y tres segundos"


def test_only_languages_that_are_spoken() -> None:
    for call in (
        lambda: sentences.new_messages("fr", 0, 0),
        lambda: sentences.caller_named("fr", ""),
        lambda: sentences.default_greeting("fr", "101"),
    ):
        with pytest.raises(ValueError, match="does not speak"):
            call()
