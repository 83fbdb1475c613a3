/**
 * The lint rule `shoal/layers`: who may import whom.
 *
 * `LAYERS` is the whole rule. A folder that is not in it may not hold source, so a new one is a
 * decision that shows in a diff. A layer may always import itself. Tests (`*.test.ts`, `*.fuzz.ts`, `*.sim.ts`) may besides
 * import Node's modules, any package, and what their layer names in `tests`.
 */
import path from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const REACT = ["react", "react-dom"];
const CONNECTION = ["simple-peer", "socket.io-client"];

/**
 * The layers, most specific folder first.
 *
 * - `folder`: the layer's files, a path from the root; `*` stands for one folder, and makes each of
 *   its matches a layer of its own. `flat`: only the files that stand in it directly.
 * - `may`: layers that it may import; `mayType`: only their types.
 * - `tests`: layers that only its tests may import.
 * - `packages`: npm packages that it may import: a list, or `ANY`, less those in `notPackages`.
 * - `node`: may import Node's own modules.
 *
 * @typedef {{ folder: string, flat?: boolean, may: string[], mayType?: string[], tests?: string[], packages: string[],
 *   notPackages?: string[], node?: boolean }} Layer
 */
const ANY = ["*"];

/** @type {Layer[]} */
const LAYERS = [
  // Decides: the engine, the protocol, and what stands on neither DOM nor Node.
  {
    folder: "swarm/src",
    may: [],
    tests: ["swarm/test", "swarm/simulator", "swarm/webcrypto"],
    packages: [],
  },
  { folder: "swarm/webcrypto", may: ["swarm/src"], tests: ["swarm/test"], packages: [] },
  { folder: "swarm/simulator", may: ["swarm/src"], packages: [], node: true },
  {
    folder: "swarm/test",
    may: ["swarm/src", "swarm/simulator", "swarm/webcrypto"],
    packages: ANY,
    node: true,
  },

  // Does: the server.
  {
    folder: "signal-server/src",
    may: ["swarm/src", "swarm/webcrypto"],
    tests: ["signal-server/test"],
    packages: ANY,
    node: true,
  },
  {
    folder: "signal-server/test",
    may: ["signal-server/src", "swarm/src", "swarm/webcrypto"],
    packages: ANY,
    node: true,
  },

  { folder: "signal-server", flat: true, may: [], packages: ANY, node: true },

  // Does: the web app. ui <- features -> session =(postMessage)=> worker -> swarm.
  { folder: "web/src/locales", may: [], packages: ["i18next"] },
  { folder: "web/src/ui", may: ["web/src/locales"], packages: ANY, notPackages: CONNECTION },
  {
    folder: "web/src/features/*",
    may: ["web/src/ui", "web/src/locales", "web/src/session", "swarm/src"],
    mayType: ["web/src/protocol"],
    packages: ANY,
    notPackages: CONNECTION,
  },
  {
    folder: "web/src/session",
    may: ["web/src/protocol", "swarm/src", "swarm/webcrypto"],
    packages: ANY,
    notPackages: REACT,
  },
  {
    folder: "web/src/worker",
    may: ["web/src/protocol", "swarm/src", "swarm/webcrypto"],
    packages: ANY,
    notPackages: [...REACT, ...CONNECTION],
  },
  { folder: "web/src/service-worker", may: ["web/src/protocol"], packages: [] },
  { folder: "web/src/protocol", may: ["swarm/src"], packages: [] },
  {
    folder: "web/src/app",
    may: ["web/src/*", "swarm/src"],
    packages: ANY,
    notPackages: CONNECTION,
  },
  { folder: "web/src", flat: true, may: ["web/src/app", "web/src/ui"], packages: REACT },
  {
    folder: "web",
    flat: true,
    may: [],
    mayType: ["web/src/service-worker"],
    packages: ANY,
    node: true,
  },

  // Drives the built programs from outside.
  { folder: "e2e", may: ["scripts"], packages: ANY, node: true },
  { folder: "scripts", may: [], packages: ANY, node: true },
];

/**
 * @param {string} folder
 * @param {boolean} [flat]
 * @returns {RegExp} What matches a path in the folder, capturing the folder.
 */
const pattern = (folder, flat = false) =>
  new RegExp(`^(${folder.replaceAll("*", "[^/]+")})(${flat ? "/[^/]+$" : "/|$"})`);

