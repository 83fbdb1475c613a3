/** Where figures end up: sections of docs/benchmarks.md between marks, and charts beside it. */
import { readFile, writeFile } from "node:fs/promises";
import { cpus, loadavg, totalmem } from "node:os";
import path from "node:path";
import type { Page } from "@playwright/test";
import { isFirefox } from "../browsers.ts";
import { GB, REPORT_FILE } from "./settings.ts";

/**
 * Replaces a section, or adds it at the end.
 *
 * @param name Of its marks.
 * @param body Markdown.
 */
export async function writeSection(name: string, body: string): Promise<void> {
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const text = await readFile(REPORT_FILE, "utf8").catch(() => ""); // Safe: it is made then.
  const section = `${begin}\n${body}\n${end}`;
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  const changed =
    from >= 0 && to > from
      ? text.slice(0, from) + section + text.slice(to + end.length)
      : `${text}\n${section}\n`;
  await writeFile(REPORT_FILE, changed);
  console.log(section);
}

/**
 * Writes a chart beside the report.
 *
 * @param name Of the file, without its end.
 * @returns The Markdown that shows it.
 */
export async function writeChart(name: string, svg: string, title: string): Promise<string> {
  await writeFile(path.join(path.dirname(REPORT_FILE), `${name}.svg`), svg);
  return `![${title}](${name}.svg)`;
}

/** A sentence on what the figures were measured with, such as the browser of the page. */
export function machine(page: Page): string {
  const browser = page.context().browser();
  const engine = isFirefox(page) ? "Firefox" : "Chromium";
  const memory = Math.round(totalmem() / GB);
  const load = loadavg()[0]?.toFixed(1);
  return `${engine} ${browser?.version()}, ${cpus().length} cores, ${memory} GB of memory, load average ${load} before`;
}
