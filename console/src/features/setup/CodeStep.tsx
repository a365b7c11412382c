import { Button, Code, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, call } from "@/api/client";
import { isProblem } from "@/api/problem";
import { Doorstep } from "@/features/session/Doorstep";
import { ButtonTo } from "@/ui/LinkTo";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { codeIn } from "./SetupPage";

/** The code is missing, or is not the one: where it is to be found. */
export function CodeStep({ error, onCode }: { error: unknown; onCode: (code: string) => void }) {
  const { t } = useTranslation("setup");
  const [text, setText] = useState("");
  const look = useMutation({
    mutationFn: (code: string) => call(api.POST("/api/v1/setup/code", { body: { code } })),
    onSuccess: (_, code) => onCode(code),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    look.mutate(codeIn(text));
  };
  const wrong = look.error ?? error;
  if (isProblem(wrong, "setup-done")) {
    return (
      <Doorstep title={t("doneAlready")} intro={t("doneAlreadyIntro")}>
        <ButtonTo to="/sign-in">{t("signIn", { ns: "session" })}</ButtonTo>
      </Doorstep>
    );
  }
  return (
    <Doorstep wide title={t("codeTitle")} intro={t("codeIntro")}>
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm">{t("codeWhere")}</Text>
          <Code block>centralita accounts setup-link</Code>
          <Text size="sm">{t("codeThen")}</Text>
          <ProblemAlert error={wrong} />
          <TextInput
            label={t("codeLabel")}
            autoComplete="off"
            spellCheck={false}
            required
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Button type="submit" loading={look.isPending} disabled={text.trim() === ""}>
            {t("next")}
          </Button>
        </Stack>
      </form>
    </Doorstep>
  );
}