const MATCHERS = LAYERS.map((layer) => ({ layer, matches: pattern(layer.folder, layer.flat) }));

/**
 * @param {string} file A path from the root, with forward slashes.
 * @returns {{ layer: Layer, name: string } | undefined} Its layer, and the folder that it matched.
 */
function layerOf(file) {
  for (const { layer, matches } of MATCHERS) {
    const name = matches.exec(file)?.[1];
    if (name !== undefined) return { layer, name };
  }
  return undefined;
}

/** @param {string} file @returns {string} The path from the root, with forward slashes. */
const fromRoot = (file) => path.relative(ROOT, file).split(path.sep).join("/");

/**
 * What an import specifier means.
 *
 * @param {string} specifier As written, without a bundler's `?query`.
 * @param {string} importer The importing file's absolute path.
 * @returns {{ kind: "ours" | "node" | "package", name: string }}
 */
function target(specifier, importer) {
  const bare = specifier.replace(/\?.*$/, "");
  if (bare.startsWith(".")) {
    return { kind: "ours", name: fromRoot(path.resolve(path.dirname(importer), bare)) };
  }
  if (bare.startsWith("@shoal/swarm/")) {
    const file = bare.slice("@shoal/swarm/".length);
    return { kind: "ours", name: file === "webcrypto" ? "swarm/webcrypto" : `swarm/src/${file}` };
  }
  if (bare.startsWith("node:")) return { kind: "node", name: bare };
  return {
    kind: "package",
    name: bare
      .split("/")
      .slice(0, bare.startsWith("@") ? 2 : 1)
      .join("/"),
  };
}

/** Whether only types cross, so that nothing is loaded at run time. */
function typesOnly(node) {
  if (node.importKind === "type" || node.exportKind === "type") return true;
  const specifiers = node.specifiers ?? [];
  return specifiers.length > 0 && specifiers.every((one) => one.importKind === "type");
}

/**
 * Why an import is against the table.
 *
 * @param {{ layer: Layer, name: string }} from The importing file's layer.
 * @param {ReturnType<typeof target>} to
 * @param {boolean} onlyTypes
 * @param {boolean} isTest
 * @returns {string | undefined} The reason, or nothing when it is allowed.
 */
function refusal(from, to, onlyTypes, isTest) {
  const { layer, name } = from;
  if (to.kind === "node") {
    return layer.node || isTest ? undefined : `${name} must not import Node's ${to.name}`;
  }
  if (to.kind === "package") {
    const listed = layer.packages === ANY || layer.packages.includes(to.name);
    if (isTest || (listed && !layer.notPackages?.includes(to.name))) return undefined;
    return `${name} must not import the package ${to.name}`;
  }
  const other = layerOf(to.name);
  if (!other) return `${to.name} is in no layer`;
  if (other.name === name) return undefined;
  const within = (folders) => folders?.some((folder) => pattern(folder).test(other.name)) ?? false;
  if (within(layer.may) || (onlyTypes && within(layer.mayType))) return undefined;
  if (isTest && within(layer.tests)) return undefined;
  const what = within(layer.mayType) ? "only types of" : "nothing of";
  return `${name} may import ${what} ${other.name}`;
}

const layers = {
  meta: { type: "problem", docs: { description: "who may import whom" } },
  create(context) {
    const file = fromRoot(context.filename);
    const from = layerOf(file);
    const isTest = /\.(test|fuzz|sim)\.tsx?$/.test(file);

    if (!from) {
      // Configuration files stand at the root itself; any other place is a folder nobody decided on.
      if (!file.includes("/")) return {};
      return {
        Program: (node) =>
          context.report({ node, message: `${file} is in no layer (scripts/lint/layers.mjs)` }),
      };
    }

    const check = (node, source) => {
      if (typeof source?.value !== "string") return;
      const reason = refusal(from, target(source.value, context.filename), typesOnly(node), isTest);
      if (reason) context.report({ node: source, message: `${reason} (scripts/lint/layers.mjs)` });
    };

    return {
      ImportDeclaration: (node) => check(node, node.source),
      ExportNamedDeclaration: (node) => check(node, node.source),
      ExportAllDeclaration: (node) => check(node, node.source),
      ImportExpression: (node) => check(node, node.source),
      TSImportType: (node) => check({ importKind: "type" }, node.source ?? node.argument?.literal),
    };
  },
};

export default { meta: { name: "shoal" }, rules: { layers } };
