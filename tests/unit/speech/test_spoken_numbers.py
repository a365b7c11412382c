"""Numbers spoken in full, against an oracle that builds the same words as text in another way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centralita.pbx.speech.numbers import LIMIT, PAUSE, Form, cardinal, counted, digits
from centralita.pbx.speech.phrases import CATALOGUE, Say

SMALL_ES = [
    "cero",
    "uno",
    "dos",
    "tres",
    "cuatro",
    "cinco",
    "seis",
    "siete",
    "ocho",
    "nueve",
    "diez",
    "once",
    "doce",
    "trece",
    "catorce",
    "quince",
    "dieciséis",
    "diecisiete",
    "dieciocho",
    "diecinueve",
    "veinte",
    "veintiuno",
    "veintidós",
    "veintitrés",
    "veinticuatro",
    "veinticinco",
    "veintiséis",
    "veintisiete",
    "veintiocho",
    "veintinueve",
]
TENS_ES = ["-", "-", "-", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"]
HUNDREDS_ES = [
    "-",
    "ciento",
    "doscientos",
    "trescientos",
    "cuatrocientos",
    "quinientos",
    "seiscientos",
    "setecientos",
    "ochocientos",
    "novecientos",
]
SMALL_EN = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
TENS_EN = ["-", "-", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def words(language: str, keys: list[str]) -> str:
    texts = [CATALOGUE[key].text(language) for key in keys]
    assert all(texts), f"{keys} has a part that is not said in {language}"
    return " ".join(texts)


def full_es(number: int) -> str:
    """The masculine cardinal as text, recursively by size."""
    if number < 30:
        return SMALL_ES[number]
    if number < 100:
        return TENS_ES[number // 10] + (f" y {SMALL_ES[number % 10]}" if number % 10 else "")
    if number < 1000:
        if number == 100:
            return "cien"
        return HUNDREDS_ES[number // 100] + (f" {full_es(number % 100)}" if number % 100 else "")
    if number < 2000:
        return "mil" + (f" {full_es(number - 1000)}" if number > 1000 else "")
    if number < 1_000_000:
        return (
            shorten(full_es(number // 1000))
            + " mil"
            + (f" {full_es(number % 1000)}" if number % 1000 else "")
        )
    millions = "un millón" if number < 2_000_000 else shorten(full_es(number // 1_000_000)) + " millones"
    return millions + (f" {full_es(number % 1_000_000)}" if number % 1_000_000 else "")


def shorten(text: str) -> str:
    """Apocope: the last word loses its o."""
    if text.endswith("veintiuno"):
        return text[: -len("veintiuno")] + "veintiún"
    return text[:-1] if text == "uno" or text.endswith(" uno") else text


def feminise(text: str) -> str:
    """What follows the millions agrees: hundreds everywhere, the last one at the end."""
    head, million, tail = text.rpartition("millones" if "millones" in text else "millón")
    tail = tail.replace("cientos", "cientas").replace("quinientos", "quinientas")
    if tail.endswith("uno"):
        tail = tail[:-1] + "a"
    return head + million + tail


def full_en(number: int) -> str:
    for size, name in ((1_000_000, "million"), (1000, "thousand"), (100, "hundred")):
        if number >= size:
            rest = number % size
            return f"{full_en(number // size)} {name}" + (f" {full_en(rest)}" if rest else "")
    if number < 20:
        return SMALL_EN[number]
    return TENS_EN[number // 10] + (f" {SMALL_EN[number % 10]}" if number % 10 else "")


def check(number: int) -> None:
    expected = full_es(number)
    assert words("es", cardinal("es", number)) == expected
    assert words("es", cardinal("es", number, Form.MASCULINE)) == shorten(expected)
    assert words("es", cardinal("es", number, Form.FEMININE)) == feminise(expected)
    english = full_en(number)
    for form in Form:
        assert words("en", cardinal("en", number, form)) == english


def test_every_number_to_2000() -> None:
    for number in range(2001):
        check(number)


@given(st.integers(0, LIMIT))
def test_any_number(number: int) -> None:
    check(number)


@pytest.mark.parametrize(
    ("number", "form", "text"),
    [
        (0, Form.FEMININE, "cero"),
        (1, Form.FEMININE, "una"),
        (21, Form.MASCULINE, "veintiún"),
        (21, Form.FEMININE, "veintiuna"),
        (31, Form.MASCULINE, "treinta y un"),
        (100, Form.FEMININE, "cien"),
        (101, Form.MASCULINE, "ciento un"),
        (500, Form.FEMININE, "quinientas"),
        (1001, Form.FEMININE, "mil una"),
        (21_000, Form.FEMININE, "veintiún mil"),
        (201_201, Form.FEMININE, "doscientas un mil doscientas una"),
        (1_000_000, Form.ALONE, "un millón"),
        (1_000_001, Form.FEMININE, "un millón una"),
        (500_000_500, Form.FEMININE, "quinientos millones quinientas"),
        (
            999_999_999,
            Form.ALONE,
            "novecientos noventa y nueve millones novecientos noventa y nueve mil novecientos noventa y nueve",
        ),
    ],
)
def test_spanish_by_hand(number: int, form: Form, text: str) -> None:
    assert words("es", cardinal("es", number, form)) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (20, "twenty"),
        (21, "twenty one"),
        (110, "one hundred ten"),
        (1_021_000, "one million twenty one thousand"),
    ],
)
def test_english_by_hand(number: int, text: str) -> None:
    assert words("en", cardinal("en", number)) == text


def test_what_cannot_be_said() -> None:
    for number in (-1, LIMIT + 1):
        with pytest.raises(ValueError, match="not between"):
            cardinal("es", number)
    with pytest.raises(ValueError, match="does not speak"):
        cardinal("fr", 7)
    with pytest.raises(ValueError, match="does not speak"):
        digits("fr", "7")


@pytest.mark.parametrize(
    ("number", "language", "text"),
    [
        (0, "es", "cero mensajes"),
        (1, "es", "un mensaje"),
        (21, "es", "veintiún mensajes"),
        (2_000_000, "es", "dos millones de mensajes"),
        (2_000_001, "es", "dos millones un mensajes"),
        (1, "en", "one message"),
        (1_000_000, "en", "one million messages"),
    ],
)
def test_counted(number: int, language: str, text: str) -> None:
    assert words(language, counted(language, number, Say.MESSAGE, Say.MESSAGES, Form.MASCULINE)) == text


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("101", ["101"]),
        ("12345", ["12345"]),
        ("931234567", ["931", "234", "567"]),
        ("6001234567", ["600", "123", "4567"]),
        ("34931", ["34931"]),
        ("+34931234567", ["+34", "931", "234", "567"]),
        ("+34 93 123 45 67", ["+34", "93", "123", "45", "67"]),
        ("(93) 123-45", ["93", "123", "45"]),
        ("*72#", ["*72#"]),
        ("", []),
        ("ana", []),
    ],
)
def test_digits_in_groups(text: str, groups: list[str]) -> None:
    signs = {
        CATALOGUE["number/star"].es: "*",
        CATALOGUE["number/hash"].es: "#",
        CATALOGUE["number/plus"].es: "+",
    }
    spoken: list[str] = [""]
    for key in digits("es", text):
        if key == PAUSE:
            spoken.append("")
        else:
            word = CATALOGUE[key].es
            spoken[-1] += signs.get(word) or str(SMALL_ES.index(word))
    assert [group for group in spoken if group] == groups
