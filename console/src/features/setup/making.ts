import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, call } from "@/api/client";
import type { components } from "@/api/generated";
import { configurationChanged, type Outcome, type Stored } from "@/api/objects";
import { useMe } from "@/api/session";
import { useTenant } from "@/api/tenant";
import type { Language } from "@/i18n";
import { type Answers, asYaml, idsOf, objectsOf, type Person, tryExtension } from "./plan";

/** The way into somebody's portal: mailed, or to be handed on. */
export interface Invitation {
  name: string;
  mail: string;
  /** None: it was mailed. */
  url: string | null;
  error: unknown;
}

export interface Made {
  outcome: Outcome;
  /** User → name. */
  names: Map<string, string>;
  /** Dialled to hear what callers hear. */
  tryIt: string;
  number: string;
  invitations: Invitation[];
}

export interface Wish {
  answers: Answers;
  /** Whether people with a mail address get a way into their portal. */
  invite: boolean;
}

/** Put everything in force, in one version; then invite the people. */
export function useMakeAll(company: string, site: Stored<"site">, onMade: (made: Made) => void) {
  const { t } = useTranslation("setup");
  const tenant = useTenant();
  const client = useQueryClient();
  const me = useMe();
  const words = {
    telephone: (name: string) => t("name.telephone", { name }),
    hours: t("name.hours"),
    holidays: t("name.holidays"),
    welcome: t("name.welcome"),
    closed: t("name.closed"),
    everybody: t("name.everybody"),
    queue: t("name.queue"),
    menu: t("name.menu"),
    flow: t("name.flow", { company }),
  };
  return useMutation({
    mutationFn: async ({ answers, invite }: Wish): Promise<Made> => {
      const outcome = await apply(tenant, asYaml(objectsOf(answers, { site, words })), t("comment"));
      const ids = idsOf(answers.people);
      const invitations: Invitation[] = [];
      const others = answers.people.filter(
        ({ mail }) => mail.trim() && mail.trim().toLowerCase() !== me.login,
      );
      for (const person of invite ? others : []) {
        const language = (site.language ?? "es") as Language;
        invitations.push(await invited(tenant, person, ids.get(person.key) ?? "", language));
      }
      return {
        outcome,
        names: new Map(answers.people.map((person) => [ids.get(person.key) ?? "", person.name.trim()])),
        tryIt: tryExtension(site),
        number: answers.outside.later ? "" : answers.outside.number.trim(),
        invitations,
      };
    },
    onSuccess: (made) => {
      onMade(made);
      void configurationChanged(client, tenant);
    },
  });
}

export type Making = ReturnType<typeof useMakeAll>;

function apply(tenant: string, text: string, comment: string): Promise<Outcome> {
  return call(
    api.POST("/api/v1/tenants/{tenant}/apply", {
      params: { path: { tenant }, query: { merge: true, comment } },
      body: text,
      bodySerializer: (body: string) => body,
      headers: { "Content-Type": "application/yaml" },
    }),
  );
}

/** An account that cannot be made is told of; the company is there all the same. */
async function invited(
  tenant: string,
  person: Person,
  user: string,
  language: Language,
): Promise<Invitation> {
  const [name, mail] = [person.name.trim(), person.mail.trim()];
  const body: components["schemas"]["AccountWanted"] = {
    login: mail,
    name,
    role: "user",
    tenant,
    user,
    queues: [],
    language,
  };
  try {
    const { link } = await call(api.POST("/api/v1/accounts", { body }));
    return { name, mail, url: link.mailed ? null : (link.url ?? null), error: null };
  } catch (error) {
    return { name, mail, url: null, error };
  }
}
