// The README's table of settings, from their one definition: `npm run build && node scripts/settings-table.mjs` prints it.
import { pathToFileURL } from "node:url";

/** Markdown, one row per setting, in the order of their definition. */
export function settingsTable(settings) {
  const rows = Object.entries(settings).map(([name, setting]) => {
    const range = rangeOf(setting);
    const help = setting.help.replace(/\s+/g, " ").replaceAll("|", "\\|");
    const shownDefault = setting.defaultValue === "" ? "" : `\`${setting.defaultValue}\``;
    return `| \`${name}\` | ${shownDefault} | ${range} | ${setting.effect} | ${help} |`;
  });
  return ["| Setting | Default | Range | Acts | Meaning |", "| --- | --- | --- | --- | --- |", ...rows].join("\n");
}

function rangeOf(setting) {
  if (setting.type === "boolean") return "true, false";
  return setting.type === "text" ? setting.format : `${setting.min} … ${setting.max}`;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { SETTINGS } = await import("../dist/domain/setting.js");
  console.log(settingsTable(SETTINGS));
}
