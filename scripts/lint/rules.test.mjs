/**
 * Every lint rule that the design leans on is seen failing. A linter that reads nothing, or a rule
 * whose option was misspelt, reports no violation either; this is how to tell.
 */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Files that break one rule each: their path, their text, and the rule that must name them.
 *
 * @type {[file: string, text: string, rule: string][]}
 */
const BROKEN = [
  // Time and chance.
  ["swarm/src/date.ts", "export const now = () => Date.now();", "eslint(no-restricted-globals)"],
  [
    "swarm/src/chance.ts",
    "export const chance = Math.random();",
    "eslint(no-restricted-properties)",
  ],
  [
    "swarm/src/timer.ts",
    "export const t = setTimeout(() => 1, 2);",
    "eslint(no-restricted-globals)",
  ],
  ["swarm/src/tick.ts", "queueMicrotask(() => undefined);", "eslint(no-restricted-globals)"],
  ["swarm/src/clock.ts", "export const c = performance.now();", "eslint(no-restricted-globals)"],
  ["swarm/src/key.ts", "export const k = crypto.subtle;", "eslint(no-restricted-globals)"],

  // Who may import whom.
  ["swarm/src/npm.ts", 'import "socket.io";', "shoal(layers)"],
  ["swarm/src/node.ts", 'import "node:fs";', "shoal(layers)"],
  ["swarm/src/deep/up.ts", 'export * from "../../webcrypto/webcrypto.ts";', "shoal(layers)"],
  ["swarm/webcrypto/web.ts", 'import "../../web/src/ui/a.ts";', "shoal(layers)"],
  ["signal-server/src/helper.ts", 'import "../test/peer.ts";', "shoal(layers)"],
  ["signal-server/src/web.ts", 'import "../../web/src/ui/a.ts";', "shoal(layers)"],
  ["web/src/ui/feature.tsx", 'import "../features/share/a.ts";', "shoal(layers)"],
  ["web/src/ui/engine.tsx", 'import type {} from "@shoal/swarm/link";', "shoal(layers)"],
  ["web/src/features/share/b.ts", 'import "../download/a.ts";', "shoal(layers)"],
  ["web/src/features/share/p.ts", 'import "../../protocol/a.ts";', "shoal(layers)"],
  ["web/src/features/share/io.ts", 'import "socket.io-client";', "shoal(layers)"],
  ["web/src/features/share/w.ts", 'import "@shoal/swarm/webcrypto";', "shoal(layers)"],
  ["web/src/session/react.ts", 'import "react";', "shoal(layers)"],
  ["web/src/session/ui.ts", 'import "../ui/a.ts";', "shoal(layers)"],
  ["web/src/session/feature.ts", 'void import("../features/share/a.ts");', "shoal(layers)"],
  ["web/src/session/worker.ts", 'import "../worker/a.ts?worker";', "shoal(layers)"],
  ["web/src/worker/session.ts", 'import "../session/a.ts";', "shoal(layers)"],
  ["web/src/worker/ice.ts", 'import "simple-peer";', "shoal(layers)"],
  ["web/src/service-worker/engine.ts", 'import "@shoal/swarm/link";', "shoal(layers)"],
  ["web/src/session/service.ts", 'import "../service-worker/a.ts";', "shoal(layers)"],
  ["web/src/locales/ui.ts", 'import "../ui/a.ts";', "shoal(layers)"],
  ["web/src/elsewhere/a.ts", 'import "../ui/a.ts";', "shoal(layers)"],
  ["elsewhere/a.ts", "export const a = 1;", "shoal(layers)"],
  ["e2e/source.ts", 'import "../swarm/src/a.ts";', "shoal(layers)"],

  // Cycles, of values and of types, within a package.
  ["swarm/src/egg.ts", 'import "./hen.ts";', "import(no-cycle)"],
  ["swarm/src/hen.ts", 'import "./egg.ts";', "import(no-cycle)"],
  ["web/src/ui/x.ts", 'import type { Y } from "./y.ts";\nexport type X = Y;', "import(no-cycle)"],
  ["web/src/ui/y.ts", 'import type { X } from "./x.ts";\nexport type Y = X;', "import(no-cycle)"],

  // Promises and types.
  ["swarm/src/float.ts", "Promise.resolve(1);", "typescript(no-floating-promises)"],
  ["swarm/src/await.ts", "export const one = await 1;", "typescript(await-thenable)"],
  [
    "web/src/app/misuse.ts",
    'addEventListener("load", async () => { await Promise.resolve(); });',
    "typescript(no-misused-promises)",
  ],
  ["swarm/src/any.ts", "export const f = (a: any) => a;", "typescript(no-explicit-any)"],
  [
    "swarm/src/unsafe.ts",
    "export const x: number = JSON.parse('1');",
    "typescript(no-unsafe-assignment)",
  ],
  [
    "swarm/src/member.ts",
    "export const x = () => JSON.parse('1').size;",
    "typescript(no-unsafe-member-access)",
  ],
  ["swarm/src/call.ts", "JSON.parse('1')();", "typescript(no-unsafe-call)"],
  [
    "swarm/src/bang.ts",
    "export const f = (a?: number) => a!;",
    "typescript(no-non-null-assertion)",
  ],
  [
    "swarm/src/phase.ts",
    'export function f(a: "x" | "y") { switch (a) { case "x": return 1; } return 2; }',
    "typescript(switch-exhaustiveness-check)",
  ],
  [
    "swarm/src/type.ts",
    'import { A } from "./a.ts";\nexport const f = (a: A) => a;',
    "typescript(consistent-type-imports)",
  ],
  ["swarm/src/equal.ts", "export const f = (a: unknown) => a == 1;", "eslint(eqeqeq)"],
  ["swarm/src/barrel.ts", 'export * from "./a.ts";', "oxc(no-barrel-file)"],
  ["signal-server/src/log.ts", 'console.log("hello");', "eslint(no-console)"],
  [
    "swarm/src/silenced.ts",
    "// oxlint-disable-next-line no-console\nexport const a = 1;",
    "unused directive",
  ],

  // React and accessibility.
  [
    "web/src/ui/hook.tsx",
    'import { useState } from "react";\nexport function A(p: { a: boolean }) { if (p.a) useState(1); return null; }',
    "react-hooks(rules-of-hooks)",
  ],
  [
    "web/src/ui/deps.tsx",
    'import { useEffect } from "react";\nexport function A(p: { a: string }) { useEffect(() => { document.title = p.a; }, []); return null; }',
    "react-hooks(exhaustive-deps)",
  ],
  ["web/src/ui/image.tsx", 'export const A = () => <img src="a.png" />;', "jsx-a11y(alt-text)"],
  [
    "web/src/ui/click.tsx",
    "export const A = () => <div onClick={() => undefined} />;",
    "jsx-a11y(no-static-element-interactions)",
  ],
  ["web/src/ui/button.tsx", "export const A = () => <button>x</button>;", "react(button-has-type)"],

  // Words.
  ["web/src/ui/words.tsx", "export const A = () => <p>Two words</p>;", "react(jsx-no-literals)"],
  ["web/src/ui/label.tsx", 'export const A = () => <p title="Words" />;', "react(jsx-no-literals)"],

  // Tests.
  [
    "swarm/src/only.test.ts",
    'import { test } from "vitest";\ntest.only("a", () => undefined);',
    "vitest(no-focused-tests)",
  ],
];

