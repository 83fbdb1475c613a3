/** Numbers for people, all through Intl. Sizes are decimal: 1 MB is 1,000,000 bytes. */
import { locale } from "../locales/words.ts";

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;
const PER_SECOND = [
  "byte-per-second",
  "kilobyte-per-second",
  "megabyte-per-second",
  "gigabyte-per-second",
  "terabyte-per-second",
] as const;

/**
 * One formatter per kind and language: making one is slow, 2,000 rows want many.
 *
 * @param make Makes it for a language tag.
 */
function perLocale<Format>(make: (tag: string) => Format): () => Format {
  const made = new Map<string, Format>();
  return () => {
    const tag = locale();
    let format = made.get(tag);
    if (format === undefined) {
      format = make(tag);
      made.set(tag, format);
    }
    return format;
  };
}

const count = perLocale((tag) => new Intl.NumberFormat(tag));
const percent = perLocale(
  (tag) => new Intl.NumberFormat(tag, { style: "percent", maximumFractionDigits: 0 }),
);
const list = perLocale((tag) => new Intl.ListFormat(tag, { style: "narrow", type: "unit" }));

/** The formatters of each unit and number of decimals. */
const units = new Map<string, () => Intl.NumberFormat>();

function inUnit(value: number, unit: string, decimals: number, unitDisplay: "short" | "long") {
  const key = `${unit} ${decimals} ${unitDisplay}`;
  let format = units.get(key);
  if (format === undefined) {
    format = perLocale(
      (tag) =>
        new Intl.NumberFormat(tag, {
          style: "unit",
          unit,
          unitDisplay,
          minimumFractionDigits: decimals,
          maximumFractionDigits: decimals,
        }),
    );
    units.set(key, format);
  }
  return format().format(value);
}

/** The largest unit in which the number is at least 1, after rounding. */
function scaled(bytes: number): { value: number; power: number; decimals: number } {
  let value = bytes;
  let power = 0;
  while (power < UNITS.length - 1 && Math.round(value * 10) / 10 >= 1000) {
    value /= 1000;
    power += 1;
  }
  return { value, power, decimals: power === 0 || value >= 99.95 ? 0 : 1 };
}

/** "512 bytes", "1.5 kB", "734 MB". */
export function formatBytes(bytes: number): string {
  const { value, power, decimals } = scaled(bytes);
  return inUnit(value, UNITS[power] ?? "byte", decimals, power === 0 ? "long" : "short");
}

/** "10 MB": a round number of bytes. */
export function formatRoundBytes(bytes: number): string {
  const { value, power } = scaled(bytes);
  return inUnit(value, UNITS[power] ?? "byte", 0, "short");
}

/** "3.2 MB/s". */
export function formatSpeed(bytesPerSec: number): string {
  // Under a kilobyte the exact figure says nothing.
  const { value, power, decimals } = scaled(Math.max(bytesPerSec, 0));
  if (power === 0) return inUnit(value / 1000, PER_SECOND[1], value >= 50 ? 1 : 0, "short");
  return inUnit(value, PER_SECOND[power] ?? "byte-per-second", decimals, "short");
}

/** "2,000". */
export function formatCount(value: number): string {
  return count().format(value);
}

/** A share from 0 to 1 as whole percent, rounded down: 100 only when it is all. */
export function wholePercent(share: number): number {
  // The small term keeps 0.29 * 100 = 28.999… from reading 28.
  return Math.max(0, Math.min(100, Math.floor(share * 100 + 1e-9)));
}

/** "42%", rounded down. */
export function formatPercent(share: number): string {
  return percent().format(wholePercent(share) / 100);
}

/** "42%", in its parts as the language orders them: digits in `integer`, the sign in `percentSign`. */
export function percentParts(share: number): Intl.NumberFormatPart[] {
  return percent().formatToParts(wholePercent(share) / 100);
}

const day = perLocale(
  (tag) => new Intl.DateTimeFormat(tag, { weekday: "short", day: "numeric", month: "short" }),
);

/** "Mon, 30 Nov": the day of a time on the wall clock, in ms. */
export function formatDay(timeMs: number): string {
  return day().format(timeMs);
}

const ago = perLocale((tag) => new Intl.RelativeTimeFormat(tag, { numeric: "auto" }));

/** "this minute", "3 hours ago", "yesterday": a time that has passed, in ms. */
export function formatAge(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return ago().format(-minutes, "minute");
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? ago().format(-hours, "hour") : ago().format(-Math.floor(hours / 24), "day");
}

/** "2 h 10 min", "3 min", "20 s": coarse on purpose, since an estimate is no clock. */
export function formatDuration(seconds: number): string {
  if (seconds < 60) return inUnit(Math.max(5, Math.ceil(seconds / 5) * 5), "second", 0, "short");
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return inUnit(minutes, "minute", 0, "short");
  const rounded = Math.round(minutes / 5) * 5;
  const hours = Math.floor(rounded / 60);
  if (hours >= 24) return inUnit(Math.round(hours / 24), "day", 0, "long");
  const rest = rounded % 60;
  const hourText = inUnit(hours, "hour", 0, "short");
  return rest === 0 ? hourText : list().format([hourText, inUnit(rest, "minute", 0, "short")]);
}
