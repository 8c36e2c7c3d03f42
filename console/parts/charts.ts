import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { type EChartsCoreOption, init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, LineChart, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, CanvasRenderer]);

/** Colours of the page, as they are in its theme. */
export interface Theme {
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly card: string;
  readonly accent: string;
  readonly good: string;
  readonly bad: string;
  /** Of series beside each other. */
  readonly series: string[];
}

/** A chart in a theme's colours. */
export type Picture = (theme: Theme) => EChartsCoreOption;

export interface Drawing {
  show(picture: Picture): void;
  end(): void;
}

/** Draw into an element, again whenever its size or the theme changes. */
export function draw(element: HTMLElement, first: Picture): Drawing {
  const chart = init(element, null, { renderer: "canvas" });
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const stillness = matchMedia("(prefers-reduced-motion: reduce)");
  let picture = first;
  const show = () => {
    const theme = readTheme(element);
    chart.setOption(
      { animation: !stillness.matches, animationDuration: 300, ...common(theme), ...picture(theme) },
      true,
    );
  };
  const sizes = new ResizeObserver(() => chart.resize());
  sizes.observe(element);
  dark.addEventListener("change", show);
  show();
  return {
    show(next) {
      picture = next;
      show();
    },
    end() {
      dark.removeEventListener("change", show);
      sizes.disconnect();
      chart.dispose();
    },
  };
}

/** Tooltips are drawn, not written as HTML: names come from the shop's data, and the page's policy allows no inline style. */
function common({ text, muted, line, card, series }: Theme): EChartsCoreOption {
  return {
    color: series,
    textStyle: { fontFamily: "inherit", color: muted },
    grid: { left: 8, right: 12, top: 36, bottom: 4, containLabel: true },
    legend: { top: 0, left: 0, icon: "roundRect", itemWidth: 10, itemHeight: 10, textStyle: { color: muted } },
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      confine: true,
      backgroundColor: card,
      borderColor: line,
      textStyle: { color: text, fontSize: 12 },
      axisPointer: { type: "shadow", shadowStyle: { opacity: 0.06 } },
    },
  };
}

function readTheme(element: HTMLElement): Theme {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    text: colour("text"),
    muted: colour("muted"),
    line: colour("line"),
    card: colour("card"),
    accent: colour("accent"),
    good: colour("good"),
    bad: colour("bad"),
    series: Array.from({ length: 8 }, (_, i) => colour(`s${i}`)),
  };
}
