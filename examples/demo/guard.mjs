// Reads process groups, one a line. When nobody can write any more, the demo is gone, perhaps killed before it could stop
// anything: what still runs is stopped, the last started first. Programs left behind would keep ports and database.
import { createInterface } from "node:readline";
import { signal } from "./services.mjs";

const groups = [];
for await (const line of createInterface({ input: process.stdin })) groups.push(Number(line));
for (const group of groups.reverse()) signal(group, "SIGTERM");
