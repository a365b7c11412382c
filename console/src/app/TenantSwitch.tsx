import { Select, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { api, call } from "@/api/client";
import { useMe } from "@/api/session";

/** Which company the pages are about; who hosts several can go from one to the other. */
export function TenantSwitch() {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const { tenant = me.tenant } = useParams({ strict: false });
  const { data } = useQuery({
    queryKey: ["tenants", "names"],
    queryFn: () => call(api.GET("/api/v1/tenants", { params: { query: { limit: 200 } } })),
  });
  const tenants = data?.items ?? [];
  if (me.role !== "platform") {
    return (
      <Text size="sm" c="dimmed" truncate maw={220}>
        {tenants.find((one) => one.id === tenant)?.name || tenant}
      </Text>
    );
  }
  return (
    <Select
      aria-label={t("company")}
      placeholder={t("chooseCompany")}
      searchable
      size="xs"
      w={{ base: 130, xs: 220 }}
      data={tenants.map((one) => ({ value: one.id, label: one.name || one.id }))}
      value={tenant || null}
      onChange={(next) => next && void navigate({ href: `/t/${next}/start` })}
    />
  );
}
