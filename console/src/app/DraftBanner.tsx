import { Alert, Group, Text } from "@mantine/core";
import { IconPencilPause } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useParams, useRouterState } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { api, call } from "@/api/client";
import { useMay } from "@/api/session";
import { ButtonTo } from "@/ui/LinkTo";

/** Says on every page of a company that changes wait to be published; not where they are looked at. */
export function DraftBanner() {
  const { t } = useTranslation();
  const may = useMay("config.read");
  const { tenant } = useParams({ strict: false });
  const here = useRouterState({ select: (state) => state.location.pathname });
  const { data } = useQuery({
    queryKey: ["draft", tenant, "pending"],
    enabled: may && tenant !== undefined,
    staleTime: 60_000,
    queryFn: () =>
      call(api.GET("/api/v1/tenants/{tenant}/draft/pending", { params: { path: { tenant: tenant ?? "" } } })),
  });
  if (!tenant || !data?.pending || here.endsWith("/publication")) return null;
  return (
    <Alert color="lamp" icon={<IconPencilPause />} mb="lg" py="xs" role="status">
      <Group justify="space-between" gap="sm">
        <Text size="sm">{t("draftWaits")}</Text>
        <ButtonTo to="/t/$tenant/publication" params={{ tenant }} size="compact-sm" variant="light">
          {t("draftSee")}
        </ButtonTo>
      </Group>
    </Alert>
  );
}
