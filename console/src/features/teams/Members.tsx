import { ActionIcon, Box, Group, NumberInput, Select, Stack, Switch, TagsInput, Text } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconGripVertical, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useObjects } from "@/api/objects";
import { nameOf } from "@/ui/ObjectSelect";
import { moved, skillsOf, skillTags } from "./skills";

export interface Member {
  user: string;
  weight: number;
  level?: number;
  always?: boolean;
  skills?: Record<string, number>;
}

interface Props<M extends Member> {
  members: M[];
  onChange: (members: M[]) => void;
  /** Somebody new in it. */
  made: (user: string) => M;
  /** What of each member the strategy uses. */
  uses: { weight?: boolean; level?: boolean; skills?: boolean; always?: boolean };
  disabled: boolean;
}

/** Who rings, in order: dragged, or moved by buttons. */
export function Members<M extends Member>({ members, onChange, made, uses, disabled }: Props<M>) {
  const { t } = useTranslation("teams");
  const users = useObjects("user").data ?? [];
  const [dragged, setDragged] = useState<number | null>(null);
  const left = users.filter((user) => !members.some((member) => member.user === user.id));
  const put = (index: number, fields: Partial<M>) =>
    onChange(members.map((one, at) => (at === index ? { ...one, ...fields } : one)));
  return (
    <Stack gap="xs">
      {members.length === 0 && (
        <Text size="sm" c="dimmed">
          {t("nobody")}
        </Text>
      )}
      <Box component="ol" m={0} p={0} style={{ listStyle: "none" }}>
        {members.map((member, index) => {
          const user = users.find((one) => one.id === member.user);
          const name = user ? nameOf(user) : member.user;
          return (
            <Box
              component="li"
              key={member.user}
              draggable={!disabled}
              onDragStart={() => setDragged(index)}
              onDragOver={(event) => event.preventDefault()}
              onDrop={() => {
                if (dragged !== null) onChange(moved(members, dragged, index));
                setDragged(null);
              }}
              py={6}
              style={{ borderBottom: "1px solid var(--mantine-color-default-border)" }}
            >
              <Group gap="sm">
                {!disabled && (
                  <IconGripVertical size={18} aria-hidden style={{ cursor: "grab", opacity: 0.6 }} />
                )}
                <Text size="sm" style={{ flex: "1 1 9rem" }}>
                  {name}
                </Text>
                <Own
                  member={member}
                  uses={uses}
                  name={name}
                  put={(fields) => put(index, fields as Partial<M>)}
                />
                {!disabled && (
                  <Group gap={2} wrap="nowrap">
                    <ActionIcon
                      variant="subtle"
                      disabled={index === 0}
                      aria-label={t("up", { name })}
                      onClick={() => onChange(moved(members, index, index - 1))}
                    >
                      <IconArrowUp size={18} />
                    </ActionIcon>
                    <ActionIcon
                      variant="subtle"
                      disabled={index === members.length - 1}
                      aria-label={t("down", { name })}
                      onClick={() => onChange(moved(members, index, index + 1))}
                    >
                      <IconArrowDown size={18} />
                    </ActionIcon>
                    <ActionIcon
                      variant="subtle"
                      color="red"
                      aria-label={t("takeOut", { name })}
                      onClick={() => onChange(members.filter((_, at) => at !== index))}
                    >
                      <IconTrash size={18} />
                    </ActionIcon>
                  </Group>
                )}
              </Group>
            </Box>
          );
        })}
      </Box>
      {!disabled && (
        <Select
          aria-label={t("addPerson")}
          placeholder={t("addPerson")}
          searchable
          maw={360}
          data={left.map((user) => ({ value: user.id, label: nameOf(user) }))}
          value={null}
          onChange={(user) => user && onChange([...members, made(user)])}
        />
      )}
    </Stack>
  );
}

interface OwnProps {
  member: Member;
  name: string;
  uses: Props<Member>["uses"];
  put: (fields: Partial<Member>) => void;
}

function Own({ member, name, uses, put }: OwnProps) {
  const { t } = useTranslation("teams");
  return (
    <>
      {uses.weight && (
        <NumberInput
          size="xs"
          w={110}
          min={1}
          max={1000}
          prefix={`${t("weight")} `}
          aria-label={`${t("weight")}: ${name}`}
          value={member.weight}
          onChange={(value) => put({ weight: Number(value) || 1 })}
        />
      )}
      {uses.level && (
        <NumberInput
          size="xs"
          w={110}
          min={1}
          max={100}
          prefix={`${t("level")} `}
          aria-label={`${t("level")}: ${name}`}
          value={member.level ?? 1}
          onChange={(value) => put({ level: Number(value) || 1 })}
        />
      )}
      {uses.skills && (
        <TagsInput
          size="xs"
          style={{ flex: "1 1 10rem" }}
          placeholder={t("skillsExample")}
          aria-label={`${t("skills")}: ${name}`}
          value={skillTags(member.skills)}
          onChange={(tags) => put({ skills: skillsOf(tags) })}
        />
      )}
      {uses.always && (
        <Switch
          label={t("always")}
          checked={member.always ?? false}
          onChange={() => put({ always: !member.always })}
        />
      )}
    </>
  );
}
