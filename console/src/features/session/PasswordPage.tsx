import { Alert, Button, PasswordInput, Stack } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, call } from "@/api/client";
import { ButtonTo } from "@/ui/LinkTo";
import { Loaded } from "@/ui/Loaded";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { Doorstep } from "./Doorstep";

/** Set a password by a link that was mailed or handed on. */
export function PasswordPage() {
  const { t } = useTranslation("session");
  const [token] = useState(() => window.location.hash.slice(1));
  const link = useQuery({
    queryKey: ["link", token],
    queryFn: () => call(api.POST("/api/v1/session/link", { body: { token } })),
    retry: false,
    gcTime: 0,
  });
  const title = t(link.data?.purpose === "reset" ? "newPassword" : "choosePassword");
  return (
    <Doorstep title={title} intro={link.data && t("choosePasswordIntro", { login: link.data.login })}>
      <Loaded query={link}>{({ login }) => <Choose token={token} login={login} />}</Loaded>
    </Doorstep>
  );
}

function Choose({ token, login }: { token: string; login: string }) {
  const { t } = useTranslation("session");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const set = useMutation({
    mutationFn: () => call(api.POST("/api/v1/session/password", { body: { token, password } })),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    set.mutate();
  };
  if (set.isSuccess) {
    return (
      <Stack>
        <Alert color="teal">{t("passwordSet")}</Alert>
        <ButtonTo to="/sign-in">{t("signIn")}</ButtonTo>
      </Stack>
    );
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <ProblemAlert error={set.error} />
        <input type="text" name="username" autoComplete="username" value={login} readOnly hidden />
        <PasswordInput
          label={t("password")}
          autoComplete="new-password"
          required
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <PasswordInput
          label={t("passwordAgain")}
          autoComplete="new-password"
          required
          value={again}
          error={again !== "" && again !== password ? t("passwordsDiffer") : undefined}
          onChange={(event) => setAgain(event.currentTarget.value)}
        />
        <Button type="submit" loading={set.isPending} disabled={password === "" || password !== again}>
          {t("savePassword")}
        </Button>
      </Stack>
    </form>
  );
}
