import { pino } from "pino";

export type Logger = pino.Logger;

/** JSON lines with stable keys on stderr; stdout belongs to a command's result. */
export function createLogger(level: string): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ fd: 2, sync: true }));
}
