/** Tells the service worker at build what the app consists of. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Plugin } from "vite";
import type { BuiltApp } from "./src/service-worker/app-cache.ts";

/** Made beside the files for the server or for whoever looks; and what asks for the list itself. */
const NOT_OF_THE_APP = /\.(map|br|gz)$|^service-worker\.js$/;

/**
 * What of a folder that the app was built into a browser may ask for. The version is a hash of all
 * names and contents: the same app has the same one, wherever it is built.
 */
export function builtApp(folder: string): BuiltApp {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .map((name) => name.split(path.sep).join("/"))
    .filter((name) => !NOT_OF_THE_APP.test(name))
    .toSorted();
  const hash = createHash("sha256");
  for (const name of names) {
    const content = readFileSync(path.join(folder, name));
    hash.update(`${name} ${content.length} `).update(content);
  }
  const paths = names.map((name) => (name === "index.html" ? "/" : `/${name}`));
  return { version: hash.digest("hex").slice(0, 16), paths };
}

/** Puts it in place of `__BUILT_APP__`. The app has to be in the folder when this build begins. */
export const withBuiltApp = (folder: string): Plugin => ({
  name: "shoal-built-app",
  config: () => ({ define: { __BUILT_APP__: JSON.stringify(builtApp(folder)) } }),
});
