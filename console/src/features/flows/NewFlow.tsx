import {
  Alert,
  Button,
  Group,
  Modal,
  Radio,
  Select,
  SimpleGrid,
  Stack,
  Text,
  Textarea,
  TextInput,
} from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { api, call } from "@/api/client";
import { useObjects } from "@/api/objects";
import { useTenant } from "@/api/tenant";
import { ObjectSelect } from "@/ui/ObjectSelect";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { useSaved } from "@/ui/saved";
import { useMakeAll } from "./api";
import { ManyObjects } from "./fields";
import { freeId, objectsOf, TEMPLATES, type Template, usesSchedule, type Wishes } from "./templates";

/** A new flow, begun from a template: everything that it takes is made at once. */
export function NewFlow({ close }: { close: () => void }) {
  const { t } = useTranslation("flows");
  const tenant = useTenant();
  const company = useQuery({
    queryKey: ["objects", tenant, "settings"],
    queryFn: () => call(api.GET("/api/v1/tenants/{tenant}/settings", { params: { path: { tenant } } })),
  });
  const users = useObjects("user").data;
  return (
    <Modal opened onClose={close} title={t("templateTitle")} size="xl">
      {users?.length === 0 ? (
        <Alert color="lamp">{t("templateNoPeople")}</Alert>
      ) : (
        users &&
        company.data && (
          <NewFlowForm close={close} company={(company.data.name || tenant).replace(/\.$/, "")} />
        )
      )}
    </Modal>
  );
}

function useMaking(close: () => void) {
  const { t } = useTranslation("flows");
  const tenant = useTenant();
  const navigate = useNavigate();
  const saved = useSaved();
  const make = useMakeAll();
  const flows = useObjects("flow").data ?? [];
  const run = (wishes: Wishes) => {
    const { name } = wishes;
    const id = freeId(
      name,
      flows.map((flow) => flow.id),
    );
    const names = {
      menu: t("text.menuName", { name }),
      greeting: t("text.greetingName", { name }),
      closed: t("text.closedName", { name }),
      schedule: t("text.scheduleName", { name }),
      group: t("text.groupName", { name }),
      queue: t("text.queueName", { name }),
      start: t("text.start"),
      night: t("text.night"),
      welcome: t("text.welcome"),
    };
    make.mutate(objectsOf(wishes, id, names), {
      onSuccess: (outcome) => {
        saved(outcome);
        close();
        void navigate({ to: "/t/$tenant/flows/$id", params: { tenant, id } });
      },
    });
  };
  return { run, pending: make.isPending, error: make.error };
}

function NewFlowForm({ close, company }: { close: () => void; company: string }) {
  const { t } = useTranslation("flows");
  const making = useMaking(close);
  const site = useObjects("site").data?.[0];
  const numbers = useObjects("number").data ?? [];
  const missing = (value: string | string[]) => (value.length ? null : t("nothingChosen"));
  const form = useForm<Wishes>({
    initialValues: {
      template: "office",
      name: "",
      people: [],
      voicemail: "",
      schedule: "",
      greeting: t("text.office", { company }),
      closed: t("text.closed"),
      number: "",
      language: "es",
    },
    validate: {
      name: (value) => missing(value.trim()),
      people: missing,
      voicemail: (value, { template }) => (template === "blank" ? null : missing(value)),
    },
  });
  const { template } = form.values;
  const choose = (next: Template) => {
    form.setFieldValue("template", next);
    if (next === "office" || next === "callcentre")
      form.setFieldValue("greeting", t(`text.${next}`, { company }));
  };
  const submit = form.onSubmit((wishes) =>
    making.run({ ...wishes, language: site?.language === "en" ? "en" : "es" }),
  );
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text c="dimmed" size="sm">
          {t("templateIntro")}
        </Text>
        <ProblemAlert error={making.error} />
        <Radio.Group
          value={template}
          onChange={(next) => choose(next as Template)}
          aria-label={t("templateTitle")}
        >
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs">
            {TEMPLATES.map((one) => (
              <Radio.Card key={one} value={one} p="sm" radius="md">
                <Group wrap="nowrap" align="flex-start" gap="sm">
                  <Radio.Indicator mt={2} />
                  <div>
                    <Text size="sm" fw={600}>
                      {t(`template.${one}.name`)}
                    </Text>
                    <Text size="xs" c="dimmed">
                      {t(`template.${one}.hint`)}
                    </Text>
                  </div>
                </Group>
              </Radio.Card>
            ))}
          </SimpleGrid>
        </Radio.Group>
        <TextInput label={t("name")} required data-autofocus {...form.getInputProps("name")} />
        <ManyObjects
          kind="user"
          label={t("templatePeople")}
          disabled={false}
          error={form.errors.people ? String(form.errors.people) : undefined}
          value={form.values.people}
          onChange={(next) => {
            form.setFieldValue("people", next);
            if (!form.values.voicemail && next[0]) form.setFieldValue("voicemail", next[0]);
          }}
        />
        {template !== "blank" && (
          <ObjectSelect
            kind="user"
            label={t("templateVoicemail")}
            required
            value={form.values.voicemail || null}
            error={form.errors.voicemail}
            onChange={(next) => form.setFieldValue("voicemail", next ?? "")}
          />
        )}
        {usesSchedule(template) && (
          <>
            <ObjectSelect
              kind="schedule"
              label={t("templateSchedule")}
              placeholder={t("templateScheduleNew")}
              value={form.values.schedule || null}
              onChange={(next) => form.setFieldValue("schedule", next ?? "")}
            />
            <Textarea
              label={t("templateGreeting")}
              autosize
              minRows={2}
              {...form.getInputProps("greeting")}
            />
          </>
        )}
        <Select
          label={t("templateNumber")}
          description={t("templateNumberHint")}
          clearable
          data={numbers.map((one) => ({
            value: one.id,
            label: one.number,
          }))}
          value={form.values.number || null}
          onChange={(next) => form.setFieldValue("number", next ?? "")}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t("cancel", { ns: "common" })}
          </Button>
          <Button type="submit" loading={making.pending}>
            {t("templateMake")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
