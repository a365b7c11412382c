"""The catalogue of sentences: each pattern is told in Spanish, in one way, with what stood in its holes."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from centralita.pbx.wording import told
from centralita.pbx.wording.kinds import CLASSES, ENDS, LEFT, OUTCOMES
from centralita.pbx.wording.telling import CATALOGUES, MAX_LENGTH, patterns_of

_HOLE = re.compile(r"\{([a-z_]+)(?::([a-z]+))?\}")
_PATTERNS = [(english, spanish) for catalogue in CATALOGUES for english, spanish in catalogue.items()]

#: Kind of hole → what may stand there, and how that is said.
SAMPLES: dict[str, tuple[str, str]] = {
    "": ("Íñigo Z", "Íñigo Z"),
    "n": ("25", "25"),
    "id": ("sol-1", "sol-1"),
    "keys": ("12", "12"),
    "digits": ("101", "101"),
    "dialled": ("+34600111222", "+34600111222"),
    "own": ("Íñigo Z", "Íñigo Z"),
    "party": ("Íñigo Z", "Íñigo Z"),
    "switch": ("Noche", "Noche"),
    "list": ("VIP", "VIP"),
    "day": ("Wednesday", "miércoles"),
    "weekday": ("wednesday", "miércoles"),
    "date": ("2026-11-28", "2026-11-28"),
    "clock": ("09:30", "09:30"),
    "stamp": ("2026-11-28 09:30", "2026-11-28 09:30"),
    "span": ("22:00-30:00", "22:00-30:00"),
    "spans": ("09:00-14:00, 16:00-19:00", "09:00-14:00, 16:00-19:00"),
    "source": (" of Monday of the season Verano", " del lunes de la temporada Verano"),
    "until": (" until 2026-11-28 20:00", " hasta 2026-11-28 20:00"),
    "turner": (", turned by ana", ", la activó ana"),
    "season": (" in the season Verano", " en la temporada Verano"),
    "state": ("closed", "cerrado"),
    "opens": ("opens", "abre"),
    "end": ("no-answer", "sin respuesta"),
    "outcome": ("was busy", "estaba comunicando"),
    "left": ("no-agents", "no había agentes"),
    "exit": ("ventas", "ventas"),
    "class": ("mobile", "a móviles"),
    "classes": ("mobile, premium", "a móviles, de tarificación adicional"),
    "classified": ("international (PT)", "internacionales (PT)"),
    "object": ("queue", "la cola"),
    "service": ("voicemail", "buzón de voz"),
    "strategy": ("round-robin", "por turnos"),
    "listed": ("ana, luis, 3 more", "ana, luis, 3 más"),
    "areas": ("ES-CN, 2 more", "ES-CN, 2 más"),
    "place": ("main/menu", "main/menu"),
    "places": ("queue soporte, main/menu, 2 more", "la cola soporte, main/menu, 2 más"),
    "targets": ("user ana, group g", "el usuario ana, el grupo g"),
    "ringing": ("no answer", "sin respuesta"),
    "country": ("no country that can be told", "país desconocido"),
    "somewhere": ("an unknown place", "un lugar desconocido"),
    "who": ("a caller without a number", "un llamante sin número"),
    "opening": ("Mon-Fri 09:00-14:00; not on holidays", "lun-vie 09:00-14:00; no en festivos"),
    "asked": ("not internal, tag vip", "no interno, etiqueta vip"),
    "marks": ("priority 5, recording off", "prioridad 5, sin grabación"),
    "caller": ("shows a number and has the tag vip", "muestra su número y tiene la etiqueta vip"),
    "rung": ("Ana and Luis after 4 s, then 3 more", "Ana y Luis a los 4 s, después 3 más"),
    "each": (" each", " cada vez"),
    "total": (", 60 s in all", ", 60 s en total"),
    "unit": ("calls today", "llamadas hoy"),
    "by": ("weight", "pesos"),
    "ors": ("1 or 2", "1 o 2"),
    "ands": ("en and es", "en y es"),
    "nors": ("max_waiting and no overflow.size", "max_waiting ni overflow.size"),
    "chosen": ("site madrid", "la sede madrid"),
    "way": ("open", "abierto"),
    "turned": ("on", "activada"),
    "presses": ("press 2, or press 3", "pulsa 2 o pulsa 3"),
    "variable": ("nivel", "nivel"),
    "value": ("oro", "oro"),
    "told": ("nobody answered", "nadie contestó"),
    "kept": ("nobody answered", "nadie contestó"),
    "steps": ("hours → flow:main: nobody answered", "hours → flow:main: nadie contestó"),
}


@pytest.mark.parametrize(("english", "spanish"), _PATTERNS, ids=[english for english, _ in _PATTERNS])
def test_each_pattern_is_told_in_one_way(english: str, spanish: str) -> None:
    kinds = dict(_HOLE.findall(english))
    sentence = _HOLE.sub(lambda hole: SAMPLES[hole[2] or ""][0], english)
    assert patterns_of(sentence) == (english,)
    expected = _HOLE.sub(lambda hole: SAMPLES[kinds[hole[1]]][1], spanish)
    assert told(sentence, "es") == expected
    assert told(sentence, "en") == sentence


def test_what_may_be_left_out() -> None:
    assert told("rings Ana for 25 s (all)", "es") == "suena en Ana durante 25 s (todos a la vez)"
    assert (
        told("schedule Tienda is open: Saturday 01:00 in Europe/Madrid is within 22:00-26:00 of Friday", "es")
        == "el horario Tienda está abierto: el sábado a las 01:00 (Europe/Madrid) está dentro de 22:00-26:00 del viernes"
    )


def test_what_is_not_known_stays_as_it_is() -> None:
    for sentence in ("", "something else altogether", "Ana forwards to 102: because she likes to"):
        assert told(sentence, "es") == sentence


def test_what_a_stranger_wrote_is_looked_at_no_longer_than_it_may_be() -> None:
    long = 'crm.example answered "' + "x" * MAX_LENGTH + '"'
    assert told(long, "es") == long


def test_names_with_braces_are_kept() -> None:
    assert told("the voicemail of {name}", "es") == "el buzón de voz de {name}"


def test_every_end_has_words() -> None:
    from centralita.pbx.acd.news import Reason
    from centralita.pbx.model.permission import CallClass
    from centralita.pbx.ringing import _WORDS
    from centralita.pbx.vocabulary import StepEnd

    assert {end.value for end in StepEnd} <= set(ENDS)
    assert {reason.value for reason in Reason} <= set(LEFT)
    assert set(get_args(CallClass)) == set(CLASSES)
    assert set(_WORDS.values()) <= set(OUTCOMES)
