"""What class a number is of, seen from a site: what permissions and routes speak of.

By the numbering plans that ``phonenumbers`` knows, with the corrections that matter for the bill. Remembered after the first
use: a call spends less than a microsecond here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from centralita.pbx.model.permission import CallClass

WORLD = "001"
"""The country of numbers that belong to none: satellites, international networks (UN M.49, as ``phonenumbers`` has it)."""

#: Codes of no country whose minutes cost what premium numbers cost: satellites (870, 881), international networks (882, 883),
#: personal numbers (878) and premium numbers (979). ITU-T E.164, list of assigned country codes.
_COSTLY_NETWORKS = ("+870", "+878", "+881", "+882", "+883", "+979")

#: Spanish areas with more than one prefix, by the first of them. Area codes begin with 9, and with 8 where 9 is used up.
_SPANISH_TWINS = {
    "952": "951",
    "955": "954",
    "961": "960",
    "962": "960",
    "963": "960",
    "966": "965",
    "946": "944",
    "985": "984",
}


@dataclass(frozen=True, slots=True)
class Classified:
    """A number's class, and the country that it is of: ISO 3166-1 alpha-2, WORLD, or empty for an extension."""

    kind: CallClass
    country: str
    abroad: bool = False
    """Of another country than the site's, whatever the class: a premium number may be."""

    def __str__(self) -> str:
        return f"{self.kind} ({self.place})" if self.abroad else self.kind

    @property
    def place(self) -> str:
        """The country in a trace."""
        return "no country that can be told" if self.country == WORLD else self.country


INTERNAL = Classified("internal", "")


def classify(number: str, country: str, site_number: str = "") -> Classified:
    """The class of a number as seen from a site in a country, whose own number says what is local.

    ``number``: E.164 with its plus sign; anything else is an extension. Emergency numbers are none of this: whoever asks
    looks at those first.

    >>> classify("+34912345678", "ES", "+34910000000").kind
    'local'
    >>> classify("+34806123456", "ES").kind
    'premium'
    """
    if not number.startswith("+"):
        return INTERNAL
    return _classify(number, country, _area(site_number, country) if site_number else "")


@lru_cache(maxsize=16384)
def _classify(number: str, country: str, site_area: str) -> Classified:
    import phonenumbers

    if number.startswith(_COSTLY_NETWORKS):
        return Classified("premium", WORLD, abroad=True)
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return Classified("international", WORLD, abroad=True)
    where = phonenumbers.region_code_for_number(parsed)
    if where is None:
        # Where countries share a code, one that nobody can place is abroad: that is where premium numbers hide.
        regions = phonenumbers.region_codes_for_country_code(parsed.country_code or 0)
        where = regions[0] if len(regions) == 1 else WORLD
    kind = _kind(phonenumbers.number_type(parsed), str(parsed.national_number), where)
    if not phonenumbers.is_possible_number(parsed):
        # Shorter or longer than anybody's number there: a service written with its country (+34 118xx), none of them cheap.
        kind = "premium"
    if where != country:
        return Classified(kind if kind == "premium" else "international", where, abroad=True)
    if kind == "national" and site_area and _area(number, country) == site_area:
        return Classified("local", where)
    return Classified(kind, where)


def _kind(number_type: int, national: str, country: str) -> CallClass:
    from phonenumbers import PhoneNumberType as Type

    match number_type:
        case Type.MOBILE:
            return "mobile"
        case Type.TOLL_FREE:
            return "toll-free"
        case Type.PREMIUM_RATE | Type.PERSONAL_NUMBER | Type.PAGER:
            # Personal and pager numbers are charged like premium ones nearly everywhere, and as often abused.
            return "premium"
        case Type.SHARED_COST:
            return "shared-cost"
        case Type.UAN:
            # 51 in Spain costs what a national call costs (numbering plan, range of nomadic corporate services).
            return "national" if country == "ES" else "shared-cost"
        case Type.UNKNOWN if country == "ES" and national.startswith(("80", "90")):
            # 905, 907 and whatever else the plan may hold there: intelligent network numbers, none of them cheap.
            return "premium"
    return "national"


@lru_cache(maxsize=16384)
def _area(number: str, country: str) -> str:
    """What is local to each other has the same: the province in Spain, the area code elsewhere. Empty: not known."""
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return ""
    if phonenumbers.region_code_for_number(parsed) != country:
        return ""
    national = phonenumbers.national_significant_number(parsed)
    kinds = (
        phonenumbers.PhoneNumberType.FIXED_LINE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    )
    if phonenumbers.number_type(parsed) not in kinds:
        return ""
    if country == "ES":
        prefix = "9" + national[1:3]
        return prefix[:2] if prefix in _TWO_DIGIT_AREAS else _SPANISH_TWINS.get(prefix, prefix)
    length = phonenumbers.length_of_geographical_area_code(parsed)
    return national[:length]


#: Madrid and Barcelona: their third digit tells nothing.
_TWO_DIGIT_AREAS = frozenset(f"9{second}{third}" for second in "13" for third in "0123456789")
