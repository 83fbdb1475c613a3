import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { builtApp } from "./built-app.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "shoal-built-"));
  mkdirSync(path.join(folder, "assets"));
  for (const name of ["index.html", "icon.svg", "assets/index-1.js"]) write(name, name);
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, content: string): void =>
  writeFileSync(path.join(folder, name), content);

it("lists what a browser may ask for, and nothing beside it", () => {
  const { version } = builtApp(folder);
  for (const name of ["assets/index-1.js.map", "index.html.br", "icon.svg.gz", ".hidden"]) {
    write(name, "");
  }
  write("service-worker.js", "of an earlier build");
  const paths = ["/assets/index-1.js", "/icon.svg", "/"];
  expect(builtApp(folder)).toEqual({ version, paths });
});

it.each([
  ["another content", () => write("icon.svg", "redrawn!")],
  ["another file", () => write("assets/search-1.js", "")],
  ["another name", () => write("assets/index-1.jsx", "")],
])("tells a version with %s from the one before", (_what, change) => {
  const before = builtApp(folder).version;
  expect(builtApp(folder).version).toBe(before);
  change();
  expect(builtApp(folder).version).not.toBe(before);
});
