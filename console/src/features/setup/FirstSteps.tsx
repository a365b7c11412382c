import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, call } from "@/api/client";
import { type Stored, useObjects } from "@/api/objects";
import { useMe } from "@/api/session";
import { useTenant } from "@/api/tenant";
import { Doorstep } from "@/features/session/Doorstep";
import { ButtonTo } from "@/ui/LinkTo";
import { Loaded } from "@/ui/Loaded";
import { CallsStep } from "./CallsStep";
import { DoneStep } from "./DoneStep";
import { HoursStep } from "./HoursStep";
import { type Made, useMakeAll } from "./making";
import { OutsideStep } from "./OutsideStep";
import { PeopleStep } from "./PeopleStep";
import type { Answers } from "./plan";

/** After the company is made: people, hours, a number and what happens to calls, put in force all at once. */
export function FirstSteps() {
  const { t } = useTranslation("setup");
  const tenant = useTenant();
  const [made, setMade] = useState<Made>();
  const sites = useObjects("site");
  const users = useObjects("user");
  const name = useQuery({
    queryKey: ["tenants", tenant],
    queryFn: () => call(api.GET("/api/v1/tenants/{tenant}", { params: { path: { tenant } } })),
  });
  if (made) return <DoneStep made={made} />;
  if (!sites.data || !users.data || !name.data) {
    const refetch = () => Promise.all([sites.refetch(), users.refetch(), name.refetch()]);
    const error = sites.error ?? users.error ?? name.error;
    return (
      <Doorstep wide title={t("firstSteps")}>
        <Loaded query={{ data: undefined, error, refetch }}>{() => null}</Loaded>
      </Doorstep>
    );
  }
  const site = sites.data[0];
  if (users.data.length > 0 || !site) {
    return (
      <Doorstep wide title={t("begun", { company: name.data.name })} intro={t("begunIntro")}>
        <ButtonTo to="/">{t("toConsole")}</ButtonTo>
      </Doorstep>
    );
  }
  return <Asking company={name.data.name} site={site} onMade={setMade} />;
}

interface AskingProps {
  company: string;
  site: Stored<"site">;
  onMade: (made: Made) => void;
}

function Asking({ company, site, onMade }: AskingProps) {
  const me = useMe();
  const [step, setStep] = useState<"people" | "hours" | "outside" | "calls">("people");
  const [invite, setInvite] = useState(true);
  const [answers, setAnswers] = useState<Answers>(() => beginning(me.name, me.login));
  const make = useMakeAll(company, site, onMade);
  const take = (part: Partial<Answers>) => setAnswers((before) => ({ ...before, ...part }));
  switch (step) {
    case "people":
      return (
        <PeopleStep
          site={site}
          start={answers.people}
          invite={invite}
          onInvite={setInvite}
          onNext={(people) => {
            take({ people });
            setStep("hours");
          }}
        />
      );
    case "hours":
      return (
        <HoursStep
          country={site.country ?? "ES"}
          start={answers.hours}
          back={() => setStep("people")}
          onNext={(hours) => {
            take({ hours });
            setStep("outside");
          }}
        />
      );
    case "outside":
      return (
        <OutsideStep
          start={answers.outside}
          error={make.error}
          back={() => setStep("hours")}
          onNext={(outside) => {
            take({ outside });
            make.reset();
            setStep("calls");
          }}
        />
      );
    case "calls":
      return (
        <CallsStep
          company={company}
          answers={answers}
          making={make}
          back={() => setStep("outside")}
          onKeep={(calls) => take({ calls })}
          onNext={(calls) => {
            take({ calls });
            make.mutate({ answers: { ...answers, calls }, invite });
          }}
        />
      );
  }
}

/** What is there before anything was answered: whoever sets up is the first of the people. */
function beginning(name: string, mail: string): Answers {
  return {
    people: [
      { key: "1", name, mail },
      { key: "2", name: "", mail: "" },
    ],
    hours: {
      always: false,
      days: ["mon", "tue", "wed", "thu", "fri"],
      from: "09:00",
      to: "18:00",
      split: false,
      back: "16:00",
      until: "19:00",
      holidays: true,
    },
    outside: {
      later: false,
      number: "",
      provider: "",
      host: "",
      register: true,
      username: "",
      password: "",
    },
    calls: { template: "everybody", voicemail: "1", choices: [], welcome: "", closed: "" },
  };
}
