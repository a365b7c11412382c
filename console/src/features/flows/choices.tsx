/** The keys of a menu's step, and the ways out of a queue's. */
import { Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useObjects } from "@/api/objects";
import { exitName } from "./describe";
import { ExitSelect } from "./ExitSelect";
import type { FieldProps } from "./fields";
import type { NodeOf } from "./graph";
import { RemoveButton } from "./RemoveButton";
import { AddButton } from "./targets";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "*", "#"];

function without<T>(map: Record<string, T>, key: string): Record<string, T> {
  const { [key]: _, ...rest } = map;
  return rest;
}

export function MenuChoices({ id, node, words, error, disabled, change }: FieldProps) {
  const { t } = words;
  const { choices = {}, languages = {} } = node as NodeOf<"menu">;
  const [key, setKey] = useState("");
  const next = key || (KEYS.find((one) => !(one in choices)) ?? "");
  const valid = /^([0-9]{1,8}|[*#])$/.test(next) && !(next in choices);
  return (
    <Stack gap="xs">
      <Text size="sm" fw={500}>
        {t("field.choices")}
      </Text>
      {error && (
        <Text size="xs" c="red">
          {error}
        </Text>
      )}
      {Object.entries(choices).map(([keys, target]) => (
        <Group key={keys} gap="xs" align="flex-end" wrap="nowrap">
          <div style={{ flexGrow: 1, minWidth: 0 }}>
            <ExitSelect
              id={id}
              path={["choices", keys]}
              target={target ?? null}
              label={t("keyPressed", { key: keys })}
              words={words}
            />
          </div>
          <Select
            w={104}
            aria-label={`${t("keyLanguage")}: ${t("keyPressed", { key: keys })}`}
            placeholder={t("keyLanguageNone")}
            clearable
            disabled={disabled}
            data={["es", "en"].map((one) => ({ value: one, label: t(`option.language.${one}`) }))}
            value={languages[keys] ?? null}
            onChange={(language) =>
              change(["languages"], language ? { ...languages, [keys]: language } : without(languages, keys))
            }
          />
          <RemoveButton
            label={t("removeKey", { key: keys })}
            hidden={disabled}
            onClick={() => {
              change(["choices"], without(choices, keys));
              if (keys in languages) change(["languages"], without(languages, keys));
            }}
          />
        </Group>
      ))}
      <Group gap="xs" align="flex-end">
        <TextInput
          label={t("key")}
          w={84}
          maxLength={8}
          disabled={disabled}
          value={next}
          onChange={(event) => setKey(event.currentTarget.value)}
        />
        <AddButton
          label={t("addKey")}
          disabled={disabled || !valid}
          onClick={() => {
            change(["choices", next], null);
            setKey("");
          }}
        />
      </Group>
    </Stack>
  );
}

const REASONS = ["wait", "size", "no-agents", "estimated-wait", "callback"];

export function QueueExits({ id, node, words, disabled, change }: FieldProps) {
  const { t } = words;
  const { exits = {}, queue } = node as NodeOf<"queue">;
  const own = useObjects("queue").data?.find((one) => one.id === queue);
  const possible = [...REASONS, ...new Set(Object.values(own?.exits ?? {}))].filter((one) => !(one in exits));
  return (
    <Stack gap="xs">
      <div>
        <Text size="sm" fw={500}>
          {t("field.exits")}
        </Text>
        <Text size="xs" c="dimmed">
          {t("help.exits")}
        </Text>
      </div>
      {Object.entries(exits).map(([reason, target]) => {
        const label = exitName(node, ["exits", reason], words);
        return (
          <Group key={reason} gap="xs" align="flex-end" wrap="nowrap">
            <div style={{ flexGrow: 1, minWidth: 0 }}>
              <ExitSelect
                id={id}
                path={["exits", reason]}
                target={target ?? null}
                label={label}
                words={words}
              />
            </div>
            <RemoveButton
              label={t("removeExit", { exit: label })}
              hidden={disabled}
              onClick={() => change(["exits"], without(exits, reason))}
            />
          </Group>
        );
      })}
      <Select
        aria-label={t("addExit")}
        placeholder={t("addExit")}
        disabled={disabled}
        data={possible.map((one) => ({ value: one, label: exitName(node, ["exits", one], words) }))}
        value={null}
        onChange={(next) => next && change(["exits", next], null)}
      />
    </Stack>
  );
}
