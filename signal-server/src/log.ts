/** The log: one JSON line per event. What strangers sent, and who they are, never goes into it. */
import { destination, type Logger, pino } from "pino";

export const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export type Log = Logger;

/**
 * A log on standard error, so that standard output holds the address alone. Neither process id nor
 * host name stands in its lines.
 */
export function openLog(level: LogLevel): Log {
  const options = { level, base: null, timestamp: () => `,"time":"${new Date().toISOString()}"` };
  return pino(options, destination({ fd: 2, sync: true }));
}
