import {
  Alert,
  Anchor,
  Box,
  Button,
  Collapse,
  List,
  Stack,
  Text,
  TextInput,
  Timeline,
  Title,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { modals } from "@mantine/modals";
import {
  IconBell,
  IconEar,
  IconFlag,
  IconPointFilled,
  IconRoute,
  IconShieldCheck,
} from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCreate } from "@/api/objects";
import { useMay } from "@/api/session";
import { duration } from "@/i18n/format";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { useSaved } from "@/ui/saved";
import { alone } from "./alone";
import type { Words } from "./describe";
import { type Tried, useEditor } from "./editor";
import { DIRECT, type TrialValues, testOf } from "./scenario";
import { type Moment, partyName, restName, storyOf } from "./story";

const SIGNS = { decision: IconRoute, rang: IconBell, heard: IconEar, event: IconPointFilled };

interface Props {
  tried: Tried;
  values: TrialValues;
  words: Words;
}

/** Where a tried call came to rest, and why, step by step. */
export function TryResult({ tried, values, words }: Props) {
  const { t } = words;
  const { result } = tried;
  const { doc, dirty } = useEditor();
  const may = useMay("config.write");
  const answered = result.answered_after !== null && result.by;
  const moments = storyOf(result, doc, words);
  const keep = () =>
    modals.open({
      title: t("try.keep"),
      children: <KeepAsTest values={values} tried={tried} />,
    });
  const top = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new result is brought into view
  useEffect(() => {
    void top.current?.scrollIntoView({ block: "start", behavior: "smooth" });
  }, [result]);
  const keepable = !dirty && values.to !== DIRECT;
  return (
    <Stack gap="sm" ref={top}>
      <Alert color="teal" icon={<IconFlag />} title={restName(result.rest, words)}>
        {answered && (
          <Text size="sm">
            {t("try.answeredBy", {
              who: partyName(`user:${result.by}`, words),
              after: duration(result.answered_after),
            })}
          </Text>
        )}
        {tried.doc !== doc && <Text size="sm">{t("try.stale")}</Text>}
      </Alert>
      {may && (
        <Box>
          <Button
            variant="light"
            size="compact-sm"
            leftSection={<IconShieldCheck size={16} />}
            onClick={keep}
            disabled={!keepable}
          >
            {t("try.keep")}
          </Button>
          <Text size="xs" c="dimmed" mt={4}>
            {keepable ? t("try.keepHint") : t(dirty ? "try.saveFirst" : "try.realNumber")}
          </Text>
        </Box>
      )}
      <Title order={2} size="h6">
        {t("try.story")}
      </Title>
      <Timeline bulletSize={24} lineWidth={2} active={moments.length}>
        {moments.map((moment) => {
          const Sign = SIGNS[moment.kind];
          return (
            <Timeline.Item
              key={moment.key}
              bullet={<Sign size={13} aria-hidden />}
              title={<MomentTitle moment={moment} />}
            >
              <Text size="sm">{moment.text}</Text>
              {moment.passed.length > 0 && <Passed lines={moment.passed} words={words} />}
              <Text size="xs" c="dimmed">
                {duration(moment.after)}
              </Text>
            </Timeline.Item>
          );
        })}
      </Timeline>
    </Stack>
  );
}

function MomentTitle({ moment }: { moment: Moment }) {
  const { choose } = useEditor();
  const { node, title } = moment;
  if (!title) return null;
  if (node === null)
    return (
      <Text size="sm" fw={600}>
        {title}
      </Text>
    );
  return (
    <Anchor component="button" type="button" size="sm" fw={600} ta="start" onClick={() => choose(node)}>
      {title}
    </Anchor>
  );
}

/** What was looked at and did not match, each with its reason. */
function Passed({ lines, words }: { lines: string[]; words: Words }) {
  const { t } = words;
  const [shown, { toggle }] = useDisclosure(lines.length <= 3);
  return (
    <>
      <Anchor component="button" type="button" size="xs" onClick={toggle} aria-expanded={shown}>
        {t("try.passedOver")}
      </Anchor>
      <Collapse expanded={shown}>
        <List size="xs" c="dimmed">
          {lines.map((line) => (
            <List.Item key={line}>{line}</List.Item>
          ))}
        </List>
      </Collapse>
    </>
  );
}

/** The tried call as a routing test. */
function KeepAsTest({ values, tried }: { values: TrialValues; tried: Tried }) {
  const { t } = useTranslation("flows");
  const create = useCreate("test");
  const saved = useSaved();
  const [name, setName] = useState("");
  const submit = () =>
    create.mutate(testOf(values, tried.result, name), {
      onSuccess: (outcome) => {
        saved(outcome);
        modals.closeAll();
      },
    });
  return (
    <form
      onSubmit={alone((event) => {
        event?.preventDefault();
        submit();
      })}
    >
      <Stack>
        <Text size="sm">{t("try.keepHint")}</Text>
        <ProblemAlert error={create.error} />
        <TextInput
          label={t("try.keepName")}
          required
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" loading={create.isPending} disabled={!name.trim()}>
          {t("save")}
        </Button>
      </Stack>
    </form>
  );
}
