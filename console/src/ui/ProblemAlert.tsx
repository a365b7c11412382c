import { Alert, List, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { isProblem, wordsOf } from "@/api/problem";

/** What went wrong, with each field that is wrong and how to mend it. Nothing where there is no error. */
export function ProblemAlert({ error }: { error: unknown }) {
  const { t } = useTranslation();
  if (error === null || error === undefined) return null;
  const problem = isProblem(error) ? error : undefined;
  return (
    <Alert color="red" icon={<IconAlertTriangle />} title={wordsOf(error)} role="alert">
      {problem?.mend && <Text size="sm">{problem.mend}</Text>}
      {problem && problem.errors.length > 0 && (
        <List size="sm">
          {problem.errors.map((one) => (
            <List.Item key={`${one.kind}/${one.id}/${one.field}/${one.detail}`}>
              {one.kind && (
                <Text span fw={600}>
                  {t(`kind.${one.kind}`, { defaultValue: one.kind })} {one.id}:{" "}
                </Text>
              )}
              {one.field && <Text span ff="monospace">{`${one.field} `}</Text>}
              {one.detail}
              {one.mend && ` — ${one.mend}`}
            </List.Item>
          ))}
        </List>
      )}
    </Alert>
  );
}
