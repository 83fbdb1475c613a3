import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** What the browsers have that Shoal needs: Ed25519, OPFS sync handles, module workers. */
export const BROWSERS = ["chrome130", "firefox130", "safari18"];

export default defineConfig({
  publicDir: "../public",
  plugins: [react()],
  worker: { format: "es" },
  build: {
    outDir: "dist",
    target: BROWSERS,
    sourcemap: true,
    // The page's policy allows scripts and styles from its own origin alone: nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
