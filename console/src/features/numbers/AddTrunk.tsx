import { Alert, Button, Group, Modal, Radio, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLive } from "@/api/board";
import { type Stored, useCreate } from "@/api/objects";
import { useTenant } from "@/api/tenant";
import { nameOf } from "@/ui/ObjectSelect";
import { useSaved } from "@/ui/saved";
import { TrunkForm } from "./TrunkForm";
import { TrunkStatus } from "./TrunkStatus";
import { fieldsOf, type TrunkValues, valuesOf } from "./trunkForm";

type How = "register" | "address";

/** A new trunk in three steps: how the provider knows us, what it says about itself, and whether it works. */
export function AddTrunk({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("numbers");
  const create = useCreate("trunk");
  const saved = useSaved();
  const [how, setHow] = useState<How>("register");
  const [step, setStep] = useState<"how" | "data">("how");
  const [made, setMade] = useState<{ trunk: Stored<"trunk">; drafted: boolean } | null>(null);
  const submit = async (values: TrunkValues) => {
    const outcome = await create.mutateAsync(fieldsOf(values));
    saved(outcome);
    setMade({ trunk: outcome.object, drafted: outcome.drafted });
  };
  return (
    <Modal opened onClose={onClose} title={t("addTrunk")} size="lg" closeOnClickOutside={false}>
      {made ? (
        <Made {...made} onClose={onClose} />
      ) : step === "how" ? (
        <Stack>
          <Radio.Group
            label={t("how")}
            description={t("howHint")}
            value={how}
            onChange={(next) => setHow(next as How)}
          >
            <Stack gap="sm" mt="sm">
              {(["register", "address"] as const).map((one) => (
                <Radio key={one} value={one} label={t(`hows.${one}`)} description={t(`howsHint.${one}`)} />
              ))}
            </Stack>
          </Radio.Group>
          <Group justify="flex-end">
            <Button onClick={() => setStep("data")}>{t("next")}</Button>
          </Group>
        </Stack>
      ) : (
        <TrunkForm
          initial={valuesOf(null, how === "register")}
          hasPassword={false}
          submitLabel={t("connect")}
          onSubmit={submit}
          error={create.error}
          pending={create.isPending}
          onBack={() => setStep("how")}
        />
      )}
    </Modal>
  );
}

/** Whether it works, as the switch finds out. */
function Made({
  trunk,
  drafted,
  onClose,
}: {
  trunk: Stored<"trunk">;
  drafted: boolean;
  onClose: () => void;
}) {
  const { t } = useTranslation("numbers");
  const { board } = useLive(useTenant());
  return (
    <Stack>
      <Text fw={600}>{nameOf(trunk)}</Text>
      {drafted ? (
        <Alert color="lamp">{t("trunkDrafted")}</Alert>
      ) : (
        <TrunkStatus trunk={board?.trunks[trunk.id]} />
      )}
      <Text size="sm" c="dimmed">
        {t("trunkMadeHint")}
      </Text>
      <Group justify="flex-end">
        <Button onClick={onClose}>{t("close", { ns: "common" })}</Button>
      </Group>
    </Stack>
  );
}
