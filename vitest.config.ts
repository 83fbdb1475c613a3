import { defineConfig } from "vitest/config";

/**
 * A test ends by its conditions; this only ends one that hangs. A busy machine takes many times as
 * long as a quiet one, which is no failure.
 */
const PATIENCE = { testTimeout: 60_000, hookTimeout: 60_000 };

/** Hundreds of runs are one test. */
const SIMULATION_PATIENCE = { testTimeout: 300_000, hookTimeout: 60_000 };

/** One project for each folder's unit tests, so that `pnpm unit --project swarm` runs that folder's. */
const units = (folder: string) => ({
  test: { ...PATIENCE, name: folder, root: folder, include: ["**/*.test.{ts,tsx,mjs}"] },
});

export default defineConfig({
  test: {
    exclude: ["**/node_modules/**", "**/dist/**"],
    projects: [
      units("swarm"),
      units("signal-server"),
      units("web"),
      units("scripts"),
      // Swarms of real engines on a virtual clock: the short set of `pnpm simulate`.
      {
        test: {
          ...SIMULATION_PATIENCE,
          name: "simulations",
          include: ["swarm/simulator/*.sim.ts"],
        },
      },
      // What a stranger can send, made at random: stands apart for having a time of its own.
      {
        test: { ...PATIENCE, name: "fuzz", include: ["{swarm,signal-server,web}/**/*.fuzz.ts"] },
      },
    ],
  },
});
