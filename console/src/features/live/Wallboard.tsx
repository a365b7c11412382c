import { Button, MultiSelect, Popover } from "@mantine/core";
import { useDocumentTitle, useFullscreenDocument } from "@mantine/hooks";
import { IconArrowsMaximize, IconArrowsMinimize, IconListCheck } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useLive, useNow } from "@/api/board";
import { useTenant } from "@/api/tenant";
import { useZone } from "@/api/zone";
import { duration, percent, time } from "@/i18n/format";
import { type Queue, queuesInOrder, secondsSince } from "./lines";
import { useAwake } from "./useAwake";
import classes from "./Wallboard.module.css";

/** A queue's caller who has waited so much longer than the service level wants is shown as late. */
const LATE = 1;

/** The queues in figures that are read from the other end of the room. It stays on, and comes back by itself. */
export function Wallboard() {
  const { t } = useTranslation("live");
  useDocumentTitle(`${t("wallboard")} · Centralita`);
  useAwake();
  const tenant = useTenant();
  const zone = useZone();
  const live = useLive(tenant);
  const now = useNow(live.skew);
  const search = useSearch({ strict: false }) as { queues?: string };
  const chosen = (search.queues ?? "").split(",").filter(Boolean);
  const queues = live.board ? queuesInOrder(live.board, chosen) : [];
  // On a wall a queue keeps its place.
  queues.sort((a, b) => (a.name || a.id).localeCompare(b.name || b.id));
  const down = live.connection === "open" && live.board?.switch[""]?.up === false;
  return (
    <main className={classes.wall}>
      <header className={classes.head}>
        <h1>{t("wallboard")}</h1>
        <span className={classes.clock}>{time(now, zone)}</span>
        <Controls tenant={tenant} chosen={chosen} all={Object.values(live.board?.queues ?? {})} />
      </header>
      {(live.connection === "lost" || live.connection === "refused" || down) && (
        <div className={classes.trouble} role="alert">
          {t(down ? "connection.down" : `connection.${live.connection}`)}
        </div>
      )}
      {live.board && queues.length === 0 && !down && <p>{t("noQueues")}</p>}
      <div className={classes.queues}>
        {queues.map((queue) => (
          <QueueOnWall key={queue.id} queue={queue} now={now} />
        ))}
      </div>
      <footer className={classes.foot}>{t("definitions")}</footer>
    </main>
  );
}

function QueueOnWall({ queue, now }: { queue: Queue; now: number }) {
  const { t } = useTranslation("live");
  const longest = secondsSince(queue.longest_since, now);
  const late = longest !== null && longest > LATE * queue.service_level_seconds;
  return (
    <section className={classes.queue} data-waiting={late ? "late" : queue.waiting ? "some" : "none"}>
      <h2>{queue.name || queue.id}</h2>
      <dl className={classes.big}>
        <Figure name={t("waiting")} value={String(queue.waiting)} />
        <Figure
          name={late ? t("longestLate") : t("longest")}
          value={longest === null ? "–" : duration(longest)}
        />
      </dl>
      <dl className={classes.small}>
        <Figure name={t("freeAgents")} value={String(queue.free)} />
        <Figure name={t("busy")} value={String(queue.busy + queue.wrap_up)} />
        <Figure name={t("paused")} value={String(queue.paused)} />
        <Figure name={t("answeredToday")} value={String(queue.answered)} />
        <Figure name={t("abandonedToday")} value={String(queue.abandoned)} />
        <Figure
          name={t("serviceLevel", { seconds: queue.service_level_seconds })}
          value={queue.service_level === null ? "–" : percent(queue.service_level)}
        />
      </dl>
    </section>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Controls({ tenant, chosen, all }: { tenant: string; chosen: string[]; all: Queue[] }) {
  const { t } = useTranslation("live");
  const navigate = useNavigate();
  const { toggle, fullscreen } = useFullscreenDocument();
  const Icon = fullscreen ? IconArrowsMinimize : IconArrowsMaximize;
  return (
    <Button.Group>
      <Popover position="bottom-end" withArrow>
        <Popover.Target>
          <Button variant="default" leftSection={<IconListCheck size={18} aria-hidden />}>
            {t("chooseQueues")}
          </Button>
        </Popover.Target>
        <Popover.Dropdown w={320}>
          <MultiSelect
            label={t("chooseQueues")}
            description={t("chooseQueuesHint")}
            clearable
            comboboxProps={{ withinPortal: false }}
            data={all.map((queue) => ({ value: queue.id, label: queue.name || queue.id }))}
            value={chosen}
            onChange={(next) =>
              void navigate({
                to: "/wallboard/$tenant",
                params: { tenant },
                search: next.length ? { queues: next.join(",") } : {},
                replace: true,
              })
            }
          />
        </Popover.Dropdown>
      </Popover>
      <Button variant="default" leftSection={<Icon size={18} aria-hidden />} onClick={() => void toggle()}>
        {t(fullscreen ? "smallScreen" : "fullScreen")}
      </Button>
    </Button.Group>
  );
}
