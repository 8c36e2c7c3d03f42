const PATHS = {
  mark: "M5 15v-4m5 4V5m5 10V8",
  pulse: "M2 10h4l2-6 4 12 2-6h4",
  sliders: "M3 6h8m4 0h2M3 14h2m4 0h8M13 4v4M7 12v4",
  model: "M10 2l7 4v8l-7 4-7-4V6zM3 6l7 4 7-4M10 10v8",
  explore: "M9 3a6 6 0 100 12A6 6 0 009 3zm4.5 10.5L18 18",
  rule: "M4 4h12M4 10h7M4 16h4m6-3l2 2 4-4",
  letter: "M2 5h16v10H2zm0 0l8 6 8-6",
  undo: "M7 5L3 9l4 4M3 9h9a5 5 0 010 10H9",
  leave: "M12 4H4v12h8m-4-6h10m-3-3l3 3-3 3",
  up: "M10 16V4m-5 5l5-5 5 5",
  down: "M10 4v12m5-5l-5 5-5-5",
} as const;

export type IconName = keyof typeof PATHS;

/** A drawing beside words; to readers of the screen it is nothing. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className={`icon icon-${name}`} viewBox="0 0 20 20" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
