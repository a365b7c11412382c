/**
 * Words on the screen, in Spanish and English. Each feature keeps its own beside its pages (`es.json`, `en.json`), under its name as
 * namespace: `useTranslation("people")`. A language is loaded when it is first used.
 */
import dayjs from "dayjs";
import "dayjs/locale/es";
import i18next, { type BackendModule } from "i18next";
import { initReactI18next } from "react-i18next";

export const LANGUAGES = ["es", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

type Catalogues = Record<string, Record<string, unknown>>;
const catalogues: Record<Language, () => Promise<Catalogues>> = {
  es: async () => (await import("./es")).default,
  en: async () => (await import("./en")).default,
};

const fromFiles: BackendModule = {
  type: "backend",
  init: () => undefined,
  read: (language, namespace, done) => {
    catalogues[language as Language]().then(
      (all) => done(null, all[namespace] ?? {}),
      (error: Error) => done(error, null),
    );
  },
};

const REMEMBERED = "centralita.language";

function preferred(): Language {
  const wanted = [localStorage.getItem(REMEMBERED), ...navigator.languages].map((one) => one?.slice(0, 2));
  return wanted.find((one): one is Language => LANGUAGES.includes(one as Language)) ?? "es";
}

/** Must be done before anything is drawn. */
export async function startI18n(): Promise<void> {
  i18next.on("languageChanged", (language) => {
    document.documentElement.lang = language;
    dayjs.locale(language);
  });
  await i18next
    .use(fromFiles)
    .use(initReactI18next)
    .init({
      lng: preferred(),
      supportedLngs: LANGUAGES,
      fallbackLng: false,
      ns: ["common", "problems"],
      defaultNS: "common",
      interpolation: { escapeValue: false }, // React escapes
      returnNull: false,
    });
}

export async function speak(language: Language): Promise<void> {
  localStorage.setItem(REMEMBERED, language);
  await i18next.changeLanguage(language);
}
