import { Button, Group, Select, Stack, Text } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useObjects } from "@/api/objects";
import { isProblem, wordsOf } from "@/api/problem";
import { useMay } from "@/api/session";
import { Loaded } from "@/ui/Loaded";
import { nameOf } from "@/ui/ObjectSelect";
import { notifyDone } from "@/ui/saved";
import { Panel } from "./Panel";
import { type Personal, useChangePersonal, usePersonal, useSavePersonal } from "./settings";
import { TargetInput } from "./TargetInput";
import { dialled } from "./target";
import { WeekInput } from "./WeekInput";
import { OFFICE_WEEK, type Week, weekErrors } from "./week";

/** When the person can be called; at other times calls go elsewhere at once. */
export function OwnHours({ user }: { user: string }) {
  const settings = usePersonal(user);
  return (
    <Loaded query={settings}>
      {({ hours }) => <Form key={JSON.stringify(hours)} user={user} now={hours} />}
    </Loaded>
  );
}

function Form({ user, now }: { user: string; now: Personal["hours"] }) {
  const { t } = useTranslation("portal");
  const change = useChangePersonal(user);
  const save = useSavePersonal(user, () => notifyDone(t("hours.saved"), t("hours.title")));
  const written = now.schedule !== "" || Object.keys(now.weekly ?? {}).length > 0;
  const [schedule, setSchedule] = useState(now.schedule);
  const [week, setWeek] = useState<Week>(written ? (now.weekly ?? {}) : OFFICE_WEEK);
  const [outside, setOutside] = useState(now.outside);
  const [open, setOpen] = useState(now.enabled && written);
  const wrong = schedule === "" && weekErrors(week).length > 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const weekly = schedule ? {} : week;
    save.mutate({ hours: { enabled: true, schedule, weekly, outside: dialled(outside) } });
  };
  const turn = (on: boolean) => {
    setOpen(on);
    if (written) change.mutate({ hours: { enabled: on } });
  };
  return (
    <Panel title={t("hours.title")} hint={t("hours.hint")} on={open} onSwitch={turn}>
      {open && (
        <form onSubmit={submit}>
          <Stack>
            <WhichHours value={schedule} onChange={setSchedule} />
            {schedule === "" && <WeekInput value={week} onChange={setWeek} />}
            <TargetInput
              label={t("hours.outside")}
              description={t("hours.outsideHint")}
              error={isProblem(save.error) ? wordsOf(save.error) : null}
              maw={420}
              value={outside}
              onChange={setOutside}
            />
            <Group>
              <Button type="submit" loading={save.isPending} disabled={wrong}>
                {t("save", { ns: "common" })}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Panel>
  );
}

/** The company's hours can be chosen by who may read them; else what is set is only told. */
function WhichHours({ value, onChange }: { value: string; onChange: (schedule: string) => void }) {
  const { t } = useTranslation("portal");
  const may = useMay("config.read");
  if (may) return <Choose value={value} onChange={onChange} />;
  if (value === "") return null;
  return (
    <Group>
      <Text size="sm">{t("hours.company", { name: value })}</Text>
      <Button size="compact-sm" variant="light" onClick={() => onChange("")}>
        {t("hours.toOwn")}
      </Button>
    </Group>
  );
}

function Choose({ value, onChange }: { value: string; onChange: (schedule: string) => void }) {
  const { t } = useTranslation("portal");
  const schedules = useObjects("schedule").data ?? [];
  return (
    <Select
      label={t("hours.which")}
      maw={420}
      allowDeselect={false}
      data={[
        { value: "own", label: t("hours.own") },
        ...schedules.map((one) => ({ value: one.id, label: nameOf(one) })),
      ]}
      value={value || "own"}
      onChange={(next) => onChange(next === "own" || next === null ? "" : next)}
    />
  );
}
