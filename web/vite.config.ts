import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { compression } from "vite-plugin-compression2";

/** What the browsers have that Shoal needs: Ed25519, OPFS sync handles, module workers. */
export const BROWSERS = ["chrome130", "firefox130", "safari18"];

/** Once, at build: the server hands out what is there. Source maps are only for whoever looks. */
export const compressed = () =>
  compression({ algorithms: ["gzip", "brotliCompress"], include: /\.(css|html|js)$/ });

export default defineConfig({
  publicDir: "../public",
  plugins: [react(), compressed()],
  worker: { format: "es" },
  build: {
    outDir: "dist",
    target: BROWSERS,
    sourcemap: true,
    // What counts is what is sent: e2e/journeys/first-load.spec.ts.
    chunkSizeWarningLimit: 700,
    // The page's policy allows scripts and styles from its own origin alone: nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
