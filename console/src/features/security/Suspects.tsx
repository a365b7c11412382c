import { Button, Stack, Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import { useTranslation } from "react-i18next";
import { useNow } from "@/api/board";
import { relative, time } from "@/i18n/format";
import { type Column, DataTable } from "@/ui/DataTable";
import { Status } from "@/ui/Status";
import { notifyDone, notifyProblem } from "@/ui/saved";
import { type Suspect, useLift } from "./security";
import { Who } from "./Who";

interface Props {
  suspects: Suspect[];
  tenant: string;
  mayLift: boolean;
  names: Map<string, string>;
}

/** Failures that are counted together: who has to wait, and how near the others are to it. */
export function Suspects({ suspects, tenant, mayLift, names }: Props) {
  const { t } = useTranslation("security");
  const columns: Column<Suspect>[] = [
    {
      key: "who",
      header: t("who"),
      render: (one) => <Who {...one} everywhere={tenant === ""} names={names} />,
    },
    {
      key: "failures",
      header: t("failures"),
      wide: true,
      render: (one) => t("failuresOf", { failures: one.failures, limit: one.limit }),
    },
    { key: "state", header: t("state"), render: (one) => <State suspect={one} /> },
  ];
  if (mayLift) {
    columns.push({
      key: "lift",
      header: t("whatToDo"),
      align: "right",
      render: (one) => one.blocked && <LiftButton suspect={one} tenant={tenant} names={names} />,
    });
  }
  return (
    <DataTable
      label={t("suspects")}
      columns={columns}
      rows={suspects}
      rowKey={(one) => `${one.kind}/${one.scope}/${one.source}/${one.user}`}
    />
  );
}

function State({ suspect }: { suspect: Suspect }) {
  const { t } = useTranslation("security");
  const now = useNow();
  if (!suspect.blocked || !suspect.until) return <Status tone="none">{t("mayTry")}</Status>;
  return (
    <Stack gap={2}>
      <Status tone="warning">{t("blocked")}</Status>
      <Text size="xs" c="dimmed">
        {t("until", { at: time(suspect.until), in: relative(suspect.until, now) })}
      </Text>
    </Stack>
  );
}

interface LiftProps {
  suspect: Suspect;
  tenant: string;
  names: Map<string, string>;
}

function LiftButton({ suspect, tenant, names }: LiftProps) {
  const { t } = useTranslation("security");
  const lift = useLift(tenant);
  const { kind, user, source } = suspect;
  const name = user ? (names.get(user) ?? user) : source;
  const ask = () =>
    modals.openConfirmModal({
      title: t("liftQuestion", { name }),
      children: <Text size="sm">{t(user ? `liftHint.${kind}` : "liftHint.source")}</Text>,
      labels: { confirm: t("lift"), cancel: t("cancel", { ns: "common" }) },
      onConfirm: () =>
        lift.mutate(
          { kind, user, source },
          {
            onSuccess: ({ lifted }) => notifyDone(t(lifted ? "lifted" : "hadNotToWait", { name })),
            onError: notifyProblem,
          },
        ),
    });
  return (
    <Button size="compact-sm" variant="light" loading={lift.isPending} onClick={ask}>
      {t("lift")}
    </Button>
  );
}
