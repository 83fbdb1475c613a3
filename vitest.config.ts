import { defineConfig } from "vitest/config";

/** One project for each folder's unit tests, so that `pnpm unit --project swarm` runs that folder's. */
const units = (folder: string) => ({
  test: { name: folder, root: folder, include: ["**/*.test.{ts,tsx,mjs}"] },
});

export default defineConfig({
  test: {
    exclude: ["**/node_modules/**", "**/dist/**"],
    projects: [
      units("swarm"),
      units("signal-server"),
      units("web"),
      units("scripts"),
      // What a stranger can send, made at random: stands apart for having a time of its own.
      { test: { name: "fuzz", include: ["{swarm,signal-server,web}/**/*.fuzz.ts"] } },
    ],
  },
});
