import { useEffect, useRef } from "react";
import type { Drawing, Picture } from "./charts.js";

/** Loaded when the first chart is shown: charts are most of what the console weighs. */
const loadCharts = () => import("./charts.js");

interface ChartProps {
  /** What the picture shows, in words. */
  readonly label: string;
  readonly picture: Picture;
  /** Pixels. */
  readonly height: number;
}

/** A chart of echarts, which follows its data, its size and the theme of the page. */
export function Chart({ label, picture, height }: ChartProps) {
  const element = useRef<HTMLDivElement>(null);
  const drawing = useRef<Drawing | null>(null);
  const newest = useRef(picture);
  newest.current = picture;
  useEffect(() => {
    let isGone = false;
    void loadCharts().then(({ draw }) => {
      if (isGone || element.current === null) return;
      drawing.current = draw(element.current, newest.current);
    });
    return () => {
      isGone = true;
      drawing.current?.end();
      drawing.current = null;
    };
  }, []);
  useEffect(() => drawing.current?.show(picture), [picture]);
  return <div ref={element} className="chart" role="img" aria-label={label} style={{ height }} />;
}
