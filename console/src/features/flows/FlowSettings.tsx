import { Button, Divider, List, Stack, Text, TextInput } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useTenant } from "@/api/tenant";
import { useRemoval } from "@/ui/useRemoval";
import { useEditor } from "./editor";
import { useEntries } from "./entries";

/** Of the flow as a whole: its name, its extension, what leads to it. */
export function FlowSettings() {
  const { t } = useTranslation("flows");
  const tenant = useTenant();
  const navigate = useNavigate();
  const removal = useRemoval("flow");
  const { doc, may, changeFlow, saved } = useEditor();
  const entries = useEntries()(doc);
  return (
    <Stack>
      <TextInput
        label={t("name")}
        disabled={!may}
        value={doc.name ?? ""}
        onChange={(event) => changeFlow({ name: event.currentTarget.value })}
      />
      <TextInput
        label={t("extension")}
        description={t("extensionHint")}
        disabled={!may}
        inputMode="numeric"
        value={doc.extension ?? ""}
        onChange={(event) => changeFlow({ extension: event.currentTarget.value || null })}
      />
      <div>
        <Text size="sm" fw={500}>
          {t("leads")}
        </Text>
        {entries.length === 0 ? (
          <Text size="sm" c="dimmed">
            {t("leadsNone")}
          </Text>
        ) : (
          <List size="sm">
            {entries.map((entry) => (
              <List.Item key={entry}>{entry}</List.Item>
            ))}
          </List>
        )}
      </div>
      {may && (
        <>
          <Divider />
          <Button
            variant="light"
            color="red"
            leftSection={<IconTrash size={16} />}
            style={{ alignSelf: "flex-start" }}
            onClick={() =>
              removal({
                id: doc.id,
                name: doc.name || doc.id,
                onRemoved: () => {
                  saved(doc);
                  void navigate({ to: "/t/$tenant/flows", params: { tenant }, ignoreBlocker: true });
                },
              })
            }
          >
            {t("removeFlow")}
          </Button>
        </>
      )}
    </Stack>
  );
}
