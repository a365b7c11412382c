"""Numbers as they are spoken: cardinals with gender and apocope, and digits one by one for telephone numbers.

Spanish follows the Diccionario panhispánico de dudas (DPD), English is American (no "and" after hundred).
"""

from __future__ import annotations

from enum import Enum

from centralita.pbx.speech.phrase import Phrase, is_spanish

LIMIT = 999_999_999
PAUSE = "pause"
"""A short silence between the groups of a telephone number."""


class Form(Enum):
    """How a Spanish number agrees with what is counted. English knows no difference."""

    ALONE = "alone"
    """Counting, or a name: uno, veintiuno, doscientos uno."""
    MASCULINE = "masculine"
    """Before a masculine noun: un mensaje, veintiún mensajes."""
    FEMININE = "feminine"
    """Before a feminine noun: una llamada, veintiuna llamadas, doscientas llamadas."""


_SPANISH = (
    *(
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
    ),
    *(
        "trece",
        "catorce",
        "quince",
        "dieciséis",
        "diecisiete",
        "dieciocho",
        "diecinueve",
        "veinte",
        "veintiuno",
    ),
    *("veintidós", "veintitrés", "veinticuatro", "veinticinco", "veintiséis", "veintisiete", "veintiocho"),
    "veintinueve",
)
_ENGLISH = (
    *(
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
    ),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
_TENS = {
    30: ("treinta", "thirty"),
    40: ("cuarenta", "forty"),
    50: ("cincuenta", "fifty"),
    60: ("sesenta", "sixty"),
    70: ("setenta", "seventy"),
    80: ("ochenta", "eighty"),
    90: ("noventa", "ninety"),
}
_HUNDREDS = {
    200: "doscientos",
    300: "trescientos",
    400: "cuatrocientos",
    500: "quinientos",
    600: "seiscientos",
    700: "setecientos",
    800: "ochocientos",
    900: "novecientos",
}

UN, UNA = "number/1-masculine", "number/1-feminine"
VEINTIUN, VEINTIUNA = "number/21-masculine", "number/21-feminine"
AND, OF = "word/and", "word/of"
CIEN, CIENTO = "number/100", "number/100-and"
HUNDRED, THOUSAND = "number/hundred", "number/thousand"
MILLION, MILLIONS = "number/million", "number/millions"
STAR, HASH, PLUS = "number/star", "number/hash", "number/plus"


def _phrases() -> tuple[Phrase, ...]:
    phrases = []
    for number, spanish in enumerate(_SPANISH):
        sound = f"digits/{number}"
        english = _ENGLISH[number] if number < len(_ENGLISH) else ""
        phrases.append(Phrase(f"number/{number}", spanish, english, sound, sound if english else ""))
    for number, (spanish, english) in _TENS.items():
        phrases.append(Phrase(f"number/{number}", spanish, english, f"digits/{number}", f"digits/{number}"))
    for number, spanish in _HUNDREDS.items():
        phrases.append(Phrase(f"number/{number}", spanish, "", f"digits/{number}"))
        phrases.append(Phrase(f"number/{number}-feminine", spanish[:-2] + "as", ""))
    return (
        *phrases,
        Phrase(UN, "un", "", "digits/1M"),
        Phrase(UNA, "una", "", "digits/1F"),
        Phrase(VEINTIUN, "veintiún", ""),
        Phrase(VEINTIUNA, "veintiuna", ""),
        Phrase(AND, "y", "and", "digits/and", "vm-and"),
        Phrase(OF, "de", "", "digits/es-de"),
        Phrase(CIEN, "cien", ""),
        Phrase(CIENTO, "ciento", "", "digits/100-and"),
        Phrase(HUNDRED, "", "hundred", "", "digits/hundred"),
        Phrase(THOUSAND, "mil", "thousand", "digits/thousand", "digits/thousand"),
        Phrase(MILLION, "millón", "million", "digits/million", "digits/million"),
        Phrase(MILLIONS, "millones", "", "digits/millions"),
        Phrase(STAR, "asterisco", "star", "digits/star", "digits/star"),
        Phrase(HASH, "almohadilla", "pound", "", "digits/pound"),
        Phrase(PLUS, "más", "plus", "letters/plus", "letters/plus"),
    )


PHRASES = _phrases()

_DIGITS = {
    **{str(number): f"number/{number}" for number in range(10)},
    "*": STAR,
    "#": HASH,
    "+": PLUS,
}


def cardinal(language: str, number: int, form: Form = Form.ALONE) -> list[str]:
    """A number from 0 to 999,999,999 in words. Raises ValueError outside of that.

    >>> cardinal("es", 31, Form.MASCULINE)
    ['number/30', 'word/and', 'number/1-masculine']
    """
    if not 0 <= number <= LIMIT:
        raise ValueError(f"{number} is not between 0 and {LIMIT}")
    if number == 0:
        return ["number/0"]
    millions, rest = divmod(number, 1_000_000)
    thousands, units = divmod(rest, 1000)
    if is_spanish(language):
        return _spanish(millions, thousands, units, form)
    keys = [*_english_below_thousand(millions), MILLION] if millions else []
    if thousands:
        keys += [*_english_below_thousand(thousands), THOUSAND]
    return keys + _english_below_thousand(units)


def digits(language: str, text: str) -> list[str]:
    """A telephone number or extension, digit by digit, with pauses between its groups.

    Groups are as written (``931 23 45 67``); a number of more than five digits without any is spoken by threes.
    Characters that cannot be dialled are left out.
    """
    is_spanish(language)
    groups = "".join(char if char in _DIGITS else " " for char in text).split()
    if len(groups) == 1:
        groups = _by_threes(groups[0])
    keys: list[str] = []
    for group in groups:
        if keys:
            keys.append(PAUSE)
        keys += [_DIGITS[char] for char in group]
    return keys


def counted(language: str, number: int, one: str, many: str, form: Form) -> list[str]:
    """A number and what is counted: the key of its singular or plural."""
    keys = cardinal(language, number, form)
    if is_spanish(language) and number and number % 1_000_000 == 0:
        keys.append(OF)  # un millón de mensajes
    return [*keys, one if number == 1 else many]


def _by_threes(number: str) -> list[str]:
    """Groups of three from the left, with a last one of two to four: nobody likes a digit alone."""
    if len(number) <= 5:
        return [number]
    groups = [number[start : start + 3] for start in range(0, len(number), 3)]
    if len(groups[-1]) == 1:
        groups[-2:] = [groups[-2] + groups[-1]]
    return groups


def _spanish(millions: int, thousands: int, units: int, form: Form) -> list[str]:
    feminine = form is Form.FEMININE
    keys: list[str] = []
    if millions == 1:
        keys += [UN, MILLION]
    elif millions:
        keys += [*_spanish_below_thousand(millions, Form.MASCULINE, feminine=False), MILLIONS]
    if thousands > 1:
        # The hundreds agree with what is counted even before mil (doscientas mil llamadas); uno loses its end
        # there whatever follows (veintiún mil llamadas), which the DPD allows and most people say.
        keys += _spanish_below_thousand(thousands, Form.MASCULINE, feminine=feminine)
    if thousands:
        keys.append(THOUSAND)
    return keys + _spanish_below_thousand(units, form, feminine=feminine)


def _spanish_below_thousand(number: int, form: Form, *, feminine: bool) -> list[str]:
    hundreds, rest = divmod(number, 100)
    keys: list[str] = []
    if hundreds == 1:
        keys.append(CIENTO if rest else CIEN)
    elif hundreds:
        keys.append(f"number/{hundreds}00-feminine" if feminine else f"number/{hundreds}00")
    if rest >= 30:
        keys.append(f"number/{rest // 10 * 10}")
        rest %= 10
        if rest:
            keys.append(AND)
    if rest in (1, 21) and form is not Form.ALONE:
        keys.append(f"number/{rest}-{form.value}")
    elif rest:
        keys.append(f"number/{rest}")
    return keys


def _english_below_thousand(number: int) -> list[str]:
    hundreds, rest = divmod(number, 100)
    keys = [f"number/{hundreds}", HUNDRED] if hundreds else []
    if rest > 20:
        keys.append(f"number/{rest // 10 * 10}")
        rest %= 10
    if rest:
        keys.append(f"number/{rest}")
    return keys
