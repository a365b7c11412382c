import { List, Text, Timeline } from "@mantine/core";
import {
  IconDialpad,
  IconFlag,
  IconHeadset,
  IconMailbox,
  IconMicrophone,
  IconPhone,
  IconPhoneIncoming,
  IconPhoneOff,
  IconPlayerPause,
  IconRobot,
  IconUsersGroup,
  IconVolume,
} from "@tabler/icons-react";
import type { TFunction } from "i18next";
import type { ComponentType } from "react";
import { useTranslation } from "react-i18next";
import { duration, instant } from "@/i18n/format";
import type { Names } from "@/ui/useNames";
import { type CallDetail, type Happening, happenings, type Rung } from "./journey";

interface Props {
  detail: CallDetail;
  zone: string | undefined;
  names: Names;
}

const ICON: Record<Happening["kind"], ComponentType<{ size?: number }>> = {
  begin: IconPhoneIncoming,
  menu: IconDialpad,
  ring: IconPhone,
  queue: IconUsersGroup,
  "turned-away": IconPhoneOff,
  left: IconFlag,
  announce: IconVolume,
  answer: IconHeadset,
  service: IconRobot,
  hold: IconPlayerPause,
  recording: IconMicrophone,
  message: IconMailbox,
  end: IconPhoneOff,
};

/** The call's way, drawn from above to below. */
export function JourneyLine({ detail, zone, names }: Props) {
  const { t } = useTranslation("calls");
  const { t: word } = useTranslation("callwords");
  const all = happenings(detail);
  const clock: Intl.DateTimeFormatOptions = { hour: "numeric", minute: "2-digit", second: "2-digit" };
  return (
    <Timeline active={all.length} bulletSize={30} lineWidth={2}>
      {all.map((one, place) => {
        const Icon = ICON[one.kind];
        return (
          <Timeline.Item
            // biome-ignore lint/suspicious/noArrayIndexKey: what happened does not change places
            key={place}
            bullet={<Icon size={16} />}
            title={titleOf(one, detail, names, t, word)}
          >
            <Rang rung={rungOf(one)} names={names} />
            <Text size="xs" c="dimmed">
              {instant(one.at * 1000, zone, clock)}
            </Text>
          </Timeline.Item>
        );
      })}
    </Timeline>
  );
}

function rungOf(one: Happening): Rung[] {
  if (one.kind === "ring") return one.rung;
  return one.kind === "queue" ? one.missed : [];
}

function Rang({ rung, names }: { rung: Rung[]; names: Names }) {
  const { t } = useTranslation("calls");
  const { t: word } = useTranslation("callwords");
  if (rung.length === 0) return null;
  return (
    <List size="sm" spacing={2} my={4}>
      {rung.map((one, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: one may be rung twice
        <List.Item key={place}>
          {t("rang", {
            who: names.target(one.who),
            seconds: duration(one.rang),
            end: word(`end.${one.end}`, { defaultValue: one.end }),
          })}
        </List.Item>
      ))}
    </List>
  );
}

type Word = TFunction<"callwords">;

function titleOf(
  one: Happening,
  detail: CallDetail,
  names: Names,
  t: TFunction<"calls">,
  word: Word,
): string {
  switch (one.kind) {
    case "begin":
      return t(`line.begin.${detail.direction}`, { via: names.target(detail.via) });
    case "menu":
      return t("line.menu", { key: one.pressed });
    case "ring":
      return t(one.outside ? "line.ringOutside" : "line.ring", { seconds: duration(one.seconds) });
    case "queue":
      return t("line.queue", {
        queue: names.queue(one.queue),
        position: one.position,
        waited: duration(one.waited),
      });
    case "turned-away":
      return t("line.turnedAway", { queue: names.queue(one.queue), why: why(one.reason, t) });
    case "left":
      return leftOf(one, names, t);
    case "announce":
      return t("line.announce");
    case "answer":
      return answerOf(one, names, t);
    case "service":
      return t("line.service", {
        service: t(`service.${one.service}`, { defaultValue: one.service }),
        seconds: duration(one.seconds),
      });
    case "hold":
      return t("line.hold", { who: names.target(one.who), seconds: duration(one.seconds) });
    case "recording":
      return t("line.recording", { seconds: duration(one.seconds) });
    case "message":
      return t("line.message", { who: names.user(one.user), seconds: duration(one.seconds) });
    case "end":
      return detail.ended_by ? t("line.endBy", { who: word(`endedBy.${detail.ended_by}`) }) : t("line.end");
  }
}

function why(reason: string, t: TFunction<"calls">): string {
  return t(`leftBecause.${reason}`, { defaultValue: reason });
}

function leftOf(one: Happening & { kind: "left" }, names: Names, t: TFunction<"calls">): string {
  const words = { queue: names.queue(one.queue), why: why(one.reason, t), where: names.target(one.target) };
  const line = t(one.target ? "line.leftTo" : "line.left", words);
  return one.callback ? `${line} · ${one.callback}` : line;
}

function answerOf(one: Happening & { kind: "answer" }, names: Names, t: TFunction<"calls">): string {
  const seconds = duration(one.seconds);
  const target = names.target(one.target);
  if (!one.user) return t("line.answer", { who: target, seconds });
  return target
    ? t("line.answerOn", { who: names.user(one.user), device: target, seconds })
    : t("line.answer", { who: names.user(one.user), seconds });
}
