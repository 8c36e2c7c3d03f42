// The README's table of variables, from their one definition: `npm run build && node scripts/variables-table.mjs` prints it.
import { pathToFileURL } from "node:url";

/** Markdown, one row per variable, in the order of their definition. */
export function variablesTable(variables) {
  const rows = Object.entries(variables).map(
    ([name, { shownDefault, help }]) =>
      `| \`${name}\` | ${shownDefault === "" ? "" : `\`${shownDefault}\``} | ${help.replaceAll("|", "\\|")} |`,
  );
  return ["| Variable | Default | Meaning |", "| --- | --- | --- |", ...rows.map(oneLine)].join("\n");
}

/** A line break would end the row. */
function oneLine(row) {
  return row.replace(/\s+/g, " ");
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { VARIABLES } = await import("../dist/config.js");
  console.log(variablesTable(VARIABLES));
}
