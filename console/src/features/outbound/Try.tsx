import { Alert, Button, Group, List, Text, TextInput } from "@mantine/core";
import { IconCheck, IconX } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, call } from "@/api/client";
import { useTenant } from "@/api/tenant";
import { Section } from "@/ui/editor";
import { ObjectSelect } from "@/ui/ObjectSelect";
import { ProblemAlert } from "@/ui/ProblemAlert";

/** May somebody dial a number, and by which trunk would it leave? Asked of the simulator: nobody is called. */
export function Try() {
  const { t } = useTranslation("outbound");
  const tenant = useTenant();
  const [user, setUser] = useState<string | null>(null);
  const [number, setNumber] = useState("");
  const trial = useMutation({
    mutationFn: (wanted: { user: string; number: string }) =>
      call(
        api.POST("/api/v1/tenants/{tenant}/simulate", {
          params: { path: { tenant } },
          body: {
            from: `user:${wanted.user}`,
            to: wanted.number.replaceAll(/[\s().-]/g, ""),
            press: [],
            answer: {},
            outside: {},
            paused: [],
            waiting: {},
            overrides: [],
            lookups: {},
            caller_name: "",
            ip_country: "",
            objects: [],
          },
        }),
      ),
  });
  const result = trial.data;
  const rang = result?.rang.filter((one) => one.trunk) ?? [];
  const may = result?.outcome === "answered";
  return (
    <Section title={t("try")} hint={t("tryHint")}>
      <Group align="flex-end">
        <ObjectSelect kind="user" label={t("tryWho")} value={user} onChange={setUser} />
        <TextInput
          label={t("tryNumber")}
          inputMode="tel"
          placeholder="+44 20 7946 0000"
          value={number}
          onChange={(event) => setNumber(event.currentTarget.value)}
        />
        <Button
          variant="light"
          loading={trial.isPending}
          disabled={!user || !number.trim()}
          onClick={() => user && trial.mutate({ user, number })}
        >
          {t("tryButton")}
        </Button>
      </Group>
      <ProblemAlert error={trial.error} />
      {result && (
        <Alert
          role="status"
          color={may ? "teal" : "lamp"}
          icon={may ? <IconCheck /> : <IconX />}
          title={t(may ? "tryYes" : "tryNo")}
        >
          {rang.map((one) => (
            <Text size="sm" key={one.nth}>
              {t("tryLeaves", { trunk: one.trunk, written: one.written })}
              {one.shown ? ` ${t("tryShown", { shown: one.shown })}` : ""}
            </Text>
          ))}
          <List size="sm" mt="xs">
            {result.steps.map((step) => (
              <List.Item key={step.nth}>{step.reason}</List.Item>
            ))}
          </List>
        </Alert>
      )}
    </Section>
  );
}
