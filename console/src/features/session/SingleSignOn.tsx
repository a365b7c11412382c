import { Alert, Button, Divider, Stack } from "@mantine/core";
import { IconLogin2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, call } from "@/api/client";

interface Props {
  /** The page to be at afterwards. */
  to: string;
  /** What a provider's attempt came to, as a problem's code. */
  problem: string | undefined;
}

/** Sign in at somebody else's, where that is set up. */
export function SingleSignOn({ to, problem }: Props) {
  const { t } = useTranslation("session");
  const providers = useQuery({
    queryKey: ["providers"],
    queryFn: () => call(api.GET("/api/v1/session/providers")),
    staleTime: 60_000,
  });
  const all = providers.data ?? [];
  return (
    <>
      {problem && (
        <Alert color="red" role="alert">
          {t(problem, { ns: "problems", defaultValue: t("ssoFailed") })}
        </Alert>
      )}
      {all.length > 0 && (
        <Stack>
          {all.map(({ id, name, start }) => (
            <Button
              key={id}
              component="a"
              href={`${start}?onward=${encodeURIComponent(to)}`}
              variant="default"
              leftSection={<IconLogin2 size={18} />}
            >
              {t("signInBy", { name })}
            </Button>
          ))}
          <Divider label={t("or")} />
        </Stack>
      )}
    </>
  );
}
