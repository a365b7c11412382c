import {
  Badge,
  Button,
  Checkbox,
  Group,
  Modal,
  NumberInput,
  SimpleGrid,
  Stack,
  Switch,
  Text,
  TextInput,
} from "@mantine/core";
import { useForm } from "@mantine/form";
import { modals } from "@mantine/modals";
import { IconPackage, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { idOf } from "@/api/ids";
import { number } from "@/i18n/format";
import { EmptyState } from "@/ui/EmptyState";
import { formErrors } from "@/ui/formErrors";
import { Loaded } from "@/ui/Loaded";
import { Page } from "@/ui/Page";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { Section } from "@/ui/Section";
import { notifyProblem } from "@/ui/saved";
import {
  FUNCTIONS,
  LIMITS,
  type Limits,
  type Plan,
  type PlanFunction,
  usePlans,
  useRemovePlan,
  useSavePlan,
} from "./plans";

/** What is offered to companies: how much of each, and which functions. */
export function PlansPage() {
  const { t } = useTranslation("platform");
  const plans = usePlans();
  const [editing, setEditing] = useState<Plan | "new">();
  const make = (
    <Button leftSection={<IconPlus size={18} />} onClick={() => setEditing("new")}>
      {t("plans.make")}
    </Button>
  );
  return (
    <Page title={t("plans.title")} intro={t("plans.intro")} actions={make}>
      <Loaded query={plans}>
        {(all) =>
          all.length === 0 ? (
            <EmptyState icon={IconPackage} title={t("plans.none")} action={make}>
              {t("plans.noneHint")}
            </EmptyState>
          ) : (
            <SimpleGrid cols={{ base: 1, lg: 2 }}>
              {all.map((plan) => (
                <One key={plan.id} plan={plan} onEdit={() => setEditing(plan)} />
              ))}
            </SimpleGrid>
          )
        }
      </Loaded>
      <Modal
        opened={editing !== undefined}
        onClose={() => setEditing(undefined)}
        title={t(editing === "new" ? "plans.make" : "plans.change")}
      >
        {editing !== undefined && (
          <Form plan={editing === "new" ? undefined : editing} onDone={() => setEditing(undefined)} />
        )}
      </Modal>
    </Page>
  );
}

function One({ plan, onEdit }: { plan: Plan; onEdit: () => void }) {
  const { t } = useTranslation("platform");
  const remove = useRemovePlan();
  const ask = () =>
    modals.openConfirmModal({
      title: t("removeQuestion", { ns: "common", name: plan.name }),
      children: (
        <Text size="sm">
          {plan.tenants.length
            ? t("plans.inUse", { tenants: plan.tenants.join(", ") })
            : t("plans.removeHint")}
        </Text>
      ),
      labels: { confirm: t("remove", { ns: "common" }), cancel: t("cancel", { ns: "common" }) },
      confirmProps: { color: "red", disabled: plan.tenants.length > 0 },
      onConfirm: () => remove.mutate(plan.id, { onError: notifyProblem }),
    });
  return (
    <Section
      title={plan.name}
      hint={t("plans.has", { count: plan.tenants.length })}
      actions={
        <>
          <Button variant="default" onClick={onEdit}>
            {t("change", { ns: "common" })}
          </Button>
          <Button variant="subtle" color="red" onClick={ask}>
            {t("remove", { ns: "common" })}
          </Button>
        </>
      }
    >
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs">
        {LIMITS.map((limit) => {
          const most = plan.limits[limit];
          return (
            <Group key={limit} justify="space-between">
              <Text size="sm">{t(`limit.${limit}`)}</Text>
              <Text size="sm" fw={600}>
                {most === null || most === undefined ? t("plans.unlimited") : number(most)}
              </Text>
            </Group>
          );
        })}
      </SimpleGrid>
      <Group gap={6}>
        {(plan.functions ?? FUNCTIONS).map((one) => (
          <Badge key={one} variant="light" tt="none">
            {t(`function.${one}`)}
          </Badge>
        ))}
      </Group>
    </Section>
  );
}

interface Fields {
  name: string;
  limits: Record<(typeof LIMITS)[number], number | string>;
  everything: boolean;
  functions: PlanFunction[];
}

function Form({ plan, onDone }: { plan: Plan | undefined; onDone: () => void }) {
  const { t } = useTranslation("platform");
  const save = useSavePlan(plan);
  const form = useForm<Fields>({
    initialValues: {
      name: plan?.name ?? "",
      limits: Object.fromEntries(LIMITS.map((one) => [one, plan?.limits[one] ?? ""])) as Fields["limits"],
      everything: plan?.functions == null,
      functions: plan?.functions ?? [...FUNCTIONS],
    },
    validate: { name: (name) => (name.trim() ? null : t("plans.needName")) },
  });
  const submit = ({ name, limits, everything, functions }: Fields) => {
    const most = LIMITS.map((one) => [one, limits[one] === "" ? null : Number(limits[one])]);
    save.mutate(
      {
        id: plan?.id ?? idOf(name),
        name: name.trim(),
        limits: Object.fromEntries(most) as Limits,
        functions: everything ? null : functions,
      },
      { onSuccess: onDone, onError: (error) => form.setErrors(formErrors(error)) },
    );
  };
  return (
    <form onSubmit={form.onSubmit(submit)} noValidate>
      <Stack>
        <ProblemAlert error={save.error} />
        <TextInput
          label={t("name", { ns: "common" })}
          required
          data-autofocus
          {...form.getInputProps("name")}
        />
        <Text size="sm" c="dimmed">
          {t("plans.limitsHint")}
        </Text>
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          {LIMITS.map((limit) => (
            <NumberInput
              key={limit}
              label={t(`limit.${limit}`)}
              placeholder={t("plans.unlimited")}
              min={0}
              max={1_000_000}
              allowDecimal={false}
              {...form.getInputProps(`limits.${limit}`)}
            />
          ))}
        </SimpleGrid>
        <Switch
          label={t("plans.everything")}
          description={t("plans.everythingHint")}
          {...form.getInputProps("everything", { type: "checkbox" })}
        />
        {!form.values.everything && (
          <Checkbox.Group label={t("plans.functions")} {...form.getInputProps("functions")}>
            <Stack gap="xs" mt="xs">
              {FUNCTIONS.map((one) => (
                <Checkbox key={one} value={one} label={t(`function.${one}`)} />
              ))}
            </Stack>
          </Checkbox.Group>
        )}
        <Group justify="flex-end">
          <Button type="submit" loading={save.isPending}>
            {t("save", { ns: "common" })}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
