/** What `pnpm test` runs, in this order. */

/**
 * @typedef {object} Suite
 * @property {string} name Chooses it on the command line.
 * @property {string} script The root package's script that runs it.
 * @property {string[]} [args] For the script.
 * @property {number} budgetSeconds After this it is ended and counts as failed.
 * @property {"vitest" | "playwright"} [report] Whose report counts its tests; without one, it counts
 *   as one.
 * @property {string[]} [needs] Suites without which it would prove nothing.
 */

/** @type {Suite[]} */
export const SUITES = [
  { name: "browsers", script: "browsers", budgetSeconds: 420 },
  { name: "build", script: "build", budgetSeconds: 120 },
  { name: "format", script: "format:check", budgetSeconds: 30 },
  { name: "lint", script: "lint", budgetSeconds: 60 },
  { name: "types", script: "typecheck", budgetSeconds: 120 },
  { name: "deadcode", script: "deadcode", budgetSeconds: 60 },
  { name: "unit", script: "unit", budgetSeconds: 240, report: "vitest", needs: ["browsers"] },
  { name: "simulations", script: "simulations", budgetSeconds: 240, report: "vitest" },
  { name: "fuzz", script: "fuzz", budgetSeconds: 120, report: "vitest" },
  ...journeys("chromium", "chromium", 960),
  ...journeys("firefox", "firefox", 720),
  ...journeys("cross", "cross-*", 300),
];

/**
 * @param {string} name
 * @param {string} projects The Playwright projects, a pattern.
 * @param {number} budgetSeconds
 * @returns {Suite[]} The journeys of these projects.
 */
function journeys(name, projects, budgetSeconds) {
  return [
    {
      name,
      script: "e2e",
      args: [`--project=${projects}`, `--output=test-results/${name}`],
      budgetSeconds,
      report: "playwright",
      needs: ["browsers", "build"],
    },
  ];
}
