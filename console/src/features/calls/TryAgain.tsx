import { Alert, Button, List, Stack, Text } from "@mantine/core";
import { IconCheck, IconPlayerPlay, IconRouteAltLeft } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, call } from "@/api/client";
import { useObjects } from "@/api/objects";
import { useTenant } from "@/api/tenant";
import { ProblemAlert } from "@/ui/ProblemAlert";
import type { Names } from "@/ui/useNames";
import { type Difference, differences, type Scenario, type Simulation, scenarioOf } from "./again";
import type { CallDetail } from "./journey";

interface Props {
  detail: CallDetail;
  names: Names;
}

/** Where the same call would go at this moment, and what differs. Nobody is rung. */
export function TryAgain({ detail, names }: Props) {
  const { t } = useTranslation("calls");
  const tenant = useTenant();
  const trunks = useObjects("trunk");
  const scenario = scenarioOf(
    detail,
    (trunks.data ?? []).map((one) => one.id),
  );
  const attempt = useMutation({
    mutationFn: (body: Scenario) =>
      call(
        api.POST("/api/v1/tenants/{tenant}/simulate", {
          params: { path: { tenant }, query: { version: "published" } },
          body: body as never, // what has a default may be left out, which the document's types do not say
        }),
      ),
  });
  if (!scenario) {
    return (
      <Text size="sm" c="dimmed">
        {t("cannotTry")}
      </Text>
    );
  }
  return (
    <Stack align="flex-start">
      <Button
        variant="light"
        leftSection={<IconPlayerPlay size={18} aria-hidden />}
        loading={attempt.isPending || trunks.isPending}
        onClick={() => attempt.mutate(scenario)}
      >
        {t("tryNow")}
      </Button>
      <ProblemAlert error={attempt.error} />
      {attempt.data && <Result found={differences(detail, attempt.data)} now={attempt.data} names={names} />}
    </Stack>
  );
}

function Result({ found, now, names }: { found: Difference[]; now: Simulation; names: Names }) {
  const { t } = useTranslation("calls");
  const place = (node: string) => {
    if (!node) return t("itEnds");
    const [flow = "", ...rest] = node.split("/");
    return `${names.flow(flow)} / ${rest.join("/")}`;
  };
  const same = found.length === 0;
  return (
    <Alert
      w="100%"
      role="status"
      color={same ? "teal" : "lamp"}
      icon={same ? <IconCheck /> : <IconRouteAltLeft />}
      title={same ? t("sameWay") : t("otherWay")}
    >
      <Text size="sm">{t("wouldRest", { where: names.target(now.rest) || t("itEnds") })}</Text>
      {!same && (
        <List size="sm" mt="xs">
          {found.map((one) => (
            <List.Item key={one.kind}>
              {one.kind === "way"
                ? t("difference.way", { was: place(one.was), now: place(one.now) })
                : t("difference.rest", { was: names.target(one.was), now: names.target(one.now) })}
            </List.Item>
          ))}
        </List>
      )}
      <Text size="xs" c="dimmed" mt="xs">
        {t("triedHint")}
      </Text>
    </Alert>
  );
}
