/** Areas that a call can come from, by ISO 3166: countries, Spanish communities and provinces, and the European Union. */
const COMMUNITIES: Record<string, string> = {
  "ES-AN": "Andalucía",
  "ES-AR": "Aragón",
  "ES-AS": "Asturias",
  "ES-CN": "Canarias",
  "ES-CB": "Cantabria",
  "ES-CL": "Castilla y León",
  "ES-CM": "Castilla-La Mancha",
  "ES-CT": "Cataluña",
  "ES-CE": "Ceuta",
  "ES-VC": "Comunitat Valenciana",
  "ES-EX": "Extremadura",
  "ES-GA": "Galicia",
  "ES-IB": "Illes Balears",
  "ES-RI": "La Rioja",
  "ES-MD": "Comunidad de Madrid",
  "ES-ML": "Melilla",
  "ES-MC": "Región de Murcia",
  "ES-NC": "Navarra",
  "ES-PV": "País Vasco",
};

const PROVINCES: Record<string, string> = {
  "ES-C": "A Coruña",
  "ES-VI": "Álava",
  "ES-AB": "Albacete",
  "ES-A": "Alicante",
  "ES-AL": "Almería",
  "ES-O": "Asturias (provincia)",
  "ES-AV": "Ávila",
  "ES-BA": "Badajoz",
  "ES-PM": "Balears (provincia)",
  "ES-B": "Barcelona",
  "ES-BI": "Bizkaia",
  "ES-BU": "Burgos",
  "ES-CC": "Cáceres",
  "ES-CA": "Cádiz",
  "ES-S": "Cantabria (provincia)",
  "ES-CS": "Castellón",
  "ES-CR": "Ciudad Real",
  "ES-CO": "Córdoba",
  "ES-CU": "Cuenca",
  "ES-SS": "Gipuzkoa",
  "ES-GI": "Girona",
  "ES-GR": "Granada",
  "ES-GU": "Guadalajara",
  "ES-H": "Huelva",
  "ES-HU": "Huesca",
  "ES-J": "Jaén",
  "ES-LO": "La Rioja (provincia)",
  "ES-GC": "Las Palmas",
  "ES-LE": "León",
  "ES-L": "Lleida",
  "ES-LU": "Lugo",
  "ES-M": "Madrid (provincia)",
  "ES-MA": "Málaga",
  "ES-MU": "Murcia (provincia)",
  "ES-NA": "Navarra (provincia)",
  "ES-OR": "Ourense",
  "ES-P": "Palencia",
  "ES-PO": "Pontevedra",
  "ES-SA": "Salamanca",
  "ES-TF": "Santa Cruz de Tenerife",
  "ES-SG": "Segovia",
  "ES-SE": "Sevilla",
  "ES-SO": "Soria",
  "ES-T": "Tarragona",
  "ES-TE": "Teruel",
  "ES-TO": "Toledo",
  "ES-V": "Valencia",
  "ES-VA": "Valladolid",
  "ES-ZA": "Zamora",
  "ES-Z": "Zaragoza",
};

const COUNTRIES =
  "AD AE AF AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BM BN BO BR BS BT BW BY BZ CA CD CF CG CH CI CL CM CN CO CR CU CV CW CY CZ DE DJ DK DM DO DZ EC EE EG ER ES ET FI FJ FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SI SK SL SM SN SO SR SS ST SV SY SZ TC TD TG TH TJ TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VG VI VN VU WS XK YE YT ZA ZM ZW".split(
    " ",
  );

export function areaName(code: string, language: string): string {
  const spanish = COMMUNITIES[code] ?? PROVINCES[code];
  if (spanish) return spanish;
  if (!/^[A-Z]{2}$/.test(code)) return code;
  return new Intl.DisplayNames([language], { type: "region" }).of(code) ?? code;
}

/** For a choice: the nearest first. */
export function areaGroups(language: string): { key: string; codes: { value: string; label: string }[] }[] {
  const named = (codes: string[]) =>
    codes
      .map((value) => ({ value, label: areaName(value, language) }))
      .sort((a, b) => a.label.localeCompare(b.label, language));
  return [
    { key: "communities", codes: named(Object.keys(COMMUNITIES)) },
    { key: "provinces", codes: named(Object.keys(PROVINCES)) },
    { key: "countries", codes: named(["EU", ...COUNTRIES]) },
  ];
}
