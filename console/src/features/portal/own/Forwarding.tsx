import { Button, Group, NumberInput, Stack } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { isProblem, wordsOf } from "@/api/problem";
import { Loaded } from "@/ui/Loaded";
import { notifyDone } from "@/ui/saved";
import { Panel } from "./Panel";
import { type Personal, useChangePersonal, useDirectory, usePersonal, useSavePersonal } from "./settings";
import { TargetInput } from "./TargetInput";
import { dialled, spelled } from "./target";

const WHEN = ["always", "no_answer", "busy", "unreachable"] as const;
type When = (typeof WHEN)[number];

/** Where calls go on to, and when. */
export function Forwarding({ user }: { user: string }) {
  const settings = usePersonal(user);
  return (
    <Loaded query={settings}>
      {(now) => (
        <Stack>
          {WHEN.map((when) => (
            <One key={`${when}/${now[`forward_${when}`]}`} user={user} when={when} now={now} />
          ))}
        </Stack>
      )}
    </Loaded>
  );
}

function One({ user, when, now }: { user: string; when: When; now: Personal }) {
  const { t } = useTranslation("portal");
  const field = `forward_${when}` as const;
  const target = now[field];
  const people = useDirectory().data ?? [];
  const change = useChangePersonal(user);
  const save = useSavePersonal(user, (sent) =>
    notifyDone(t("forward.now", { target: spelled(sent[field] ?? "", people) }), t(`forward.${when}.title`)),
  );
  const [open, setOpen] = useState(target !== "");
  const [text, setText] = useState(target);
  const [seconds, setSeconds] = useState<number | string>(now.ring_seconds);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wanted = dialled(text);
    const own = when === "no_answer" ? { ring_seconds: Number(seconds) } : {};
    save.mutate({ [field]: wanted, ...own });
  };
  const turn = (on: boolean) => {
    setOpen(on);
    if (!on && target) change.mutate({ [field]: "" });
  };
  const refused = save.error;
  const error = isProblem(refused)
    ? (refused.errors.find((one) => one.field === field)?.detail ?? wordsOf(refused))
    : null;
  const changed = dialled(text) !== target || (when === "no_answer" && seconds !== now.ring_seconds);
  return (
    <Panel
      title={t(`forward.${when}.title`)}
      hint={target ? t("forward.to", { target: spelled(target, people) }) : t(`forward.${when}.hint`)}
      on={open}
      onSwitch={turn}
    >
      {open && (
        <form onSubmit={submit}>
          <Group align="flex-start">
            <TargetInput
              label={t("forward.target")}
              description={t("forward.targetHint")}
              error={error}
              style={{ flex: "1 1 14rem" }}
              value={text}
              onChange={setText}
            />
            {when === "no_answer" && (
              <NumberInput
                label={t("forward.seconds")}
                description={t("forward.secondsHint")}
                w={160}
                min={3}
                max={180}
                suffix=" s"
                value={seconds}
                onChange={setSeconds}
              />
            )}
          </Group>
          <Button type="submit" mt="sm" loading={save.isPending} disabled={dialled(text) === "" || !changed}>
            {t("save", { ns: "common" })}
          </Button>
        </form>
      )}
    </Panel>
  );
}
