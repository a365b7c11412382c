"""What stands in holes and has a Spanish wording of its own: days, ends of calls, kinds of objects, classes of numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping

from centralita.pbx.wording.patterns import Kind

DAYS = {
    "Monday": "lunes",
    "Tuesday": "martes",
    "Wednesday": "miércoles",
    "Thursday": "jueves",
    "Friday": "viernes",
    "Saturday": "sábado",
    "Sunday": "domingo",
}
_WEEKDAYS = {english.lower(): spanish for english, spanish in DAYS.items()}
_SHORT_DAYS = {
    "Mon": "lun",
    "Tue": "mar",
    "Wed": "mié",
    "Thu": "jue",
    "Fri": "vie",
    "Sat": "sáb",
    "Sun": "dom",
}
ENDS = {
    "answered": "contestó",
    "busy": "ocupado",
    "no-answer": "sin respuesta",
    "rejected": "rechazada",
    "unreachable": "no localizable",
    "do-not-disturb": "no molestar",
    "blocked": "llamante bloqueado",
    "out-of-hours": "fuera de su horario",
    "forwarded": "desviada",
    "failed": "falló",
    "answered-elsewhere": "contestada en otro sitio",
    "caller-gone": "el llamante colgó",
    "withdrawn": "retirada",
    "done": "terminada",
}
#: What became of those who were rung, after their name.
OUTCOMES = {
    "did not answer": "no contestó",
    "was busy": "estaba comunicando",
    "rejected the call": "rechazó la llamada",
    "does not want to be disturbed": "no quiere que le molesten",
    "does not want to hear this caller": "no quiere hablar con este llamante",
    "is not called at this hour": "no recibe llamadas a esta hora",
    "could not be reached": "no estaba localizable",
    "could not be called": "no se le pudo llamar",
    "sends calls elsewhere": "desvía sus llamadas",
    **ENDS,
}
LEFT = {
    "answered": "contestada",
    "abandoned": "el llamante colgó",
    "key": "pulsó una tecla",
    "callback": "que le devuelvan la llamada",
    "wait": "esperó el máximo",
    "size": "había demasiados esperando",
    "estimated-wait": "la espera prevista era demasiado larga",
    "no-agents": "no había agentes",
    "queue-removed": "la cola ya no existe",
    "moved": "movida a otra cola",
    "callback-failed": "no contestó a la llamada devuelta",
    "callback-expired": "caducó la llamada devuelta",
    "caller-gone": "el llamante colgó",
    "cancelled": "anulada",
}
CLASSES = {
    "internal": "internas",
    "local": "locales",
    "national": "nacionales",
    "mobile": "a móviles",
    "toll-free": "gratuitas",
    "shared-cost": "de coste compartido",
    "premium": "de tarificación adicional",
    "international": "internacionales",
}
OBJECTS = {
    "user": "el usuario",
    "group": "el grupo",
    "queue": "la cola",
    "flow": "el flujo",
    "number": "el número",
    "voicemail": "el buzón de",
    "extension": "la extensión",
    "dialled": "la extensión",
    "external": "el número exterior",
    "trunk": "el troncal",
    "override": "la anulación",
    "schedule": "el horario",
    "site": "la sede",
    "menu": "el menú",
    "menu-repeat": "repetir el menú",
    "hang-up": "colgar",
}
SERVICES = {"voicemail": "buzón de voz", "echo": "prueba de eco"}
STRATEGIES = {
    "all": "todos a la vez",
    "linear": "en orden",
    "round-robin": "por turnos",
    "fewest-calls": "a quien ha atendido menos",
    "longest-idle": "a quien lleva más libre",
    "weighted-random": "al azar por pesos",
    "even-volume": "reparto parejo",
    "skills": "por habilidades",
}
_MORE = re.compile(r"\b(\d+) more\b")
_SPAN = r"\d\d:\d\d-\d\d:\d\d"


def _one_of(words: Mapping[str, str]) -> Kind:
    return Kind("|".join(sorted(map(re.escape, words), key=len, reverse=True)), words.get)


def _replaced(words: Mapping[str, str]) -> Kind:
    """The words where they are known, and what is of the configuration as it stands."""
    return Kind(r"[^\s,;:()]+", lambda text: words.get(text, text))


def _listed(text: str) -> str:
    return _MORE.sub(r"\1 más", text)


def _classified(text: str) -> str | None:
    kind, bracket, place = text.partition(" (")
    said = CLASSES.get(kind)
    return None if said is None else said + bracket + place.replace(_NO_COUNTRY, "país desconocido")


_NO_COUNTRY = "no country that can be told"


def _classes(text: str) -> str:
    return ", ".join(CLASSES.get(each, each) for each in text.split(", "))


def _place(text: str) -> str:
    kind, space, ident = text.partition(" ")
    if kind in OBJECTS and (space or kind in ("hang-up", "menu-repeat")):
        return f"{OBJECTS[kind]}{space}{ident}"
    return _listed(text)


def _places(text: str) -> str:
    separator = " → " if " → " in text else ", "
    return separator.join(_place(each) for each in text.split(separator))


def _source(text: str) -> str:
    """Which rule of a schedule the hours are of: `` of Monday of the season Verano``, `` (Navidad, Spain)``."""
    for day, said in DAYS.items():
        if text == f" of {day}" or text.startswith(f" of {day} "):
            return f" del {said}" + _source(text.removeprefix(f" of {day}"))
    for english, spanish in (
        (" of the exception ", " de la excepción "),
        (" of the season ", " de la temporada "),
    ):
        if text.startswith(english):
            return spanish + text.removeprefix(english)
    return text


def _opening(text: str) -> str:
    """The hours of a schedule in short: ``Mon-Fri 09:00-14:00; not on holidays``."""
    for english, spanish in (
        ("never in the week", "nunca entre semana"),
        ("not on holidays", "no en festivos"),
        ("all day", "todo el día"),
        ("exceptions", "excepciones"),
        ("closed", "cerrado"),
    ):
        text = re.sub(rf"\b{english}\b", spanish, text)
    for english, spanish in _SHORT_DAYS.items():
        text = re.sub(rf"\b{english}\b(?=[-, ])", spanish, text)
    return text


_ASKED = (
    (r"^everybody$", "todos"),
    (r"\bcontacts (?=\S)", "contactos "),
    (r"\bnot anonymous\b", "no anónimo"),
    (r"\banonymous\b", "anónimo"),
    (r"\bseen within (\d+) days", r"visto en los últimos \1 días"),
    (r"\blast agent within (\d+) days", r"último agente en los últimos \1 días"),
    (r"\bnot internal\b", "no interno"),
    (r"\binternal\b", "interno"),
    (r"\btag (?=\S)", "etiqueta "),
)


def _asked(text: str) -> str:
    return ", ".join(_first_of(_ASKED, each) for each in text.split(", "))


def _first_of(words: tuple[tuple[str, str], ...], text: str) -> str:
    for english, spanish in words:
        said, count = re.subn(english, spanish, text)
        if count:
            return said
    return text


_SET = (
    (r"^name prefix ", "prefijo del nombre "),
    (r"^language ", "idioma "),
    (r"^priority ", "prioridad "),
    (r"^tag ", "etiqueta "),
    (r"^recording off$", "sin grabación"),
    (r"^recording on$", "con grabación"),
    (r"^skill (.+) of at least ", r"habilidad \1 de al menos "),
)


def _marks(text: str) -> str:
    return ", ".join(_first_of(_SET, each) for each in text.split(", "))


_CALLER = (
    (r"is on the list (.+)", r"está en la lista \1"),
    (r"withholds the number", "oculta su número"),
    (r"shows a number", "muestra su número"),
    (r"calls from inside", "llama desde dentro"),
    (r"calls from outside", "llama desde fuera"),
    (r"was here within (\d+) days", r"llamó en los últimos \1 días"),
    (r"spoke with one of us within (\d+) days", r"habló con alguno de nosotros en los últimos \1 días"),
    (r"has the tag (.+)", r"tiene la etiqueta \1"),
    (r"is anybody", "es cualquiera"),
)


def _caller(text: str) -> str:
    return " y ".join(_first_of(_CALLER, each) for each in text.split(" and "))


def _rung(text: str) -> str:
    """Who is rung in which order: ``Ana and Luis, then 3 more``."""
    text = _listed(text.replace(", then ", ", después ").replace(" and ", " y "))
    return re.sub(r" after ([\d.e+]+) s\b", r" a los \1 s", text)


KINDS: dict[str, Kind] = {
    "n": Kind(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?"),
    "id": Kind(r"[^\s,;:()]+"),
    "keys": Kind(r"[0-9*#+]+"),
    "digits": Kind(r"[0-9*#]+"),
    "dialled": Kind(r"\S+"),
    "own": Kind(
        r"(?!an emergency number|the (?:star code|service|user|group|queue|flow) |abroad and |in the public |on the list |nobody who |no (?:number|time|reason) ).+?"
    ),
    "party": Kind(r".+?(?<! was not reached)"),
    "switch": Kind(r".+?(?<!: it)"),
    "list": Kind(r"(?:(?!, whose callers are refused).)+?"),
    "day": _one_of(DAYS),
    "date": Kind(r"\d{4}-\d\d-\d\d"),
    "clock": Kind(r"\d\d:\d\d"),
    "stamp": Kind(r"\d{4}-\d\d-\d\d \d\d:\d\d"),
    "span": Kind(_SPAN),
    "spans": Kind(rf"{_SPAN}(?:, {_SPAN})*"),
    "source": Kind(r"(?:(?: of (?!the event)| \().+)?", _source),
    "until": Kind(r"(?: until [0-9: -]+)?", lambda text: text.replace(" until ", " hasta ")),
    "turner": Kind(
        r"(?:, turned by (?:(?!: schedule ).)+?)?", lambda text: text.replace(", turned by ", ", la activó ")
    ),
    "season": Kind(
        r"(?: in the season .+)?", lambda text: text.replace(" in the season ", " en la temporada ", 1)
    ),
    "state": _one_of({"open": "abierto", "closed": "cerrado"}),
    "weekday": _one_of(_WEEKDAYS),
    "way": _one_of({"open": "abierto", "closed": "cerrado", "holiday": "en festivo"}),
    "turned": _one_of({"on": "activada", "off": "desactivada"}),
    "presses": Kind(".+", lambda text: text.replace(", or ", " o ").replace("press ", "pulsa ")),
    "variable": Kind("[a-z][a-z0-9_]*"),
    "value": Kind(r"(?!down$|empty$|missing$)\S+"),
    "opens": _one_of({"opens": "abre", "closes": "cierra"}),
    "end": _one_of(ENDS),
    "outcome": _one_of(OUTCOMES),
    "left": _one_of(LEFT),
    "exit": _replaced(LEFT),
    "class": _one_of(CLASSES),
    "classes": Kind(r"[a-z, -]+", _classes),
    "classified": Kind(rf"(?:{'|'.join(CLASSES)})(?: \([^)]*\))?", _classified),
    "object": _one_of(
        {name: said for name, said in OBJECTS.items() if name not in ("hang-up", "menu-repeat")}
    ),
    "service": _replaced(SERVICES),
    "strategy": _replaced(STRATEGIES),
    "areas": Kind("(?!elsewhere$).+", _listed),
    "listed": Kind(".+?", _listed),
    "place": Kind(".+?", _place),
    "places": Kind("[^;]+?", _places),
    "targets": Kind(r"(?:user|group|queue|external|extension) .+?", _places),
    "ringing": _one_of(
        {
            "no answer": "sin respuesta",
            "everybody busy": "todos ocupados",
            "no telephone registered": "ningún teléfono registrado",
            "failed": "falló",
        }
    ),
    "country": Kind(".+?", lambda text: text.replace(_NO_COUNTRY, "país desconocido")),
    "somewhere": Kind(".+?", lambda text: {"an unknown place": "un lugar desconocido"}.get(text, text)),
    "who": Kind(
        ".+?",
        lambda text: {
            "the caller's address": "la dirección del llamante",
            "a caller without a number": "un llamante sin número",
            "a withheld number": "un número oculto",
        }.get(text, text),
    ),
    "opening": Kind(".+", _opening),
    "asked": Kind(r"(?:everybody|(?:contacts|not|anonymous|internal|seen|last|tag)\b.*?)", _asked),
    "marks": Kind(r"(?!nothing$).+", _marks),
    "caller": Kind(r"(?:is|withholds|shows|calls|was|spoke|has) .+", _caller),
    "rung": Kind(".+?", _rung),
    "each": Kind(r"(?: each)?", lambda text: " cada vez" if text else ""),
    "total": Kind(r"(?:, [\d.e+]+ s in all)?", lambda text: text.replace(" in all", " en total")),
    "unit": _one_of(
        {"calls today": "llamadas hoy", "s of talk today": "s hablados hoy", "calls now": "llamadas ahora"}
    ),
    "by": _replaced(
        {"weight": "pesos", "calls": "llamadas", "talk-time": "tiempo hablado", "least-loaded": "menor carga"}
    ),
    "ors": Kind(".+?", lambda text: text.replace(" or ", " o ")),
    "nors": Kind(".+?", lambda text: text.replace(" and no ", " ni ")),
    "chosen": Kind(".+?", lambda text: _place(text.replace("chosen in ", "elegido en "))),
    "ands": Kind(".+?", lambda text: text.replace(" and ", " y ")),
}
