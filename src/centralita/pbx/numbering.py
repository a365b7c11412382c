"""Numbers of the public network: from what people dial to E.164 and back, emergencies, and what is abroad.

Everything a call needs is remembered after its first use, since a call may spend microseconds here, not milliseconds.
Extensions and feature codes are not numbers of the network: the router looks at those first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

NumberFormat = Literal["e164", "plus", "national"]

#: The longest string a telephone may dial: 15 digits of E.164, prefixes, and a feature code before them.
MAX_DIALLED = 32

#: Separators that people and address books put into numbers; anything else makes a string not a number.
_SEPARATORS = str.maketrans("", "", " -./()\u00a0")
_DIALABLE = re.compile(r"\+?[0-9*#]{1,31}")
_E164 = re.compile(r"\+[1-9][0-9]{4,14}")
_DIGITS = re.compile(r"\+?[0-9]{2,30}")

#: Short numbers by which people call for help, beyond those in the short-number data of ``phonenumbers``, which knows
#: only part of them. 112 is understood everywhere (ETSI TS 122 101 §10.1.1). Sources: the national numbering plans.
_EMERGENCIES: dict[str, str] = {
    # Health, Guardia Civil, fire (two), Catalan police, national and local police; violence against women; suicide.
    "ES": "061 062 080 085 088 091 092 016 024",
    "AD": "110 116 118",
    "PT": "117",
    "GI": "190 199 999",
    "FR": "15 17 18 114 115 119 191 196 197",
    "GB": "999",
    "MX": "911 060 065 066 068 080 089",
    "AR": "911 100 101 103 105 106 107 144",
    "BO": "110 118 119 120",
    "BR": "190 191 192 193 194 197 198 199 185 180 911",
    "CL": "130 131 132 133 134 137 138 149 911",
    "CO": "123 111 119 125 132 144 155 156 165",
    "CR": "911 117 118 128",
    "CU": "104 105 106",
    "DO": "911",
    "EC": "911 101 102 103 131",
    "GQ": "113 114 115",
    "GT": "110 120 122 123 125 128",
    "HN": "911 195 198 199",
    "NI": "115 118 120 128",
    "PA": "911 103 104",
    "PE": "100 105 106 110 115 116 117",
    "PR": "911 988",
    "PY": "911 128 132 141",
    "SV": "911 913 132",
    "US": "911 988",
    "UY": "911 104 105 106 108 109",
    "VE": "911 171",
}


def warm_up(countries: Iterable[str]) -> None:
    """Load the numbering plans of these countries, so that no call waits for it: some 0.1 s for the first."""
    for country in countries:
        emergency_numbers(country)
        normalise("0" * 9, country)
        is_abroad("+34910000000", country)


def is_dialable(text: str) -> bool:
    """Whether a string may be dialled at all: digits, ``*`` and ``#``, a leading ``+``, at most MAX_DIALLED.

    Everything that could mean something to a parser, a log or a shell further on (``&``, ``|``, CR, LF, ``%``) is not.
    """
    return _DIALABLE.fullmatch(text) is not None


def is_e164(text: str) -> bool:
    """Whether a string has the form of E.164 with its plus sign, 5 to 15 digits."""
    return _E164.fullmatch(text) is not None


def is_country(country: str) -> bool:
    """Whether this ISO 3166-1 alpha-2 code is of a country whose numbering plan is known."""
    import phonenumbers

    return country in phonenumbers.SUPPORTED_REGIONS


def normalise(dialled: str, country: str) -> str | None:
    """E.164 with ``+`` of what was dialled or presented in a country (ISO 3166-1), None where it is no number.

    Understands the national form, international prefixes, the country code without any prefix as providers present it,
    and separators. A number that is already ``+digits`` is taken as it is. Extensions, short numbers and emergencies
    have no E.164 form.

    >>> normalise("910 000 000", "ES")
    '+34910000000'
    >>> normalise("0044 20 7946 0000", "ES")
    '+442079460000'
    """
    if len(dialled) > MAX_DIALLED:  # Also bounds what a stranger can put into the cache.
        return None
    return _normalise(dialled, country)


@lru_cache(maxsize=16384)
def _normalise(dialled: str, country: str) -> str | None:
    if _E164.fullmatch(dialled):
        return dialled
    digits = dialled.translate(_SEPARATORS)
    if not _DIGITS.fullmatch(digits):
        return None
    if digits[0] == "+":
        return digits if _E164.fullmatch(digits) else None
    number = _possible(digits, country)
    if number is None and digits.startswith("00"):
        # Where the international prefix is another (011, 00 with a carrier), 00 is still what phone books say.
        number = _possible("+" + digits[2:], country)
    if number is None:
        return None
    import phonenumbers

    text = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return text if _E164.fullmatch(text) else None


def _possible(digits: str, country: str) -> PhoneNumber | None:
    """Parse, and refuse what is too short or too long. Not only *valid* numbers: plans grow faster than libraries."""
    import phonenumbers

    try:
        number = phonenumbers.parse(digits, country)
    except phonenumbers.NumberParseException:
        return None
    reason = phonenumbers.is_possible_number_with_reason(number)
    return number if reason == phonenumbers.ValidationResult.IS_POSSIBLE else None


@lru_cache(maxsize=16384)
def present(e164: str, number_format: NumberFormat, country: str) -> str:
    """A number as a provider wants it: ``34910000000`` (e164), ``+34910000000`` (plus), ``910000000`` (national).

    National means as dialled in the country, so a number of another country gets the international prefix. What is not
    E.164 (an emergency or short number) is left as it is.
    """
    if not _E164.fullmatch(e164):
        return e164
    if number_format == "plus":
        return e164
    if number_format == "e164":
        return e164[1:]
    import phonenumbers

    number = _possible(e164, country)
    if number is None:
        return "00" + e164[1:]
    if number.country_code == phonenumbers.country_code_for_region(country):
        text = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    else:
        text = phonenumbers.format_out_of_country_calling_number(number, country)
        if text.startswith(
            "+"
        ):  # Several prefixes, by carrier: the caller of this function cannot choose one.
            text = "00" + text
    return "".join(char for char in text if char.isdigit())


@lru_cache(maxsize=256)
def emergency_numbers(country: str) -> frozenset[str]:
    """Short numbers that call for help in a country, always with 112. Never an extension, never refused."""
    from phonenumbers import PhoneMetadata

    numbers = {"112", *_EMERGENCIES.get(country, "").split()}
    metadata = PhoneMetadata.short_metadata_for_region(country)
    emergency = metadata.emergency if metadata is not None else None
    if emergency is not None and emergency.national_number_pattern:
        pattern = re.compile(emergency.national_number_pattern)
        for length in emergency.possible_length:
            if 2 <= length <= 4:
                candidates = (str(value).zfill(length) for value in range(10**length))
                numbers.update(text for text in candidates if pattern.fullmatch(text))
    return frozenset(numbers)


def is_emergency(dialled: str, country: str) -> bool:
    """Whether what was dialled in a country calls for help."""
    return dialled in emergency_numbers(country) or (
        not dialled.isdigit() and dialled.translate(_SEPARATORS) in emergency_numbers(country)
    )


@lru_cache(maxsize=16384)
def is_abroad(e164: str, country: str) -> bool:
    """Whether an E.164 number is of another country.

    Where countries share a code (+1, +44, +7) a number that the numbering plan cannot place counts as abroad: that is
    where premium numbers hide.
    """
    import phonenumbers

    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return True
    if number.country_code != phonenumbers.country_code_for_region(country):
        return True
    if len(phonenumbers.region_codes_for_country_code(number.country_code)) == 1:
        return False
    return phonenumbers.region_code_for_number(number) != country
