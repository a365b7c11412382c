import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, call } from "@/api/client";
import type { components } from "@/api/generated";
import { idOf } from "@/api/ids";
import { isProblem } from "@/api/problem";
import { sessionQuery } from "@/api/session";
import { setupQuery } from "@/api/setup";
import type { Language } from "@/i18n";
import { here } from "@/ui/countries";
import { CodeStep } from "./CodeStep";
import { type CompanyFields, CompanyStep } from "./CompanyStep";
import { LanguageStep } from "./LanguageStep";
import { type YouFields, YouStep } from "./YouStep";

type Wanted = components["schemas"]["FirstAdministrator"];
const LONGEST_TENANT = 32;

/** `#code=…` of the link, or of what somebody pasted. */
export function codeIn(text: string): string {
  return (/code=([^&\s]+)/.exec(text)?.[1] ?? text).trim();
}

/** The first run: who can read what the machine prints becomes its administrator. */
export function SetupPage() {
  const { i18n } = useTranslation("setup");
  const client = useQueryClient();
  const navigate = useNavigate();
  const [code, setCode] = useState(() => codeIn(window.location.hash.slice(1)));
  const [step, setStep] = useState<"language" | "you" | "company">("language");
  const [you, setYou] = useState<YouFields>({ name: "", login: "", password: "" });
  const [company, setCompany] = useState<CompanyFields>(() => {
    const { country, zone } = here();
    return { name: "", country, zone, first: "100", last: "899", location: "" };
  });
  const make = useMutation({
    mutationFn: (fields: CompanyFields) => setUp(wantedOf(code, you, fields, i18n.language as Language)),
    onSuccess: async (done) => {
      const { tenant, ...session } = done;
      client.setQueryData(sessionQuery.queryKey, session);
      client.setQueryData(setupQuery.queryKey, { needed: false });
      await navigate({ to: "/setup/$tenant", params: { tenant } });
    },
    onError: (error) => {
      if (isProblem(error) && error.errors.some((one) => ["login", "name", "password"].includes(one.field)))
        setStep("you");
      if (isProblem(error, "setup-code-wrong")) setCode("");
    },
  });
  if (code === "" || isProblem(make.error, "setup-done")) {
    return <CodeStep error={make.error} onCode={setCode} />;
  }
  if (step === "language") {
    return <LanguageStep code={code} onWrong={() => setCode("")} onNext={() => setStep("you")} />;
  }
  if (step === "you") {
    const next = (fields: YouFields) => {
      setYou(fields);
      make.reset();
      setStep("company");
    };
    return <YouStep start={you} error={make.error} back={() => setStep("language")} onNext={next} />;
  }
  const next = (fields: CompanyFields) => {
    setCompany(fields);
    make.mutate(fields);
  };
  return (
    <CompanyStep
      start={company}
      error={make.error}
      loading={make.isPending}
      back={() => setStep("you")}
      onNext={next}
    />
  );
}

function wantedOf(code: string, you: YouFields, company: CompanyFields, language: Language): Wanted {
  return {
    code,
    ...you,
    language,
    company: {
      id: idOf(company.name, new Set(), LONGEST_TENANT),
      name: company.name,
      site: {
        id: "main",
        name: company.name,
        country: company.country,
        time_zone: company.zone,
        language,
        first_extension: company.first,
        last_extension: company.last,
        number: "",
        location: company.location,
      },
    },
  };
}

/** A company of the same name may be there already, the demo's say: ours gets a number behind it. */
async function setUp(wanted: Wanted): Promise<components["schemas"]["SetupDone"]> {
  const taken = new Set<string>();
  for (;;) {
    try {
      return await call(api.POST("/api/v1/setup", { body: wanted }));
    } catch (error) {
      if (!isProblem(error, "tenant-taken") || !wanted.company || taken.size > 20) throw error;
      taken.add(wanted.company.id);
      wanted.company = { ...wanted.company, id: idOf(wanted.company.name, taken, LONGEST_TENANT) };
    }
  }
}
