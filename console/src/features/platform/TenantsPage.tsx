import { Alert, Button, Group, Modal, Select, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDisclosure } from "@mantine/hooks";
import { IconBuilding, IconPlus } from "@tabler/icons-react";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { api, call } from "@/api/client";
import type { components } from "@/api/generated";
import { idOf } from "@/api/ids";
import { CountrySelect, TimeZoneSelect } from "@/ui/CountrySelect";
import { here, zoneIn } from "@/ui/countries";
import { EmptyState } from "@/ui/EmptyState";
import { formErrors } from "@/ui/formErrors";
import { ButtonTo } from "@/ui/LinkTo";
import { Loaded } from "@/ui/Loaded";
import { Page } from "@/ui/Page";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { Section } from "@/ui/Section";
import { notifyProblem } from "@/ui/saved";
import { useAssignPlan, usePlans, useTenantPlan } from "./plans";
import { Usage } from "./Usage";

type Tenant = components["schemas"]["TenantBody"];

/** The companies of this installation: how large each is, which plan it has, and the way in. */
export function TenantsPage() {
  const { t } = useTranslation("platform");
  const [asking, { open, close }] = useDisclosure(false);
  const tenants = useInfiniteQuery({
    queryKey: ["tenants", "list"],
    queryFn: ({ pageParam }) =>
      call(api.GET("/api/v1/tenants", { params: { query: { cursor: pageParam, limit: 20 } } })),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
  });
  const make = (
    <Button leftSection={<IconPlus size={18} />} onClick={open}>
      {t("tenants.make")}
    </Button>
  );
  return (
    <Page title={t("tenants.title")} intro={t("tenants.intro")} actions={make}>
      <Loaded query={tenants}>
        {({ pages }) => {
          const all = pages.flatMap((page) => page.items);
          if (all.length === 0) {
            return (
              <EmptyState icon={IconBuilding} title={t("tenants.none")} action={make}>
                {t("tenants.noneHint")}
              </EmptyState>
            );
          }
          return (
            <SimpleGrid cols={{ base: 1, lg: 2 }}>
              {all.map((tenant) => (
                <One key={tenant.id} tenant={tenant} />
              ))}
            </SimpleGrid>
          );
        }}
      </Loaded>
      {tenants.hasNextPage && (
        <Group justify="center">
          <Button
            variant="default"
            loading={tenants.isFetchingNextPage}
            onClick={() => void tenants.fetchNextPage()}
          >
            {t("more", { ns: "common" })}
          </Button>
        </Group>
      )}
      <Modal opened={asking} onClose={close} title={t("tenants.make")}>
        <Make />
      </Modal>
    </Page>
  );
}

function One({ tenant }: { tenant: Tenant }) {
  const { t } = useTranslation("platform");
  const usage = useTenantPlan(tenant.id);
  const plans = usePlans().data ?? [];
  const assign = useAssignPlan(tenant.id);
  const people = usage.data?.limits.find((one) => one.limit === "users")?.used;
  return (
    <Section
      title={tenant.name || tenant.id}
      hint={tenant.id}
      actions={
        <>
          {people === 0 && (
            <ButtonTo to="/setup/$tenant" params={{ tenant: tenant.id }} variant="light">
              {t("tenants.firstSteps")}
            </ButtonTo>
          )}
          <ButtonTo to={`/t/${tenant.id}/start` as "/"} variant="default">
            {t("tenants.enter")}
          </ButtonTo>
        </>
      }
    >
      <Loaded query={usage}>
        {(plan) => (
          <Stack>
            <Select
              label={t("tenants.plan")}
              maw={320}
              allowDeselect={false}
              disabled={assign.isPending}
              data={[
                { value: "none/", label: t("tenants.noPlan") },
                ...plans.map(({ id, name }) => ({ value: id, label: name })),
              ]}
              value={plan.id ?? "none/"}
              onChange={(next) => assign.mutate(next === "none/" ? null : next, { onError: notifyProblem })}
            />
            {plan.limits.some((one) => one.over) && <Alert color="lamp">{t("tenants.over")}</Alert>}
            <Usage plan={plan} />
          </Stack>
        )}
      </Loaded>
    </Section>
  );
}

function Make() {
  const { t } = useTranslation("platform");
  const { t: words, i18n } = useTranslation("setup");
  const navigate = useNavigate();
  const client = useQueryClient();
  const place = here();
  const form = useForm({
    initialValues: { name: "", country: place.country, time_zone: place.zone },
    validate: { name: (name) => (name.trim() ? null : words("needed")) },
  });
  const make = useMutation({
    mutationFn: ({ name, country, time_zone }: typeof form.values) => {
      const site = { id: "main", name: name.trim(), country, time_zone, language: i18n.language };
      const range = { first_extension: "100", last_extension: "899", number: "", location: "" };
      return call(
        api.POST("/api/v1/tenants", {
          body: { id: idOf(name, new Set(), 32), name: name.trim(), site: { ...site, ...range } },
        }),
      );
    },
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: ["tenants"] });
      await navigate({ to: "/setup/$tenant", params: { tenant: id } });
    },
    onError: (error) => form.setErrors(formErrors(error)),
  });
  return (
    <form onSubmit={form.onSubmit((values) => make.mutate(values))} noValidate>
      <Stack>
        <ProblemAlert error={make.error} />
        <TextInput label={words("companyName")} required data-autofocus {...form.getInputProps("name")} />
        <CountrySelect
          label={words("country")}
          value={form.values.country}
          onChange={(country) =>
            form.setValues({ country, time_zone: zoneIn(country, form.values.time_zone) })
          }
        />
        <TimeZoneSelect
          label={words("zone")}
          value={form.values.time_zone}
          onChange={(zone) => form.setFieldValue("time_zone", zone)}
        />
        <Text size="sm" c="dimmed">
          {t("tenants.then")}
        </Text>
        <Group justify="flex-end">
          <Button type="submit" loading={make.isPending}>
            {words("makeCompany")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
