"""The Spanish numbering plan (Real Decreto 2296/2004 and the resolutions since): provinces and kinds of numbers.

A number of nine digits begins with what its province is known by, 8 or 9 first: Barcelona has 83 and 93, Tarragona 877 and
977. Ceuta and Melilla are blocks within Cádiz and Málaga.
"""

from __future__ import annotations

from typing import NamedTuple

MAINLAND, CANARY, AFRICA = "Europe/Madrid", "Atlantic/Canary", "Africa/Ceuta"


class Province(NamedTuple):
    """ISO 3166-2 codes without ``ES-``."""

    code: str
    name: str
    community: str
    zone: str
    prefixes: tuple[str, ...]
    """Without the first digit, 8 or 9, unless it says which."""


#: ISO 3166-2 of communities, their names in Spanish and in English. Ceuta and Melilla are autonomous cities.
COMMUNITIES: dict[str, tuple[str, str]] = {
    "AN": ("Andalucía", "Andalusia"),
    "AR": ("Aragón", "Aragon"),
    "AS": ("Principado de Asturias", "Asturias"),
    "CB": ("Cantabria", "Cantabria"),
    "CE": ("Ceuta", "Ceuta"),
    "CL": ("Castilla y León", "Castile and León"),
    "CM": ("Castilla-La Mancha", "Castile-La Mancha"),
    "CN": ("Canarias", "Canary Islands"),
    "CT": ("Cataluña", "Catalonia"),
    "EX": ("Extremadura", "Extremadura"),
    "GA": ("Galicia", "Galicia"),
    "IB": ("Illes Balears", "Balearic Islands"),
    "MC": ("Región de Murcia", "Region of Murcia"),
    "MD": ("Comunidad de Madrid", "Community of Madrid"),
    "ML": ("Melilla", "Melilla"),
    "NC": ("Comunidad Foral de Navarra", "Navarre"),
    "PV": ("País Vasco", "Basque Country"),
    "RI": ("La Rioja", "La Rioja"),
    "VC": ("Comunitat Valenciana", "Valencian Community"),
}

_TABLE = """
A  Alicante     VC 65 66
AB Albacete     CM 67
AL Almería      AN 50
AV Ávila        CL 20
B  Barcelona    CT 3
BA Badajoz      EX 24
BI Bizkaia      PV 44 46
BU Burgos       CL 47
C  A_Coruña     GA 81
CA Cádiz        AN 56
CC Cáceres      EX 27
CE Ceuta        CE 95650 95651 95652 85620
CO Córdoba      AN 57
CR Ciudad_Real  CM 26
CS Castellón    VC 64
CU Cuenca       CM 69
GC Las_Palmas   CN 28
GI Girona       CT 72
GR Granada      AN 58
GU Guadalajara  CM 49
H  Huelva       AN 59
HU Huesca       AR 74
J  Jaén         AN 53
L  Lleida       CT 73
LE León         CL 87
LO La_Rioja     RI 41
LU Lugo         GA 82
M  Madrid       MD 1
MA Málaga       AN 51 52
ML Melilla      ML 95267 95268 95269
MU Murcia       MC 68
NA Navarra      NC 48
O  Asturias     AS 84 85
OR Ourense      GA 88
P  Palencia     CL 79
PM Illes_Balears IB 71
PO Pontevedra   GA 86
S  Cantabria    CB 42
SA Salamanca    CL 23
SE Sevilla      AN 54 55
SG Segovia      CL 21
SO Soria        CL 75
SS Gipuzkoa     PV 43
T  Tarragona    CT 77
TE Teruel       AR 78
TF Santa_Cruz_de_Tenerife CN 22
TO Toledo       CM 25
V  Valencia     VC 60 61 62 63
VA Valladolid   CL 83
VI Álava        PV 45
Z  Zaragoza     AR 76
ZA Zamora       CL 80
"""

#: What is not geographic, by the first digits; the longest that fits. 51: nomadic numbers; 400: commercial calls (2026).
KINDS: dict[str, str] = {
    "400": "commercial",
    "51": "voip",
    "6": "mobile",
    "70": "personal",
    **{f"7{digit}": "mobile" for digit in range(1, 10)},
    "800": "toll-free",
    "803": "premium",
    "806": "premium",
    "807": "premium",
    "900": "toll-free",
    "901": "shared",
    "902": "shared",
    "905": "premium",
    "907": "premium",
}


def _read() -> dict[str, Province]:
    provinces = {}
    for line in _TABLE.strip().splitlines():
        code, name, community, *prefixes = line.split()
        zone = {"CN": CANARY, "CE": AFRICA, "ML": AFRICA}.get(community, MAINLAND)
        provinces[code] = Province(code, name.replace("_", " "), community, zone, tuple(prefixes))
    return provinces


PROVINCES: dict[str, Province] = _read()

_BY_PREFIX: dict[str, Province] = {
    full: province
    for province in PROVINCES.values()
    for prefix in province.prefixes
    for full in ((prefix,) if len(prefix) == 5 else (f"8{prefix}", f"9{prefix}"))
}


def province_of(national: str) -> Province | None:
    """The province of a number of nine digits, None where it tells none."""
    for length in (5, 3, 2):
        province = _BY_PREFIX.get(national[:length])
        if province is not None:
            return province
    return None


def kind_of(national: str) -> str:
    """The kind of a number of nine digits: ``geographic``, one of :data:`KINDS`, or ``unknown``."""
    for length in (3, 2, 1):
        kind = KINDS.get(national[:length])
        if kind is not None:
            return kind
    return "geographic" if province_of(national) is not None else "unknown"
