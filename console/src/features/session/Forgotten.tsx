import { Alert, Anchor, Button, Stack, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, call } from "@/api/client";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { Doorstep } from "./Doorstep";

/** Ask for a link that sets a new password. What is answered tells nobody whether the account exists. */
export function Forgotten({ login, back }: { login: string; back: () => void }) {
  const { t } = useTranslation("session");
  const [address, setAddress] = useState(login);
  const ask = useMutation({
    mutationFn: () => call(api.POST("/api/v1/session/reset", { body: { login: address } })),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ask.mutate();
  };
  return (
    <Doorstep title={t("forgotten")} intro={t("forgottenIntro")}>
      <form onSubmit={submit}>
        <Stack>
          <ProblemAlert error={ask.error} />
          {ask.isSuccess ? (
            <Alert color="teal">{t("resetSent")}</Alert>
          ) : (
            <>
              <TextInput
                label={t("login")}
                type="email"
                autoComplete="username"
                required
                value={address}
                onChange={(event) => setAddress(event.currentTarget.value)}
              />
              <Button type="submit" loading={ask.isPending}>
                {t("sendLink")}
              </Button>
            </>
          )}
          <Anchor component="button" type="button" size="sm" onClick={back}>
            {t("back")}
          </Anchor>
        </Stack>
      </form>
    </Doorstep>
  );
}
