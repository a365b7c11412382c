/** Whom a step rings, among which steps a share spreads, and what an agent must know. */
import { Button, Group, MultiSelect, NumberInput, Select, Stack, TagsInput, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useObjects } from "@/api/objects";
import { nameOf } from "@/ui/ObjectSelect";
import { nodeName } from "./describe";
import { ExitSelect } from "./ExitSelect";
import { useEditor } from "./editor";
import type { FieldProps } from "./fields";
import type { NodeOf } from "./graph";
import { RemoveButton } from "./RemoveButton";

export function RingTargets({ node, words, error, disabled, change }: FieldProps) {
  const { t } = words;
  const users = useObjects("user").data ?? [];
  const groups = useObjects("group").data ?? [];
  const targets = (node as NodeOf<"ring">).targets;
  const inside = targets.filter((target) => !target.startsWith("external:"));
  const outside = targets
    .filter((target) => target.startsWith("external:"))
    .map((target) => target.slice("external:".length));
  const set = (people: string[], numbers: string[]) =>
    change(["targets"], [...people, ...numbers.map((number) => `external:${number}`)]);
  return (
    <>
      <MultiSelect
        label={t("ringPeople")}
        error={error}
        disabled={disabled}
        searchable
        data={[
          {
            group: t("people"),
            items: users.map((one) => ({ value: `user:${one.id}`, label: nameOf(one) })),
          },
          {
            group: t("groups"),
            items: groups.map((one) => ({ value: `group:${one.id}`, label: nameOf(one) })),
          },
        ].filter((group) => group.items.length > 0)}
        value={inside}
        onChange={(next) => set(next, outside)}
      />
      <TagsInput
        label={t("ringOutside")}
        placeholder={outside.length ? "" : t("ringOutsideHint")}
        disabled={disabled}
        value={outside}
        onChange={(next) => set(inside, [...new Set(next.map(plain).filter(Boolean))])}
        inputMode="tel"
      />
    </>
  );
}

function plain(number: string): string {
  const kept = number.replaceAll(/[\s().-]/g, "");
  return /^\+?[0-9]{2,31}$/.test(kept) ? kept : "";
}

export function ShareTargets({ id, node, words, disabled, change }: FieldProps) {
  const { t } = words;
  const { doc } = useEditor();
  const { targets, by } = node as NodeOf<"share">;
  const free = Object.keys(doc.nodes).filter(
    (other) => other !== id && !targets.some((target) => target.to === other),
  );
  return (
    <Stack gap="xs">
      <Text size="sm" c="dimmed">
        {t("shareHint")}
      </Text>
      {targets.map((target, index) => (
        <Group key={target.to} gap="xs" align="flex-end" wrap="nowrap">
          <div style={{ flexGrow: 1 }}>
            <ExitSelect
              id={id}
              path={["targets", index, "to"]}
              target={target.to}
              label={t("way", { number: index + 1 })}
              words={words}
            />
          </div>
          {by === "weight" && (
            <NumberInput
              label={t("weight")}
              aria-label={t("weightOf", { number: index + 1 })}
              w={84}
              min={1}
              max={1000}
              disabled={disabled}
              value={target.weight}
              onChange={(next) => typeof next === "number" && change(["targets", index, "weight"], next)}
            />
          )}
          <RemoveButton
            label={t("removeCase", { number: index + 1 })}
            hidden={disabled}
            onClick={() =>
              change(
                ["targets"],
                targets.filter((_, other) => other !== index),
              )
            }
          />
        </Group>
      ))}
      <Select
        label={t("addWay")}
        leftSection={<IconPlus size={16} />}
        disabled={disabled || free.length === 0}
        data={free.map((other) => ({ value: other, label: nodeName(doc, other, words) }))}
        value={null}
        onChange={(next) => next && change(["targets"], [...targets, { to: next, weight: 1 }])}
      />
    </Stack>
  );
}

export function Skills({ node, words, disabled, change }: FieldProps) {
  const { t } = words;
  const skills = (node as NodeOf<"set">).skills ?? {};
  const known = useObjects("queue").data?.flatMap((queue) => [
    ...Object.keys(queue.skills ?? {}),
    ...(queue.agents ?? []).flatMap((agent) => Object.keys(agent.skills ?? {})),
  ]);
  const put = (names: string[]) =>
    change(
      ["skills"],
      Object.fromEntries(
        names
          .map(slug)
          .filter(Boolean)
          .map((name) => [name, skills[name] ?? 1]),
      ),
    );
  return (
    <TagsInput
      label={t("field.skills")}
      placeholder={Object.keys(skills).length ? "" : t("skillHint")}
      disabled={disabled}
      data={[...new Set(known)]}
      value={Object.keys(skills)}
      onChange={put}
    />
  );
}

/** A name as ids are: small letters without accents, hyphens for the rest. */
export function slug(text: string): string {
  return text
    .normalize("NFD")
    .replaceAll(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 50);
}

export function AddButton({
  label,
  onClick,
  disabled,
}: {
  label: string;
  onClick: () => void;
  disabled: boolean;
}) {
  return (
    <Button
      variant="light"
      size="compact-sm"
      leftSection={<IconPlus size={14} />}
      onClick={onClick}
      disabled={disabled}
      style={{ alignSelf: "flex-start" }}
    >
      {label}
    </Button>
  );
}
