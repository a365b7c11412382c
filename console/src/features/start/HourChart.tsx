import { Box, useComputedColorScheme, useMantineTheme } from "@mantine/core";
import { BarChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { time } from "@/i18n/format";
import type { Overview } from "./attention";

echarts.use([BarChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

interface Props {
  day: Overview["today"];
  zone: string;
}

/** Calls by hour as bars; a table beside it says the same to who does not see it. */
export default function HourChart({ day, zone }: Props) {
  const { t, i18n } = useTranslation("start");
  const box = useRef<HTMLDivElement>(null);
  const theme = useMantineTheme();
  const dark = useComputedColorScheme() === "dark";
  const words = i18n.language;
  useEffect(() => {
    if (!box.current || !words) return;
    const chart = echarts.init(box.current, undefined, { renderer: "svg" });
    const colour = (name: string, shade: number) => theme.colors[name]?.[shade] ?? "";
    const ink = colour("gray", dark ? 4 : 7);
    const line = colour(dark ? "dark" : "gray", dark ? 4 : 3);
    const hours = day.hours;
    const bars = (name: string, fill: string, values: number[], stack: string) => ({
      name,
      type: "bar" as const,
      stack,
      data: values,
      itemStyle: { color: fill },
      barMaxWidth: 18,
    });
    chart.setOption({
      animation: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
      textStyle: { fontFamily: theme.fontFamily, color: ink },
      grid: { left: 4, right: 4, top: 34, bottom: 4, containLabel: true },
      legend: { top: 0, left: 0, textStyle: { color: ink }, itemWidth: 14 },
      tooltip: { trigger: "axis", axisPointer: { type: "shadow" } },
      xAxis: {
        type: "category",
        data: hours.map((hour) => time(hour.begins_at, zone)),
        axisLabel: { color: ink },
        axisLine: { lineStyle: { color: line } },
        axisTick: { show: false },
      },
      yAxis: {
        type: "value",
        minInterval: 1,
        axisLabel: { color: ink },
        splitLine: { lineStyle: { color: line } },
      },
      series: [
        bars(
          t("answered"),
          colour("azulejo", dark ? 4 : 7),
          hours.map((hour) => hour.answered),
          "in",
        ),
        bars(
          t("missed"),
          colour("lamp", dark ? 4 : 5),
          hours.map((hour) => hour.missed),
          "in",
        ),
        bars(
          t("otherwise"),
          colour("gray", dark ? 6 : 5),
          hours.map((hour) => hour.inbound - hour.answered - hour.missed),
          "in",
        ),
        bars(
          t("outbound"),
          colour("azulejo", dark ? 8 : 3),
          hours.map((hour) => hour.outbound),
          "out",
        ),
      ],
    });
    const watch = new ResizeObserver(() => chart.resize());
    watch.observe(box.current);
    return () => {
      watch.disconnect();
      chart.dispose();
    };
  }, [day, zone, dark, theme, t, words]);
  return <Box ref={box} h={230} aria-hidden />;
}
