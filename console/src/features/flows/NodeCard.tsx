import { Box, Group, Text, ThemeIcon, Tooltip } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconFlag, IconPlus } from "@tabler/icons-react";
import { Handle, type NodeProps, Position } from "@xyflow/react";
import { memo } from "react";
import type { Finding } from "./api";
import classes from "./Canvas.module.css";
import { exitName, summaryOf, titleOf, type Words } from "./describe";
import { exitKey, exitsOf, type FlowNode, type Path } from "./graph";
import { colorOf, ICONS } from "./kinds";

export interface CardData extends Record<string, unknown> {
  node: FlowNode;
  words: Words;
  start: boolean;
  findings: Finding[];
  /** Of a call that was tried: it passed here, it did not; null: none was tried. */
  passed: boolean | null;
  /** Exits that the call took. */
  taken: ReadonlySet<string>;
  may: boolean;
  onOpen: (path: Path) => void;
}

/** A node of the graph: what it is, what it asks, and its exits, each with a handle to be dragged from. */
export const NodeCard = memo(function NodeCard({ data, selected }: NodeProps & { data: CardData }) {
  const { node, words, start, findings, passed, taken, may, onOpen } = data;
  const Icon = ICONS[node.type];
  const label = titleOf(node, words);
  return (
    <Box
      className={classes.card}
      data-selected={selected || undefined}
      data-passed={passed ?? undefined}
      data-severity={findings[0]?.severity}
    >
      <Handle type="target" position={Position.Left} id="in" className={classes.in} isConnectable={may} />
      <Group gap={10} wrap="nowrap" className={classes.head}>
        <ThemeIcon variant="light" color={colorOf(node.type)} size={36} radius="md">
          <Icon size={20} stroke={1.7} />
        </ThemeIcon>
        <Box style={{ minWidth: 0, flexGrow: 1 }}>
          <Text size="sm" fw={650} truncate lh={1.3}>
            {label}
          </Text>
          <Text size="xs" c="dimmed" truncate lh={1.35}>
            {node.label
              ? `${words.t(`node.${node.type}.name`)} · ${summaryOf(node, words)}`
              : summaryOf(node, words)}
          </Text>
        </Box>
        <Marks start={start} passed={passed} findings={findings} words={words} />
      </Group>
      {exitsOf(node).map((exit) => (
        <div
          key={exitKey(exit.path)}
          className={classes.exit}
          data-taken={taken.has(exitKey(exit.path)) || undefined}
        >
          <Text size="xs" truncate c={exit.target ? undefined : "dimmed"}>
            {exitName(node, exit.path, words)}
          </Text>
          {exit.target === null && may && (
            <button
              type="button"
              tabIndex={-1}
              className={`${classes.plus} nodrag nopan`}
              aria-label={words.t("addStepAfter", { exit: exitName(node, exit.path, words) })}
              onClick={(event) => {
                event.stopPropagation();
                onOpen(exit.path);
              }}
            >
              <IconPlus size={12} />
            </button>
          )}
          <Handle
            type="source"
            position={Position.Right}
            id={exitKey(exit.path)}
            className={classes.out}
            isConnectable={may}
          />
        </div>
      ))}
    </Box>
  );
});

function Marks({
  start,
  passed,
  findings,
  words,
}: Pick<CardData, "start" | "passed" | "findings" | "words">) {
  const worst = findings[0];
  return (
    <Group gap={4} wrap="nowrap">
      {passed && <IconCircleCheck size={18} className={classes.passed} aria-hidden />}
      {worst && (
        <Tooltip multiline maw={280} label={findings.map((one) => one.message).join(" · ")}>
          <IconAlertTriangle
            size={18}
            className={classes.mark}
            data-severity={worst.severity}
            role="img"
            aria-label={words.t(`severity.${worst.severity}`)}
          />
        </Tooltip>
      )}
      {start && (
        <Tooltip label={words.t("start")}>
          <IconFlag size={16} role="img" aria-label={words.t("start")} />
        </Tooltip>
      )}
    </Group>
  );
}
