import { randomBytes } from "node:crypto";
import type { Database } from "./database.js";

const CURSOR_SECRET = "cursor";

/** The secret that signs cursors, made by whichever replica starts first and shared by all. */
export async function loadCursorSecret({ prisma }: Database): Promise<string> {
  const fresh = { name: CURSOR_SECRET, value: randomBytes(32).toString("base64url") };
  await prisma.serviceSecret.createMany({ data: [fresh], skipDuplicates: true });
  const { value } = await prisma.serviceSecret.findUniqueOrThrow({ where: { name: CURSOR_SECRET } });
  return value;
}