/**
 * Files that break nothing: what the rules must let through, and what the broken ones import.
 *
 * @type {[file: string, text: string][]}
 */
const SOUND = [
  ["swarm/src/a.ts", "export type A = number;\nexport const a: A = 1;"],
  ["swarm/src/a.test.ts", 'import { test } from "vitest";\nimport "node:fs";\nvoid test;'],
  ["swarm/src/local.ts", "export const f = (crypto: { sign(): void }) => crypto.sign();"],
  ["signal-server/test/peer.ts", 'export { a } from "@shoal/swarm/a";'],
  ["signal-server/src/a.test.ts", 'import "../test/peer.ts";'],
  ["signal-server/src/swarm.ts", 'import { a } from "@shoal/swarm/a";\nexport const b = a;'],
  ["web/src/ui/a.ts", 'import "react";'],
  ["web/src/protocol/a.ts", "export type Message = { a: 1 };\nexport const b = 2;"],
  ["web/src/features/share/a.ts", 'import "../../ui/a.ts";\nimport "../../session/a.ts";'],
  [
    "web/src/features/download/a.ts",
    'import type { Message } from "../../protocol/a.ts";\nexport const m: Message = { a: 1 };',
  ],
  ["web/src/session/a.ts", 'import "simple-peer";\nimport "../protocol/a.ts";'],
  ["web/src/worker/a.ts", 'import "@shoal/swarm/webcrypto";\nimport "../protocol/a.ts";'],
  ["web/src/app/a.ts", 'import "../features/share/a.ts";\nimport "../session/a.ts";'],
  ["web/src/main.tsx", 'import "./app/a.ts";'],
];

