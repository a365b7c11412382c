import { Alert, Anchor, Button, PasswordInput, PinInput, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, call } from "@/api/client";
import { isProblem } from "@/api/problem";
import { sessionQuery } from "@/api/session";
import { LANGUAGES, type Language, speak } from "@/i18n";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { Doorstep } from "./Doorstep";
import { Forgotten } from "./Forgotten";
import { SingleSignOn } from "./SingleSignOn";

/** Only places of our own: a link to this page cannot send anybody elsewhere. */
function within(to: string | undefined): string {
  return to?.startsWith("/") && !to.startsWith("//") && !to.startsWith("/\\") ? to : "/";
}

export function SignInPage() {
  const { t } = useTranslation("session");
  const { to, problem } = useSearch({ from: "/sign-in" });
  const client = useQueryClient();
  const navigate = useNavigate();
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [forgotten, setForgotten] = useState(false);
  const signIn = useMutation({
    mutationFn: () => call(api.POST("/api/v1/session", { body: { login, password, code } })),
    onSuccess: async (session) => {
      client.setQueryData(sessionQuery.queryKey, session);
      const language = session.account.language as Language;
      if (LANGUAGES.includes(language)) await speak(language);
      await navigate({ href: within(to) });
    },
  });
  const factor = isProblem(signIn.error, "second-factor-required") || code !== "";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate();
  };
  if (forgotten) return <Forgotten login={login} back={() => setForgotten(false)} />;
  return (
    <Doorstep title={t("signIn")} intro={t("signInIntro")}>
      <SingleSignOn to={within(to)} problem={problem} />
      <form onSubmit={submit}>
        <Stack>
          <Refusal error={signIn.error} />
          <TextInput
            label={t("login")}
            type="email"
            autoComplete="username"
            required
            value={login}
            onChange={(event) => setLogin(event.currentTarget.value)}
          />
          <PasswordInput
            label={t("password")}
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          {factor && <SecondFactor code={code} onChange={setCode} />}
          <Button type="submit" loading={signIn.isPending} fullWidth>
            {t("signIn")}
          </Button>
          <Anchor component="button" type="button" size="sm" onClick={() => setForgotten(true)}>
            {t("forgotten")}
          </Anchor>
        </Stack>
      </form>
    </Doorstep>
  );
}

function Refusal({ error }: { error: unknown }) {
  const { t } = useTranslation("session");
  if (isProblem(error, "second-factor-required")) return null;
  if (isProblem(error, "wrong-password")) return <Alert color="red" role="alert" title={t("wrong")} />;
  return <ProblemAlert error={error} />;
}

function SecondFactor({ code, onChange }: { code: string; onChange: (code: string) => void }) {
  const { t } = useTranslation("session");
  const [recovery, setRecovery] = useState(false);
  return (
    <Stack gap="xs">
      <Text size="sm" fw={500} id="code-label">
        {t(recovery ? "recoveryCode" : "code")}
      </Text>
      {recovery ? (
        <TextInput
          aria-labelledby="code-label"
          autoComplete="off"
          value={code}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      ) : (
        <PinInput
          length={6}
          type="number"
          oneTimeCode
          autoFocus
          aria-label={t("code")}
          getInputProps={() => ({ "aria-labelledby": "code-label" })}
          value={code}
          onChange={onChange}
        />
      )}
      <Anchor
        component="button"
        type="button"
        size="sm"
        onClick={() => {
          onChange("");
          setRecovery(!recovery);
        }}
      >
        {t(recovery ? "useCode" : "useRecoveryCode")}
      </Anchor>
    </Stack>
  );
}
