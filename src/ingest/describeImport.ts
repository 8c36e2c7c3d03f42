import path from "node:path";
import type { ImportSummary } from "./importShop.js";

/** One line for a person: what an import read, what came in, and by how much times were moved. */
export function describeImport(
  order: { readonly folder: string; readonly shiftToNow: boolean },
  summary: ImportSummary,
): string {
  const parts = [describeInteractions(summary), describeProducts(summary), describeUsers(summary)];
  const what = parts.filter((part) => part !== null).join(", ");
  return `${path.basename(path.resolve(order.folder))}: ${what}${describeShift(order.shiftToNow, summary)}`;
}

/** One line per file and reason, then where to read the rows themselves, or why not; none when every row was taken. */
export function describeRejects({ rejected, rejectsPath, rejectsProblem }: ImportSummary): string[] {
  const lines = rejected.map(({ file, reason, count }) => `${counted(count, "row")} of ${file}: ${reason}`);
  if (rejectsPath !== null) lines.push(`rows and reasons are in ${rejectsPath}`);
  if (rejectsProblem !== null) lines.push(rejectsProblem);
  return lines;
}

function describeInteractions({ interactions }: ImportSummary): string | null {
  if (interactions === null) return null;
  const { rows, accepted, duplicates } = interactions;
  return `${counted(rows, "row")} → ${counted(accepted, "interaction")}, ${counted(duplicates, "duplicate")}`;
}

function describeProducts({ products }: ImportSummary): string | null {
  if (products === null) return null;
  return `${counted(products.rows, "product")} (${grouped(products.changed)} new or changed)`;
}

function describeUsers({ users }: ImportSummary): string | null {
  if (users === null) return null;
  return `${counted(users.rows, "user")} (${grouped(users.changed)} new or changed)`;
}

function describeShift(shiftToNow: boolean, { shiftDays }: ImportSummary): string {
  return shiftToNow ? `; times moved by ${grouped(shiftDays)} days (whole weeks)` : "";
}

function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
}

function grouped(count: number): string {
  return count.toLocaleString("en-US");
}