let scratch = "";
/** @type {Map<string, Set<string>>} The rules reported, by file. */
const reported = new Map();

beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), "shoal-lint-"));
  await cp(path.join(ROOT, ".oxlintrc.json"), path.join(scratch, ".oxlintrc.json"));
  await cp(path.join(ROOT, "tsconfig.base.json"), path.join(scratch, "tsconfig.base.json"));
  await cp(
    path.join(ROOT, "scripts/lint/layers.mjs"),
    path.join(scratch, "scripts/lint/layers.mjs"),
  );
  for (const folder of ["swarm", "signal-server", "web"]) {
    await mkdir(path.join(scratch, folder));
    await symlink(
      path.join(ROOT, folder, "node_modules"),
      path.join(scratch, folder, "node_modules"),
    );
    const lib = folder === "web" ? ["ES2023", "DOM"] : ["ES2023"];
    const options = { lib, jsx: "react-jsx" };
    const config = { extends: "../tsconfig.base.json", compilerOptions: options };
    await writeFile(path.join(scratch, folder, "tsconfig.json"), JSON.stringify(config));
  }
  await symlink(path.join(ROOT, "node_modules"), path.join(scratch, "node_modules"));
  for (const [file, text] of [...BROKEN, ...SOUND]) {
    await mkdir(path.dirname(path.join(scratch, file)), { recursive: true });
    await writeFile(path.join(scratch, file), `${text}\n`);
  }
  for (const { filename, code, message } of await lint(scratch)) {
    const file = path.relative(scratch, path.resolve(scratch, filename)).split(path.sep).join("/");
    const rules = reported.get(file) ?? new Set();
    rules.add(code ?? (message.startsWith("Unused") ? "unused directive" : message));
    reported.set(file, rules);
  }
}, 60_000);

afterAll(async () => {
  await rm(scratch, { recursive: true, force: true });
});

/** @returns {Promise<{ filename: string, code?: string, message: string }[]>} What oxlint found. */
function lint(folder) {
  const oxlint = path.join(ROOT, "node_modules/oxlint/bin/oxlint");
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [oxlint, "--format=json"],
      { cwd: folder, maxBuffer: 1 << 26 },
      (_error, stdout, stderr) => {
        try {
          resolve(JSON.parse(stdout).diagnostics);
        } catch {
          reject(new Error(`oxlint gave no report: ${stdout}${stderr}`));
        }
      },
    );
  });
}

test.each(BROKEN)("%s is refused", (file, _text, rule) => {
  expect([...(reported.get(file) ?? [])]).toContain(rule);
});

test.each(SOUND)("%s breaks no import rule", (file) => {
  const found = [...(reported.get(file) ?? [])];
  expect(found).not.toContain("shoal(layers)");
  expect(found).not.toContain("import(no-cycle)");
  expect(found).not.toContain("eslint(no-restricted-globals)");
});
