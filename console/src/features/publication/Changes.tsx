import { Badge, Group, Paper, Spoiler, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useDestinationName } from "@/ui/DestinationSelect";
import type { Change } from "./api";
import { fieldName, valueName } from "./difference";

const COLORS: Record<string, string> = { added: "teal", changed: "azulejo", removed: "red" };

/** What changed, object by object and field by field. */
export function Changes({ changes }: { changes: Change[] }) {
  const { t } = useTranslation("publication");
  if (changes.length === 0) return <Text c="dimmed">{t("noChanges")}</Text>;
  return (
    <Stack gap="sm" role="list" aria-label={t("changes")}>
      {changes.map((change) => (
        <Paper key={`${change.kind}/${change.id}`} withBorder p="sm" role="listitem">
          <Group gap="sm" mb={change.fields.length ? 6 : 0}>
            <Badge variant="light" color={COLORS[change.action] ?? "gray"} tt="none">
              {t(`action.${change.action}`)}
            </Badge>
            <Text size="sm" fw={600}>
              {t(`kind.${change.kind}`, { ns: "common", defaultValue: change.kind })} {nameIn(change)}
            </Text>
          </Group>
          <Spoiler maxHeight={190} showLabel={t("all", { ns: "common" })} hideLabel={t("less")}>
            <Stack gap={4}>
              {change.fields.map((field) => (
                <Field key={field.field} change={change} {...field} />
              ))}
            </Stack>
          </Spoiler>
        </Paper>
      ))}
    </Stack>
  );
}

/** What people call the object, where the difference tells it, else its id. */
function nameIn(change: Change): string {
  const name = change.fields.find((one) => one.field === "name");
  const said = name?.after ?? name?.before;
  return typeof said === "string" && said ? said : change.id;
}

interface FieldProps {
  change: Change;
  field: string;
  before?: unknown;
  after?: unknown;
}

function Field({ change, field, before, after }: FieldProps) {
  const { t } = useTranslation("publication");
  const destination = useDestinationName();
  const say = (value: unknown) => valueName(value, t, destination);
  return (
    <Text size="sm" style={{ overflowWrap: "anywhere" }}>
      <Text span c="dimmed" size="sm">
        {fieldName(field, t)}:{" "}
      </Text>
      {change.action !== "added" && (
        <Text span size="sm" td={change.action === "changed" ? "line-through" : undefined}>
          {say(before)}
        </Text>
      )}
      {change.action === "changed" && " → "}
      {change.action !== "removed" && (
        <Text span size="sm" fw={500}>
          {say(after)}
        </Text>
      )}
    </Text>
  );
}
