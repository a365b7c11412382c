"""What people dial, read as numbers of the public network and written for providers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centralita.pbx.numbering import (
    MAX_DIALLED,
    emergency_numbers,
    is_abroad,
    is_country,
    is_dialable,
    is_e164,
    is_emergency,
    normalise,
    present,
)


@pytest.mark.parametrize(
    ("dialled", "country", "expected"),
    [
        ("910000000", "ES", "+34910000000"),
        ("91 000 00 00", "ES", "+34910000000"),
        ("91-000.00/00", "ES", "+34910000000"),
        ("+34910000000", "ES", "+34910000000"),
        ("+34 910 000 000", "ES", "+34910000000"),
        ("0034910000000", "ES", "+34910000000"),
        ("34910000000", "ES", "+34910000000"),
        ("900123123", "ES", "+34900123123"),
        ("0044 20 7946 0000", "ES", "+442079460000"),
        ("020 7946 0000", "GB", "+442079460000"),
        ("55 1234 5678", "MX", "+525512345678"),
        ("011 4123 4567", "AR", "+541141234567"),
        ("011442079460000", "US", "+442079460000"),
        ("00442079460000", "US", "+442079460000"),
        ("(202) 555-0123", "US", "+12025550123"),
    ],
)
def test_a_number_is_read_as_its_country_writes_it(dialled: str, country: str, expected: str) -> None:
    assert normalise(dialled, country) == expected


@pytest.mark.parametrize(
    "dialled",
    [
        "", "101", "112", "1004", "*43", "+", "+34", "anonymous", "1-800-FLOWERS", "91000000", "9100000000",
        "+0910000000", "910000000&x", "910000000\r\n", "91%30000000", "٩١٠٠٠٠٠٠٠", "910000000 ext 3", "1" * 40,
    ],
)  # fmt: skip
def test_what_is_no_number_has_no_e164_form(dialled: str) -> None:
    assert normalise(dialled, "ES") is None


def test_an_unknown_country_still_reads_international_numbers() -> None:
    assert normalise("+34910000000", "XX") == "+34910000000"
    assert normalise("910000000", "XX") is None


@given(st.text(max_size=MAX_DIALLED + 5))
def test_whatever_is_dialled_the_result_is_e164_or_nothing(dialled: str) -> None:
    result = normalise(dialled, "ES")
    assert result is None or is_e164(result)


@given(st.from_regex(r"[6789][0-9]{8}", fullmatch=True))
def test_national_and_back(number: str) -> None:
    e164 = normalise(number, "ES")
    assert e164 == f"+34{number}"
    assert present(e164, "national", "ES") == number
    assert normalise(present(e164, "e164", "ES"), "ES") == e164


@pytest.mark.parametrize(
    ("number", "number_format", "country", "expected"),
    [
        ("+34910000000", "plus", "ES", "+34910000000"),
        ("+34910000000", "e164", "ES", "34910000000"),
        ("+34910000000", "national", "ES", "910000000"),
        ("+442079460000", "national", "GB", "02079460000"),
        ("+442079460000", "national", "ES", "00442079460000"),
        ("+34910000000", "national", "US", "01134910000000"),
        ("+34910000000", "national", "CO", "0034910000000"),
        ("112", "e164", "ES", "112"),
        ("112", "national", "ES", "112"),
    ],
)
def test_presenting(number: str, number_format: str, country: str, expected: str) -> None:
    assert present(number, number_format, country) == expected  # type: ignore[arg-type]  # parametrised


@pytest.mark.parametrize(
    ("country", "numbers"),
    [
        ("ES", "112 061 062 080 085 088 091 092 016"),
        ("MX", "112 911"),
        ("AR", "112 911 100 101 107"),
        ("CO", "112 123"),
        ("CL", "112 131 132 133"),
        ("BR", "112 190 192 193"),
        ("US", "112 911"),
        ("IT", "112 113 115 118"),
        ("XX", "112"),
    ],
)
def test_emergencies_of_a_country(country: str, numbers: str) -> None:
    assert set(numbers.split()) <= emergency_numbers(country)
    assert all(is_emergency(number, country) for number in numbers.split())


def test_what_is_no_emergency() -> None:
    assert not is_emergency("101", "ES")
    assert not is_emergency("911", "ES")
    assert not is_emergency("1120", "ES")
    assert not is_emergency("", "ES")
    assert is_emergency("1 1 2", "ES")


@pytest.mark.parametrize(
    ("number", "country", "abroad"),
    [
        ("+34910000000", "ES", False),
        ("+34999999999", "ES", False),
        ("+442079460000", "ES", True),
        ("+441534880000", "GB", True),
        ("+12025550123", "US", False),
        ("+18095551234", "US", True),
        ("+12025550123", "DO", True),
        ("+88216123456", "ES", True),
        ("+99912345678", "ES", True),
    ],
)
def test_abroad(number: str, country: str, abroad: bool) -> None:
    assert is_abroad(number, country) is abroad


@pytest.mark.parametrize("text", ["101", "*43", "*720034600123123", "+34910000000", "#21#", "0034910000000"])
def test_dialable(text: str) -> None:
    assert is_dialable(text)


@pytest.mark.parametrize(
    "text",
    ["", "+", "1+2", "ana", "1&2", "1|2", "1\n", "1\r\nVia: x", "1%0d%0a", "1;2", "1 2", "²", "1" * 33, "١"],
)
def test_hostile_strings_are_not_dialable(text: str) -> None:
    assert not is_dialable(text)


def test_countries() -> None:
    assert is_country("ES")
    assert is_country("MX")
    assert not is_country("XX")
    assert not is_country("es")
