import { Button, Checkbox, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { instant } from "@/i18n/format";
import type { CalendarEditor } from "./CalendarPage";
import type { Marked } from "./YearView";

interface Props extends Pick<CalendarEditor, "draft" | "put"> {
  /** The day that was clicked; null: none. */
  iso: string | null;
  mark: Marked | undefined;
  onClose: () => void;
}

/** A day of one's own: made, renamed or taken away. */
export function OwnDay({ iso, mark, draft, put, onClose }: Props) {
  const { t } = useTranslation("hours");
  const index = draft.days.findIndex((day) => iso && (day.date === iso || day.date === iso.slice(5)));
  const there = index < 0 ? undefined : draft.days[index];
  const [name, setName] = useState("");
  const [yearly, setYearly] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: begun anew for each day that is opened
  useEffect(() => {
    setName(there?.name ?? "");
    setYearly(there?.date.length === 5);
  }, [iso]);
  const others = draft.days.filter((_, at) => at !== index);
  const keep = () => {
    if (!iso) return;
    const days = [...others, { date: yearly ? iso.slice(5) : iso, name: name.trim() }];
    put({ days: days.sort((one, other) => one.date.localeCompare(other.date)) });
    onClose();
  };
  return (
    <Modal
      opened={iso !== null}
      onClose={onClose}
      title={iso ? instant(`${iso}T12:00:00Z`, "UTC", { dateStyle: "full" }) : ""}
      closeButtonProps={{ "aria-label": t("close", { ns: "common" }) }}
    >
      <Stack>
        {mark && !there && <Text size="sm">{t("already", { name: mark.name })}</Text>}
        <TextInput
          label={t("holidayName")}
          placeholder={t("holidayExample")}
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            event.preventDefault();
            keep();
          }}
        />
        <Checkbox label={t("everyYear")} checked={yearly} onChange={() => setYearly(!yearly)} />
        <Group justify="flex-end">
          {there && (
            <Button
              variant="subtle"
              color="red"
              onClick={() => {
                put({ days: others });
                onClose();
              }}
            >
              {t("removeDay")}
            </Button>
          )}
          <Button onClick={keep}>{t(there ? "changeDay" : "markDay")}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
