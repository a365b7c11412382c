"""Countries and territories that have telephone numbers: ISO 3166-1 alpha-2, names in Spanish and in English.

``AC``, ``TA`` and ``XK`` are no codes of countries in ISO, and as good as that in the numbering plans.
"""

from __future__ import annotations

_TABLE = """
AC|Isla Ascensión|Ascension Island
AD|Andorra|Andorra
AE|Emiratos Árabes Unidos|United Arab Emirates
AF|Afganistán|Afghanistan
AG|Antigua y Barbuda|Antigua and Barbuda
AI|Anguila|Anguilla
AL|Albania|Albania
AM|Armenia|Armenia
AO|Angola|Angola
AR|Argentina|Argentina
AS|Samoa Americana|American Samoa
AT|Austria|Austria
AU|Australia|Australia
AW|Aruba|Aruba
AX|Islas Åland|Åland Islands
AZ|Azerbaiyán|Azerbaijan
BA|Bosnia y Herzegovina|Bosnia and Herzegovina
BB|Barbados|Barbados
BD|Bangladés|Bangladesh
BE|Bélgica|Belgium
BF|Burkina Faso|Burkina Faso
BG|Bulgaria|Bulgaria
BH|Baréin|Bahrain
BI|Burundi|Burundi
BJ|Benín|Benin
BL|San Bartolomé|Saint Barthélemy
BM|Bermudas|Bermuda
BN|Brunéi|Brunei
BO|Bolivia|Bolivia
BQ|Caribe neerlandés|Caribbean Netherlands
BR|Brasil|Brazil
BS|Bahamas|Bahamas
BT|Bután|Bhutan
BW|Botsuana|Botswana
BY|Bielorrusia|Belarus
BZ|Belice|Belize
CA|Canadá|Canada
CC|Islas Cocos|Cocos Islands
CD|República Democrática del Congo|Democratic Republic of the Congo
CF|República Centroafricana|Central African Republic
CG|Congo|Congo
CH|Suiza|Switzerland
CI|Costa de Marfil|Ivory Coast
CK|Islas Cook|Cook Islands
CL|Chile|Chile
CM|Camerún|Cameroon
CN|China|China
CO|Colombia|Colombia
CR|Costa Rica|Costa Rica
CU|Cuba|Cuba
CV|Cabo Verde|Cape Verde
CW|Curazao|Curaçao
CX|Isla de Navidad|Christmas Island
CY|Chipre|Cyprus
CZ|Chequia|Czechia
DE|Alemania|Germany
DJ|Yibuti|Djibouti
DK|Dinamarca|Denmark
DM|Dominica|Dominica
DO|República Dominicana|Dominican Republic
DZ|Argelia|Algeria
EC|Ecuador|Ecuador
EE|Estonia|Estonia
EG|Egipto|Egypt
EH|Sáhara Occidental|Western Sahara
ER|Eritrea|Eritrea
ES|España|Spain
ET|Etiopía|Ethiopia
FI|Finlandia|Finland
FJ|Fiyi|Fiji
FK|Islas Malvinas|Falkland Islands
FM|Micronesia|Micronesia
FO|Islas Feroe|Faroe Islands
FR|Francia|France
GA|Gabón|Gabon
GB|Reino Unido|United Kingdom
GD|Granada|Grenada
GE|Georgia|Georgia
GF|Guayana Francesa|French Guiana
GG|Guernsey|Guernsey
GH|Ghana|Ghana
GI|Gibraltar|Gibraltar
GL|Groenlandia|Greenland
GM|Gambia|Gambia
GN|Guinea|Guinea
GP|Guadalupe|Guadeloupe
GQ|Guinea Ecuatorial|Equatorial Guinea
GR|Grecia|Greece
GT|Guatemala|Guatemala
GU|Guam|Guam
GW|Guinea-Bisáu|Guinea-Bissau
GY|Guyana|Guyana
HK|Hong Kong|Hong Kong
HN|Honduras|Honduras
HR|Croacia|Croatia
HT|Haití|Haiti
HU|Hungría|Hungary
ID|Indonesia|Indonesia
IE|Irlanda|Ireland
IL|Israel|Israel
IM|Isla de Man|Isle of Man
IN|India|India
IO|Territorio Británico del Océano Índico|British Indian Ocean Territory
IQ|Irak|Iraq
IR|Irán|Iran
IS|Islandia|Iceland
IT|Italia|Italy
JE|Jersey|Jersey
JM|Jamaica|Jamaica
JO|Jordania|Jordan
JP|Japón|Japan
KE|Kenia|Kenya
KG|Kirguistán|Kyrgyzstan
KH|Camboya|Cambodia
KI|Kiribati|Kiribati
KM|Comoras|Comoros
KN|San Cristóbal y Nieves|Saint Kitts and Nevis
KP|Corea del Norte|North Korea
KR|Corea del Sur|South Korea
KW|Kuwait|Kuwait
KY|Islas Caimán|Cayman Islands
KZ|Kazajistán|Kazakhstan
LA|Laos|Laos
LB|Líbano|Lebanon
LC|Santa Lucía|Saint Lucia
LI|Liechtenstein|Liechtenstein
LK|Sri Lanka|Sri Lanka
LR|Liberia|Liberia
LS|Lesoto|Lesotho
LT|Lituania|Lithuania
LU|Luxemburgo|Luxembourg
LV|Letonia|Latvia
LY|Libia|Libya
MA|Marruecos|Morocco
MC|Mónaco|Monaco
MD|Moldavia|Moldova
ME|Montenegro|Montenegro
MF|San Martín (parte francesa)|Saint Martin
MG|Madagascar|Madagascar
MH|Islas Marshall|Marshall Islands
MK|Macedonia del Norte|North Macedonia
ML|Mali|Mali
MM|Birmania|Myanmar
MN|Mongolia|Mongolia
MO|Macao|Macao
MP|Islas Marianas del Norte|Northern Mariana Islands
MQ|Martinica|Martinique
MR|Mauritania|Mauritania
MS|Montserrat|Montserrat
MT|Malta|Malta
MU|Mauricio|Mauritius
MV|Maldivas|Maldives
MW|Malaui|Malawi
MX|México|Mexico
MY|Malasia|Malaysia
MZ|Mozambique|Mozambique
NA|Namibia|Namibia
NC|Nueva Caledonia|New Caledonia
NE|Níger|Niger
NF|Isla Norfolk|Norfolk Island
NG|Nigeria|Nigeria
NI|Nicaragua|Nicaragua
NL|Países Bajos|Netherlands
NO|Noruega|Norway
NP|Nepal|Nepal
NR|Nauru|Nauru
NU|Niue|Niue
NZ|Nueva Zelanda|New Zealand
OM|Omán|Oman
PA|Panamá|Panama
PE|Perú|Peru
PF|Polinesia Francesa|French Polynesia
PG|Papúa Nueva Guinea|Papua New Guinea
PH|Filipinas|Philippines
PK|Pakistán|Pakistan
PL|Polonia|Poland
PM|San Pedro y Miquelón|Saint Pierre and Miquelon
PR|Puerto Rico|Puerto Rico
PS|Palestina|Palestine
PT|Portugal|Portugal
PW|Palaos|Palau
PY|Paraguay|Paraguay
QA|Catar|Qatar
RE|Reunión|Réunion
RO|Rumanía|Romania
RS|Serbia|Serbia
RU|Rusia|Russia
RW|Ruanda|Rwanda
SA|Arabia Saudí|Saudi Arabia
SB|Islas Salomón|Solomon Islands
SC|Seychelles|Seychelles
SD|Sudán|Sudan
SE|Suecia|Sweden
SG|Singapur|Singapore
SH|Santa Elena|Saint Helena
SI|Eslovenia|Slovenia
SJ|Svalbard y Jan Mayen|Svalbard and Jan Mayen
SK|Eslovaquia|Slovakia
SL|Sierra Leona|Sierra Leone
SM|San Marino|San Marino
SN|Senegal|Senegal
SO|Somalia|Somalia
SR|Surinam|Suriname
SS|Sudán del Sur|South Sudan
ST|Santo Tomé y Príncipe|São Tomé and Príncipe
SV|El Salvador|El Salvador
SX|San Martín (parte neerlandesa)|Sint Maarten
SY|Siria|Syria
SZ|Esuatini|Eswatini
TA|Tristán de Acuña|Tristan da Cunha
TC|Islas Turcas y Caicos|Turks and Caicos Islands
TD|Chad|Chad
TG|Togo|Togo
TH|Tailandia|Thailand
TJ|Tayikistán|Tajikistan
TK|Tokelau|Tokelau
TL|Timor Oriental|East Timor
TM|Turkmenistán|Turkmenistan
TN|Túnez|Tunisia
TO|Tonga|Tonga
TR|Turquía|Türkiye
TT|Trinidad y Tobago|Trinidad and Tobago
TV|Tuvalu|Tuvalu
TW|Taiwán|Taiwan
TZ|Tanzania|Tanzania
UA|Ucrania|Ukraine
UG|Uganda|Uganda
US|Estados Unidos|United States
UY|Uruguay|Uruguay
UZ|Uzbekistán|Uzbekistan
VA|Ciudad del Vaticano|Vatican City
VC|San Vicente y las Granadinas|Saint Vincent and the Grenadines
VE|Venezuela|Venezuela
VG|Islas Vírgenes Británicas|British Virgin Islands
VI|Islas Vírgenes de los Estados Unidos|United States Virgin Islands
VN|Vietnam|Vietnam
VU|Vanuatu|Vanuatu
WF|Wallis y Futuna|Wallis and Futuna
WS|Samoa|Samoa
XK|Kosovo|Kosovo
YE|Yemen|Yemen
YT|Mayotte|Mayotte
ZA|Sudáfrica|South Africa
ZM|Zambia|Zambia
ZW|Zimbabue|Zimbabwe
"""

COUNTRIES: dict[str, tuple[str, str]] = {
    code: (spanish, english)
    for code, spanish, english in (line.split("|") for line in _TABLE.strip().splitlines())
}

EUROPEAN_UNION = frozenset(
    ("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
     "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK")
)  # fmt: skip
