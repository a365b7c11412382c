import { Button, Group, Stack } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPencil, IconPlus } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Kind } from "@/api/objects";
import { useMay } from "@/api/session";
import { ObjectSelect } from "@/ui/ObjectSelect";
import { MakeMenu } from "./MakeMenu";
import { MakePrompt } from "./MakePrompt";
import { MakeQueue } from "./MakeQueue";
import { MakeSchedule } from "./MakeSchedule";

export interface MakeProps {
  opened: boolean;
  close: () => void;
  /** The object that is edited; null: a new one. */
  edited: string | null;
  made: (id: string) => void;
}

const MAKERS: Partial<Record<Kind, (props: MakeProps) => ReactNode>> = {
  menu: MakeMenu,
  prompt: MakePrompt,
  queue: MakeQueue,
  schedule: MakeSchedule,
};
/** Kinds whose dialog edits as well; the others have pages of their own for that. */
const EDITED: Kind[] = ["menu", "prompt"];

interface Props {
  kind: Kind;
  label: string;
  description?: string;
  error?: string | undefined;
  required: boolean;
  disabled: boolean;
  placeholder?: string;
  value: string | null;
  onChange: (id: string | null) => void;
}

/** An object chosen by its name, or made on the spot. */
export function ChosenObject({ kind, value, onChange, ...props }: Props) {
  const { t } = useTranslation("flows");
  const may = useMay("config.write") && !props.disabled;
  const [making, make] = useDisclosure(false);
  const [editing, edit] = useDisclosure(false);
  const Maker = MAKERS[kind];
  const what = t(`kind.${kind}`, { ns: "common" });
  return (
    <Stack gap={6}>
      <ObjectSelect kind={kind} value={value || null} onChange={onChange} {...props} />
      {Maker && may && (
        <Group gap="xs">
          <Button variant="subtle" size="compact-xs" leftSection={<IconPlus size={14} />} onClick={make.open}>
            {t("make", { what })}
          </Button>
          {value && EDITED.includes(kind) && (
            <Button
              variant="subtle"
              size="compact-xs"
              leftSection={<IconPencil size={14} />}
              onClick={edit.open}
            >
              {t("edit", { name: what })}
            </Button>
          )}
        </Group>
      )}
      {Maker && making && <Maker opened close={make.close} edited={null} made={onChange} />}
      {Maker && editing && <Maker opened close={edit.close} edited={value} made={onChange} />}
    </Stack>
  );
}
