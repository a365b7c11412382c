import { Button, Group, List, Modal, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { CopyField } from "@/ui/CopyField";
import { formErrors } from "@/ui/formErrors";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { QrCode } from "@/ui/QrCode";
import { useBeginSecondFactor, useConfirmSecondFactor } from "./own";
import { ProofDialog } from "./ProofDialog";

interface Props {
  onClose: () => void;
  /** The recovery codes, to be shown once. */
  onCodes: (codes: string[]) => void;
}

/** Password, then the QR code, then a first code that shows that the telephone has it. */
export function SecondFactorSetup({ onClose, onCodes }: Props) {
  const { t } = useTranslation("account");
  const begin = useBeginSecondFactor();
  const confirm = useConfirmSecondFactor();
  const [code, setCode] = useState("");
  if (!begin.data) {
    return (
      <ProofDialog
        title={t("setUpSecondFactor")}
        hint={t("proofHint")}
        confirm={t("next")}
        act={begin.mutateAsync}
        onClose={onClose}
      />
    );
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    confirm.mutate(code.replaceAll(" ", ""), {
      onSuccess: ({ codes }) => {
        onClose();
        onCodes(codes);
      },
    });
  };
  return (
    <Modal opened onClose={onClose} title={t("setUpSecondFactor")} closeOnClickOutside={false} size="lg">
      <form onSubmit={submit}>
        <Stack>
          <List type="ordered" size="sm" spacing={4}>
            <List.Item>{t("stepApp")}</List.Item>
            <List.Item>{t("stepScan")}</List.Item>
            <List.Item>{t("stepCode")}</List.Item>
          </List>
          <Group justify="center">
            <QrCode text={begin.data.uri} label={t("qrLabel")} />
          </Group>
          <CopyField label={t("secret")} description={t("secretHint")} value={begin.data.secret} />
          <ProblemAlert error={confirm.error} />
          <TextInput
            label={t("code")}
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={7}
            required
            value={code}
            error={formErrors(confirm.error).code}
            onChange={(event) => setCode(event.currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("cancel", { ns: "common" })}
            </Button>
            <Button type="submit" loading={confirm.isPending} disabled={code.replaceAll(" ", "").length < 6}>
              {t("turnOn")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
