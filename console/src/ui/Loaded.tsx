import { Button, Skeleton, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ProblemAlert } from "./ProblemAlert";

interface Query<T> {
  data: T | undefined;
  error: unknown;
  refetch: () => unknown;
}

/** What a query found, once it has; meanwhile its shadow, or what went wrong and a way to try again. */
export function Loaded<T>({ query, children }: { query: Query<T>; children: (data: T) => ReactNode }) {
  const { t } = useTranslation();
  if (query.data !== undefined) return children(query.data);
  if (query.error) {
    return (
      <Stack align="flex-start">
        <ProblemAlert error={query.error} />
        <Button variant="default" onClick={() => query.refetch()}>
          {t("again")}
        </Button>
      </Stack>
    );
  }
  return (
    <Stack gap="sm" aria-busy="true" aria-label={t("loading")}>
      <Skeleton h={36} />
      <Skeleton h={36} />
      <Skeleton h={36} w="70%" />
    </Stack>
  );
}
