import { Button, Group, Modal, PasswordInput, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { formErrors } from "@/ui/formErrors";
import { ProblemAlert } from "@/ui/ProblemAlert";

interface Props {
  title: string;
  hint: string;
  confirm: string;
  act: (password: string) => Promise<unknown>;
  onClose: () => void;
}

/** Ask for the password before something is done that only its owner may do. */
export function ProofDialog({ title, hint, confirm, act, onClose }: Props) {
  const { t } = useTranslation("account");
  const [password, setPassword] = useState("");
  const attempt = useMutation({ mutationFn: act });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    attempt.mutate(password);
  };
  return (
    <Modal opened onClose={onClose} title={title}>
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm">{hint}</Text>
          <ProblemAlert error={attempt.error} />
          <PasswordInput
            label={t("currentPassword")}
            autoComplete="current-password"
            required
            data-autofocus
            value={password}
            error={formErrors(attempt.error).password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("cancel", { ns: "common" })}
            </Button>
            <Button type="submit" loading={attempt.isPending}>
              {confirm}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
